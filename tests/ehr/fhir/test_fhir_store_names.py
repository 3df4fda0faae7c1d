"""What a correction calls a statement by, and which resources one says it replaces."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_store import ResourceStore, replaced


def observation(name: str, replaces: str = "", **more: Any) -> dict[str, Any]:
    said = {"url": "http://hl7.org/fhir/StructureDefinition/observation-replaces"}
    reference = {"valueReference": {"reference": f"Observation/{replaces}"}}
    extension = {"extension": [said | reference]} if replaces else {}
    return {"resourceType": "Observation", "id": name, **extension, **more}


@pytest.mark.parametrize(
    ("new", "old", "names"),
    [
        (observation("b", "a"), observation("a"), ["a"]),
        (observation("b"), observation("a"), []),
        (observation("b", "c"), observation("a"), []),
        (observation("b", "b"), observation("a"), []),
        (observation("b", "a", status="entered-in-error"), observation("a"), []),
        (observation("b", "a"), observation("a", "b"), []),
    ],
)
def test_a_resource_names_what_it_replaces(
    new: dict[str, Any], old: dict[str, Any], names: list[str]
) -> None:
    store = ResourceStore([BundleEntry("", new), BundleEntry("", old)])
    assert [found["id"] for found in replaced(new, store)] == names


def test_before_r4_a_relation_says_so() -> None:
    new = {"related": [{"type": "replaces", "target": {"reference": "Observation/a"}}]}
    new |= observation("b")
    store = ResourceStore([BundleEntry("", new), BundleEntry("", observation("a"))])
    assert [found["id"] for found in replaced(new, store)] == ["a"]
