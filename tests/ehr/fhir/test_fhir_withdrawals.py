"""What other resources take back; the shapes beside a remission stand in `assessor.yaml`."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.fhir_withdrawals import DELETED, REMOVED, withdrawn

LIST, VISIT = "its list: entered in error", "its visit: entered in error"
HERE = {"reference": "Observation/m"}
RESULT = {"resourceType": "Observation", "id": "m", "meta": {"versionId": "2"}}
RESULT |= {"encounter": {"reference": "Encounter/e"}}
DELETE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation"}]}
DELETE["coding"][0]["code"] = "DELETE"


def a_list(status: str, **entry: Any) -> dict[str, Any]:
    return {"resourceType": "List", "status": status, "entry": [{"item": HERE, **entry}]}


def record(*addresses: str, activity: Any = DELETE) -> dict[str, Any]:
    target = [{"reference": address} for address in addresses]
    return {"resourceType": "Provenance", "target": target, "activity": activity}


SAID = [
    ([a_list("current")], ""),
    ([a_list("current", deleted=True)], REMOVED),
    ([a_list("current", deleted="true")], REMOVED),
    ([a_list("current", deleted=False)], ""),
    ([a_list("entered-in-error", deleted=True)], LIST),
    ([a_list("entered-in-error"), a_list("retired")], ""),
    ([a_list("current"), a_list("current", deleted=True)], REMOVED),
    ([{"resourceType": "Composition", "status": "entered-in-error"}], ""),
    ([a_list("entered-in-error"), record("Observation/m")], DELETED),
    ([record("Observation/m")], DELETED),
    ([record("Observation/m/_history/2")], DELETED),
    ([record("Observation/m/_history/3")], DELETED),
    ([record("Observation/m/_history/1")], ""),
    ([record("Observation/m/_history/x")], ""),
    ([record("Observation/n")], ""),
    ([record("Observation/m", activity=None)], ""),
    ([{"resourceType": "Encounter", "id": "e", "status": "entered-in-error"}], VISIT),
    ([{"resourceType": "Encounter", "id": "e", "status": "cancelled"}], ""),
    ([{"resourceType": "Encounter", "id": "f", "status": "entered-in-error"}], ""),
]


@pytest.mark.parametrize(("others", "why"), SAID)
def test_what_others_say_of_a_result(others: list[dict[str, Any]], why: str) -> None:
    store = ResourceStore([BundleEntry("", one) for one in (RESULT, *others)])
    assert withdrawn(store).get(id(store.resources[0]), "") == why


def test_a_document_in_error_takes_back_what_its_sections_hold() -> None:
    section = [{"section": [{"entry": [HERE]}]}]
    document = {"resourceType": "Composition", "status": "entered-in-error", "section": section}
    store = ResourceStore([BundleEntry("", one) for one in (RESULT, document)])
    assert withdrawn(store) == {id(store.resources[0]): "its document: entered in error"}
