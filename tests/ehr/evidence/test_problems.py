"""A coded condition is put where `problems.yaml` says."""

from typing import Any

import pytest

from ehr.evidence.readings import cases, read, told


@pytest.mark.parametrize("case", cases("problems"), ids=lambda case: case["name"])
def test_a_condition_is_put_where_the_table_says(case: dict[str, Any]) -> None:
    assert told(read(case["chart"], case.get("as_of"))) == case["expect"]
