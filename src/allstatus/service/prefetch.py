"""What a decision needs of a chart: the templates an EHR fills in advance, and what it sent for
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allstatus.ehr.chart import Chart
from allstatus.ehr.fhir import SUBJECTS, read_fhir
from allstatus.ehr.fhir_store import resources_of
from allstatus.ehr.json_access import obj, objects, text
from allstatus.errors import InvalidRecord

PATIENT = "{{context.patientId}}"
SEARCHES = {
    "conditions": "Condition",
    "observations": "Observation",
    "reports": "DiagnosticReport",
    "administrations": "MedicationAdministration",
    "statements": "MedicationStatement",
    "dispenses": "MedicationDispense",
    "requests": "MedicationRequest",
    "procedures": "Procedure",
    "encounters": "Encounter",
    "specimens": "Specimen",
}
# Not every server can be searched for these: without specimens a result is placed by its own code,
# and a dispense only leaves open whether a treatment was taken.
HELPFUL = ("specimens", "dispenses")
FAILED = ("error", "fatal")


def templates() -> dict[str, str]:
    """Prefetch templates by key: everything of the patient that the chart reader reads.

    Results are not narrowed to known codes: a panel's code says nothing of its parts, and a finding
    may be coded in a value.
    """
    return {"patient": f"Patient/{PATIENT}"} | {
        key: f"{kind}?patient={PATIENT}" for key, kind in SEARCHES.items()
    }


def delivered(prefetch: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What was sent, by key, and the keys still to be read: absent, or a failure (null says that
    there is nothing).
    """
    found = {
        key: prefetch[key] for key in templates() if key in prefetch and not failed(prefetch[key])
    }
    return found, [key for key in templates() if key not in found]


def failed(value: Any) -> bool:
    """Whether an answer is an OperationOutcome, or a bundle that holds one that is an error."""
    if value is None:
        return False
    if not isinstance(value, dict) or value.get("resourceType") == "OperationOutcome":
        return True
    inside = [obj(entry.get("resource")) for entry in objects(value.get("entry"))]
    outcomes = [
        issue
        for item in inside
        if item.get("resourceType") == "OperationOutcome"
        for issue in objects(item.get("issue"))
    ]
    return any(issue.get("severity") in FAILED for issue in outcomes)


def next_page(value: Any) -> str:
    """The address of a bundle's next page, or empty."""
    links = objects(obj(value).get("link"))
    return next((text(link.get("url")) for link in links if link.get("relation") == "next"), "")


def chart_of(resources: list[Any], patient: str) -> Chart:
    """One patient's chart; empty where nothing is known. Raises InvalidRecord when all of it is
    about others.
    """
    known = [value for value in resources if value is not None]
    if not any(resource["resourceType"] in SUBJECTS for _, resource in resources_of(known)):
        return Chart(patient)
    charts = read_fhir(known)
    for chart in charts:
        if chart.patient in (patient, None):
            return chart
    raise InvalidRecord(
        "prefetch",
        "is about another patient than context.patientId",
        "send the data of the patient in context",
    )
