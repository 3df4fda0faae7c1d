"""What others say that takes a resource back: a list it was removed from, a document or visit that
was entered in error, a record that it was deleted, a label of test data that its patient lacks. Its
own status says nothing of it, so it is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from allstatus.ehr.chart import IN_ERROR, OFF_LISTS
from allstatus.ehr.fhir.fhir_documents import entries
from allstatus.ehr.fhir.fhir_patients import whose
from allstatus.ehr.fhir.fhir_standing import GIVEN
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.json_access import Json, codes, labels_of, obj, objects, text

REMOVED, LIST_IN_ERROR = OFF_LISTS
DOCUMENT_IN_ERROR, VISIT_IN_ERROR = f"its document: {IN_ERROR}", f"its visit: {IN_ERROR}"
DELETED = "its record: deleted"
TEST, TEST_DATA = "HTEST", "labelled as tests"
WITHDRAWN = "entered-in-error"
VISITS = ("encounter", "context")  # elements that name one
_HL7 = ("NULLIFY", "DELETE", "OBSOLETE")
TAKEN_BACK = {
    "http://terminology.hl7.org/CodeSystem/v3-DataOperation": _HL7,
    "http://hl7.org/fhir/v3/DataOperation": _HL7,
    "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle": ("destroy", "deprecate"),
}


class Said(NamedTuple):
    """What is said of a resource: why it is in doubt, or empty; `alone`: only if no other of the
    same kind, and none in error, says that it is there.
    """

    member: Json
    why: str
    alone: bool = False


def withdrawn(store: ResourceStore) -> dict[int, str]:
    """Why resources are in doubt by what others say of them, by their identity."""
    telling = [one for one in store.resources if one["resourceType"] in TELLING]
    tests = [one for one in store.resources if TEST in labels_of(one)]
    found = {id(one): TEST_DATA for one in tests if not _is_of_test_patient(one, store)}
    listed: dict[tuple[int, str], list[str]] = {}
    for one in telling:
        for member, why, alone in TELLING[one["resourceType"]](one, store):
            if alone:
                listed.setdefault((id(member), one["resourceType"]), []).append(why)
            elif why:
                found[id(member)] = why
    for (number, _), reasons in listed.items():
        if all(reasons):
            found.setdefault(number, reasons[0])
    for member in _in_visits_in_error(store):
        found.setdefault(id(member), VISIT_IN_ERROR)
    return found


def _is_of_test_patient(resource: Json, store: ResourceStore) -> bool:
    """Whether what is labelled as test data is of a patient who is, too."""
    return TEST in labels_of(store.patient(whose(resource, store)))


def _in_visits_in_error(store: ResourceStore) -> Iterator[Json]:
    """What was recorded at visits that were entered in error."""
    visits = {
        id(one)
        for one in store.resources
        if one["resourceType"] == "Encounter" and one.get("status") == WITHDRAWN
    }
    for one in store.resources if visits else ():
        if any(name in one and id(store.resolve(one, one[name])) in visits for name in VISITS):
            yield one


def _of_list(resource: Json, store: ResourceStore) -> Iterator[Said]:
    """What was taken off a list was so once, or never; of a treatment it says nothing."""
    error = resource.get("status") == WITHDRAWN
    for entry in objects(resource.get("entry")):
        member = store.resolve(resource, entry.get("item"))
        if member is not None and member["resourceType"] not in GIVEN:
            yield Said(member, LIST_IN_ERROR if error else "", alone=True)
            if not error and entry.get("deleted") not in (None, False):
                yield Said(member, REMOVED)


def _of_document(resource: Json, store: ResourceStore) -> Iterator[Said]:
    why = DOCUMENT_IN_ERROR if resource.get("status") == WITHDRAWN else ""
    for reference in entries(resource):
        if (member := store.resolve(resource, reference)) is not None:
            yield Said(member, why, alone=True)


def gone(record: Json) -> list[Json]:
    """What a Provenance records as gone: the targets of an activity that takes them back, or what
    was removed.
    """
    entities = objects(record.get("entity"))
    found = [obj(one.get("what")) for one in entities if one.get("role") == "removal"]
    done = codes(record.get("activity"))
    if any(code.code in TAKEN_BACK.get(code.system, ()) for code in done):
        found += objects(record.get("target"))
    return found


def _of_record(resource: Json, store: ResourceStore) -> Iterator[Said]:
    for reference in gone(resource):
        member = store.resolve(resource, reference)
        if member is not None and not _is_later(member, text(reference.get("reference"))):
            yield Said(member, DELETED)


def _is_later(member: Json, address: str) -> bool:
    """Whether a resource is a later version than the one that an address names."""
    named, own = address.partition("/_history/")[2], text(obj(member.get("meta")).get("versionId"))
    if named.isdecimal() and own.isdecimal():
        return int(named[:20]) < int(own[:20])
    return bool(named and own) and named != own


TELLING: dict[str, Callable[[Json, ResourceStore], Iterator[Said]]] = {
    "Composition": _of_document,
    "List": _of_list,
    "Provenance": _of_record,
}
