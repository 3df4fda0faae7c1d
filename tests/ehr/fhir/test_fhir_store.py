"""Every form of reference finds its resource, and none finds another's."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import entries_of
from allstatus.ehr.fhir.fhir_store import ResourceStore

UUID = "c3f5a9de-5d4b-4c39-9c1b-0d8f1a2b3c4d"
SOURCE: dict[str, Any] = {
    "resourceType": "Bundle",
    "entry": [
        {
            "fullUrl": "https://a.example/fhir/Specimen/1",
            "resource": {"resourceType": "Specimen", "id": "1", "status": "a"},
        },
        {
            "fullUrl": "https://b.example/fhir/Specimen/1",
            "resource": {"resourceType": "Specimen", "id": "1", "status": "b"},
        },
        {
            "fullUrl": f"urn:uuid:{UUID}",
            "resource": {
                "resourceType": "Specimen",
                "status": "c",
                "identifier": [{"system": "lab", "value": "7"}],
            },
        },
        {"resource": {"resourceType": "Specimen", "id": "4", "status": "d"}},
        {
            "fullUrl": "https://a.example/fhir/Observation/o",
            "resource": {
                "resourceType": "Observation",
                "id": "o",
                "contained": [{"resourceType": "Specimen", "id": "s", "status": "e"}],
            },
        },
    ],
}
MEANT = {
    "Specimen/1": "a",  # relative: on the server that it came from
    "https://a.example/fhir/Specimen/1": "a",
    "http://b.example/fhir/Specimen/1/_history/3": "b",
    f"urn:uuid:{UUID}": "c",
    "Specimen?identifier=lab|7": "c",
    "Specimen/4": "d",
    "#s": "e",
    "https://c.example/fhir/Specimen/1": None,
    "Specimen/5": None,
    "#t": None,
    "": None,
}


@pytest.mark.parametrize("reference", MEANT)
def test_a_reference_means(reference: str) -> None:
    store = ResourceStore(entries_of(SOURCE))
    (owner,) = (one for one in store.resources if one["resourceType"] == "Observation")
    found = store.resolve(owner, {"reference": reference})
    assert (found or {}).get("status") == MEANT[reference]


def test_an_owner_of_no_server_means_neither_of_two() -> None:
    store = ResourceStore(entries_of(SOURCE))
    assert store.resolve({}, {"reference": "Specimen/1"}) is None


def test_an_identifier_alone_is_a_reference() -> None:
    store = ResourceStore(entries_of(SOURCE))
    found = store.resolve({}, {"identifier": {"system": "lab", "value": "7"}})
    assert found is not None
    assert found["status"] == "c"
    assert store.resolve({}, {"identifier": {"system": "other", "value": "7"}}) is None
