"""FHIR resources and what is to be read from them, as tables of cases in YAML."""

from pathlib import Path
from typing import Any

import yaml

from allstatus.ehr.chart import Chart, Result, Statement, Treatment
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.mentions import with_mentions
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.sent_values import Unreadable, percent_of

HERE = Path(__file__).parent
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
    chart = with_mentions(chart, TABLES)
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


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file of this folder: resources, and what is expected of which statement."""
    found: list[dict[str, Any]] = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return found


def chart_of(resources: list[dict[str, Any]]) -> Chart:
    """The chart of these resources of one patient, each completed."""
    (chart,) = read_fhir([PATIENT, *map(complete, resources)])
    return chart


def check(case: dict[str, Any]) -> None:
    """A case holds, in whatever order its resources stand."""
    statements = said(chart_of(case["resources"]))
    for source, wanted in case["expect"].items():
        found = {field: seen(statements[source], field) for field in wanted}
        assert found == wanted
    assert said(chart_of(case["resources"][::-1])) == statements
