"""Every form of reference finds its resource, and none finds another's."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from allstatus.ehr.fhir import fhir_store
from allstatus.ehr.fhir.fhir_bundles import BundleEntry, entries_of
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


def version(number: int, **stamp: Any) -> BundleEntry:
    """One of many versions of a result."""
    meta = {name: stamp.pop(name) for name in ("lastUpdated", "versionId") if name in stamp}
    result = {"resourceType": "Observation", "id": "o", "status": str(number), "meta": meta}
    return BundleEntry("", result, **stamp)


def drawn(rng: Random, number: int) -> BundleEntry:
    stamp: dict[str, Any] = {"deleted": rng.random() < 0.2}
    if rng.random() < 0.6:
        stamp["lastUpdated"] = f"2025-01-0{rng.randint(1, 3)}T00:00:00Z"
    if rng.random() < 0.6:
        stamp["versionId"] = str(rng.randint(1, 3))
    if rng.random() < 0.5:
        stamp["place"] = rng.randint(1, 2), rng.randint(1, 4)
    return version(number, **stamp)


def test_the_latest_versions_are_those_that_none_is_later_than() -> None:
    rng = Random(19)
    for _ in range(300):
        versions = [drawn(rng, number) for number in range(rng.randint(2, 6))]
        stamps = [fhir_store._stamp(entry) for entry in versions]
        expected = [
            entry
            for entry, stamp in zip(versions, stamps, strict=True)
            if not any(other.later(stamp) for other in stamps)
        ]
        assert fhir_store._latest(versions) == expected


MADE: dict[str, Callable[[int], BundleEntry]] = {
    "without a stamp": version,
    "by number": lambda n: version(n, versionId=str(n)),
    "by moment": lambda n: version(n, lastUpdated=f"2025-01-01T00:00:{n % 60:02}.{n}Z"),
    "of one moment": lambda n: version(n, lastUpdated="2025-01-01T00:00:00Z"),
    "in a history": lambda n: version(n, place=(1, n)),
}


@pytest.mark.parametrize("made", MADE)
def test_many_versions_are_not_held_each_against_each(
    made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    later = fhir_store._Stamp.later
    monkeypatch.setattr(fhir_store._Stamp, "later", lambda *pair: held.append(True) or later(*pair))
    many = 200
    store = ResourceStore(map(MADE[made], range(many)))
    assert len(store.resources) + len(store.superseded) == many
    assert len(held) <= 5 * many
