"""Which of several versions of a resource stands."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from allstatus.ehr.fhir import fhir_versions
from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_store import ResourceStore


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
        stamps = [fhir_versions._stamp(entry) for entry in versions]
        expected = [
            entry
            for entry, stamp in zip(versions, stamps, strict=True)
            if not any(other.later(stamp) for other in stamps)
        ]
        assert fhir_versions.latest(versions) == expected


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
    stamp = fhir_versions._Stamp
    later = stamp.later
    monkeypatch.setattr(
        fhir_versions._Stamp, "later", lambda *pair: held.append(True) or later(*pair)
    )
    many = 200
    store = ResourceStore(map(MADE[made], range(many)))
    assert len(store.resources) + len(store.superseded) == many
    assert len(held) <= 5 * many
