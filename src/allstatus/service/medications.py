"""Medications that orders, administrations and the rest name by a reference."""

from __future__ import annotations

from collections.abc import Sequence

from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.json_access import Json, obj, text

KIND = "Medication"


def unread(entries: Sequence[BundleEntry], home: str = "") -> list[Json]:
    """The references to medications that are not among the entries."""
    if not any(_references(entry.resource) for entry in entries):
        return []
    store = ResourceStore(entries, home)
    return [
        reference
        for resource in store.resources
        for reference in _references(resource)
        if store.resolve(resource, reference) is None
    ]


def address_of(reference: Json) -> str:
    """Where a medication can be read, as the reference says it without its version; else empty."""
    address = text(reference.get("reference")).partition("/_history/")[0]
    return address if split_address(address)[1].startswith(f"{KIND}/") else ""


def is_nameless(reference: Json) -> bool:
    """Whether nothing beside a reference says which medication it is."""
    return not text(reference.get("display")).strip()


def _references(resource: Json) -> list[Json]:
    if "medicationReference" not in resource and "medication" not in resource:
        return []
    either = obj(resource.get("medication"))
    said = resource.get("medicationReference"), either.get("reference"), either
    return [one for one in map(obj, said) if text(one.get("reference"))]
