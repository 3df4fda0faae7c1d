"""What a correction calls a statement by, and which resources one says it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allstatus.ehr.fhir.fhir_standing import updated
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.json_access import Json, objects, text, when
from allstatus.ehr.sendings import BY_IDENTIFIER


def identity(resource: Json, store: ResourceStore, rest: str = "") -> dict[str, Any]:
    """What a correction calls a statement by, and when it was sent."""
    sent = when(resource, "issued") or updated(resource)
    return {"names": names_of(resource, store, rest), "sent": sent}


def names_of(resource: Json, store: ResourceStore, rest: str) -> tuple[str, ...]:
    """What a correction calls a statement by: its own address, or an identifier together with
    `rest` (what it measures, in which specimen), since an order's number stands on all its results.
    """
    own = store.address(resource)
    if "identifier" not in resource:
        return (own,) if own else ()
    names = [own] if own else []
    for item in objects(resource["identifier"]):
        if value := text(item.get("value")):
            names.append(f"{BY_IDENTIFIER}{text(item.get('system'))}|{value} of {rest}")
    return tuple(names)


def replaced(resource: Json, store: ResourceStore) -> Iterator[Json]:
    """The resources that one says it replaces, by extension (R4) or relation (before); none when
    it does not count itself, or they say the same of it.
    """
    if resource.get("status") in ("entered-in-error", "cancelled"):
        return
    for found in _meant(resource, store):
        if all(other is not resource for other in (found, *_meant(found, store))):
            yield found


def _meant(resource: Json, store: ResourceStore) -> Iterator[Json]:
    said = [
        extension.get("valueReference")
        for extension in objects(resource.get("extension"))
        if text(extension.get("url")).endswith("-replaces")
    ]
    said += [
        one.get("target")
        for one in objects(resource.get("related"))
        if one.get("type") == "replaces"
    ]
    for reference in said:
        if (found := store.resolve(resource, reference)) is not None:
            yield found
