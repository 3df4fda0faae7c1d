"""What lists a result, and what a panel lists."""

from typing import Any

from allstatus.ehr.fhir.fhir_bundles import entries_of
from allstatus.ehr.fhir.fhir_holders import below, listing
from allstatus.ehr.fhir.fhir_store import ResourceStore


def observation(name: str, *members: str, **more: Any) -> dict[str, Any]:
    listed = [{"reference": f"Observation/{member}"} for member in members]
    return {"resourceType": "Observation", "id": name, "hasMember": listed} | more


def test_a_circle_of_panels_is_walked_once() -> None:
    part = {"code": {"text": "part"}}
    panels = [observation("a", "b"), observation("b", "c", component=[part]), observation("c", "a")]
    store = ResourceStore(entries_of(panels))
    a, b, c = store.resources
    assert list(below(a, store)) == [b, part, c]
    assert [kind for kind, _ in listing(c, store)] == ["panel", "panel"]
    assert [one for _, one in listing(c, store)] == [b, a]


def test_what_nothing_lists_has_nothing_above_it() -> None:
    store = ResourceStore(entries_of([observation("a", "not-here")]))
    (a,) = store.resources
    assert (list(below(a, store)), list(listing(a, store))) == ([], [])
