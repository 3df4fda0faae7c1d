"""Sources of FHIR: whose each resource is, which version stands, and that a part is not the
whole.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus import InvalidRecord
from allstatus.ehr.chart import Chart
from allstatus.ehr.fhir.fhir_reader import read_fhir

CASES = yaml.safe_load((Path(__file__).parent / "fhir_sources.yaml").read_text("utf-8"))
WHOLE = [case for case in CASES if "patients" in case]
PARTS = [case for case in CASES if "refused" in case]


def said(chart: Chart) -> dict[str, str]:
    """What is said of each result; those with a value are told apart by it."""
    return {
        f"{one.source} {one.value.sent}".strip(): one.void or one.doubt for one in chart.results
    }


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["name"])
def test_each_statement_is_its_patients(case: dict[str, Any]) -> None:
    charts = read_fhir(case["source"])
    found = {chart.patient: said(chart) for chart in charts}
    wanted = case["patients"]
    assert found.keys() == wanted.keys()
    for name, results in wanted.items():
        assert _by_value(found[name], results) == results
    assert not any(chart.partial for chart in charts)


def _by_value(found: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    """The same where the case names a result without its value."""
    return {
        name if name in wanted else name.rpartition(" ")[0] or name: why
        for name, why in found.items()
    }


@pytest.mark.parametrize("case", PARTS, ids=lambda case: case["name"])
def test_a_part_is_refused_unless_it_is_wanted(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecord, match="is a part and not the whole") as refusal:
        read_fhir(case["source"])
    assert case["refused"] in refusal.value.problem
    (chart,) = read_fhir(case["source"], partial=True)
    assert chart.partial
    assert any(case["refused"] in warning for warning in chart.warnings)
