"""A treatment is put where `treatment.yaml` says: directed at the leukemia, relief, or in doubt."""

from typing import Any

import pytest

from ehr.evidence.readings import cases, read, told


@pytest.mark.parametrize("case", cases("treatment"), ids=lambda case: case["name"])
def test_a_treatment_is_put_where_the_table_says(case: dict[str, Any]) -> None:
    assert told(read(case["chart"], case.get("as_of"))) == case["expect"]


def test_a_reason_no_table_names_may_be_the_disease_that_the_caller_says_is_there() -> None:
    drug = {"codes": ["rxnorm 11202"], "when": "2025-01-10", "reasons": ["urn:x 7"]}
    assert "doubts" in told(read([{"treatment": drug}]))
    assert told(read([{"treatment": drug}], given=True)) == {"directed": ["Vincristine 2025-01-10"]}
