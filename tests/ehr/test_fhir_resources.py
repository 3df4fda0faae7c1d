"""FHIR resources are read as `fhir_resources.yaml` says, statement by statement."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.ehr.chart import Chart, Result, Statement, Treatment
from allstatus.ehr.codes import code_tables
from allstatus.ehr.fhir import read_fhir
from allstatus.ehr.sent_values import Unreadable, percent_of

CASES = yaml.safe_load((Path(__file__).parent / "fhir_resources.yaml").read_text("utf-8"))
PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1980-05-01"}
STANDS = {"Observation": "final", "DiagnosticReport": "final"} | dict.fromkeys(
    ("MedicationAdministration", "MedicationStatement", "MedicationDispense", "Procedure"),
    "completed",
)
TABLES = code_tables()
MARROW = {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]}


def complete(resource: dict[str, Any]) -> dict[str, Any]:
    kind = resource["resourceType"]
    given: dict[str, Any] = {"subject": {"reference": "Patient/p1"}}
    if kind in STANDS:
        given["status"] = STANDS[kind]
    if kind == "Observation":
        given["code"] = MARROW
    return given | resource


def said(chart: Chart) -> dict[str, Statement]:
    """The chart's statements by source; components are numbered."""
    found: dict[str, Statement] = {}
    for one in (*chart.results, *chart.problems, *chart.treatments, *chart.others):
        number = sum(name.startswith(one.source) for name in found) + 1
        name = f"{one.source} {number}" if one.source.endswith("component") else one.source
        found[name] = one
    return found


def seen(one: Statement, field: str) -> Any:
    if field == "day":
        return one.when.text if one.when else None
    if field == "latest":
        return one.latest.isoformat() if one.latest else None
    if isinstance(one, Result):
        if field == "percent":
            try:
                return percent_of(one.value, TABLES).describe()
            except Unreadable:
                return None
        if field == "sent":
            return one.value.sent
        if field == "ranges":
            return [limit.sent for r in one.ranges for limit in (r.low, r.high) if limit]
        if field in ("flags", "notes"):
            return list(getattr(one, field))
    if field in ("codes", "specimen") or (isinstance(one, Treatment) and field != "text"):
        value = getattr(one, field)
        return (
            [code.code for code in value if code.system != "specimen"]
            if isinstance(value, tuple)
            else value
        )
    return getattr(one, field)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_resource_is_read_as_it_says(case: dict[str, Any]) -> None:
    (chart,) = read_fhir([PATIENT, *map(complete, case["resources"])])
    statements = said(chart)
    for source, wanted in case["expect"].items():
        found = {field: seen(statements[source], field) for field in wanted}
        assert found == wanted


def test_the_order_of_resources_changes_nothing() -> None:
    for case in CASES:
        resources = [PATIENT, *map(complete, case["resources"])]
        (one,), (other,) = read_fhir(resources), read_fhir(resources[::-1])
        assert said(one) == said(other), case["name"]


def test_decimals_stay_exact() -> None:
    value = Decimal("5.000000000000000001")
    sent = {
        "resourceType": "Observation",
        "id": "m",
        "valueQuantity": {"value": value, "unit": "%"},
    }
    (chart,) = read_fhir([PATIENT, complete(sent | {"effectiveDateTime": "2025-03-10"})])
    assert chart.results[0].value.number == value
