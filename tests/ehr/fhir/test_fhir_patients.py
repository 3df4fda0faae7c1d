"""Whose a resource is: by server and id, or by identifier and its authority."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_patients import BY_IDENTIFIER, NOBODY, alike, titles, whose
from allstatus.ehr.fhir.fhir_store import ResourceStore

PATIENT = {"resourceType": "Patient", "id": "p", "identifier": [{"system": "mrn", "value": "7"}]}
ADDRESS = "http://h.example/fhir/Patient/p"
HERE = ("h.example/fhir", "p")


def contained(**patient: Any) -> dict[str, Any]:
    inside = {"resourceType": "Patient", "id": "in", **patient}
    return {"subject": {"reference": "#in"}, "contained": [inside]}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"subject": {"reference": "Patient/p"}}, HERE),
        ({"subject": {"reference": "Patient/p/_history/3"}}, HERE),
        ({"subject": {"reference": ADDRESS}}, HERE),
        ({"patient": {"reference": "Patient/q"}}, ("h.example/fhir", "q")),
        ({"subject": {"reference": "http://b.example/Patient/p"}}, ("b.example", "p")),
        ({"subject": {"identifier": {"system": "mrn", "value": "7"}}}, HERE),
        (
            {"subject": {"identifier": {"system": "mrn", "value": "8"}}},
            (f"{BY_IDENTIFIER}mrn", "8"),
        ),
        ({"subject": {"reference": "Group/g"}}, NOBODY),
        ({"subject": {"reference": "http://h.example/fhir/Device/d"}}, NOBODY),
        ({"subject": {"type": "Device", "display": "monitor"}}, NOBODY),
        ({"subject": {"display": "the patient"}}, None),
        ({}, None),
        (contained(identifier=[{"system": "mrn", "value": "7"}]), HERE),
        (
            contained(identifier=[{"system": "mrn", "value": "8"}]),
            (f"{BY_IDENTIFIER}mrn", "8"),
        ),
        (contained(), None),
        (contained(active=True), None),
    ],
)
def test_whose_a_resource_is(said: dict[str, Any], key: tuple[str, str] | None) -> None:
    resource = {"resourceType": "Observation", "id": "m", **said}
    entries = [
        BundleEntry(ADDRESS, PATIENT),
        BundleEntry("http://h.example/fhir/Observation/m", resource),
    ]
    assert whose(resource, ResourceStore(entries)) == key


def test_a_contained_patient_with_a_name_has_no_life_elsewhere() -> None:
    resource = {"resourceType": "Observation", "id": "m", **contained(name=[{"text": "A"}])}
    key = whose(resource, ResourceStore([BundleEntry(ADDRESS, PATIENT), BundleEntry("", resource)]))
    assert key is not None
    assert key not in (HERE, NOBODY)


def test_a_name_without_a_server_is_the_one_server_s_or_nobody_s() -> None:
    assert alike([("", "p"), HERE]) == {("", "p"): HERE}
    assert alike([HERE, ("b.example", "p")]) == {("", "p"): None}


def test_patients_of_one_name_are_told_apart_by_their_servers() -> None:
    assert titles([HERE, ("b.example", "q")]) == {HERE: "p", ("b.example", "q"): "q"}
    assert titles([HERE, ("", "p")]) == {HERE: "p (h.example/fhir)", ("", "p"): "p (no server)"}
