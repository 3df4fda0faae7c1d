"""A laboratory result is put where `lab_results.yaml` says."""

from typing import Any

import pytest

from allstatus.ehr.chart_options import ChartOptions
from ehr.evidence.readings import cases, read, told


@pytest.mark.parametrize("case", cases("lab_results"), ids=lambda case: case["name"])
def test_a_result_is_put_where_the_table_says(case: dict[str, Any]) -> None:
    assert told(read(case["chart"], case.get("as_of"))) == case["expect"]


def test_the_adult_ranges_can_be_switched_off() -> None:
    count = {"result": {"codes": ["loinc 777-3"], "when": "2025-03-10", "value": "200 10*9/L"}}
    found = told(read([count], options=ChartOptions(adult_ranges=False)))
    why = "no range and no flag; the adult table is switched off"
    assert found == {"doubts": [f"cbc, platelets 2025-03-10: {why}"]}
