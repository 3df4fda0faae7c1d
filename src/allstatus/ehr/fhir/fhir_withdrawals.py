"""What others say that takes a resource back: a list it was removed from, a document or visit that
was entered in error, a record that it was deleted or failed its validation, an issue detected in
it, a label of test data that its patient lacks; or that it is somebody else's: its order, visit or
reason is. Its own status says nothing of it, so it is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from allstatus.ehr.chart import ITS_LIST, MOST, SEVERAL
from allstatus.ehr.coding.codes import heard_of
from allstatus.ehr.coding.comments import CONDITION, TREATMENT, Kinds, taken_back
from allstatus.ehr.fhir.fhir_holders import BACK, ERROR, below, withdrawal
from allstatus.ehr.fhir.fhir_mentions import entries
from allstatus.ehr.fhir.fhir_patients import NOBODY, PatientKey, same_person, whose
from allstatus.ehr.fhir.fhir_standing import GIVEN
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.fhir_treatments import ORDERS
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.json_access import Json, codes, labels_of, obj, objects, text, words

REMOVED = f"{ITS_LIST}removed"
DELETED = "its record: withdrawn"
FAILED = "its validation failed"
TEST, TEST_DATA = "HTEST", "labelled as tests"
VISITS = ("encounter", "context")  # elements that name one
# those that name what a thing was ordered by, part of, done at or because of
OF_ONE = (*ORDERS, *VISITS, "partOf", "reasonReference")
VALIDATION, NOT_VALID = "VerificationResult", ("val-fail", "reval-fail")
RECORDS = ("Provenance", VALIDATION)  # kinds that tell what became of others
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
    tests = [one for one in store.resources if "meta" in one and TEST in labels_of(one)]
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
    for member, why, _ in _at_visits(store):
        found.setdefault(id(member), why)
    return found


def of_replaced(gone: Mapping[int, str], store: ResourceStore) -> dict[int, str]:
    """Why results are in doubt that only reports list which others replace, or later versions of
    themselves (`gone`, by identity, with why they do not count): the new ones may have taken them
    back.
    """
    return {
        id(member): f"its report: {gone[id(report)]}"
        for report in ((*store.resources, *store.superseded) if gone else ())
        if id(report) in gone
        for member in store.members(report, "result")
        if member is not None and all(id(one) in gone for one in store.reports(member))
    }


def of_others(people: Mapping[int, PatientKey | None], store: ResourceStore) -> dict[int, str]:
    """Why resources are in doubt that name what is of another patient; with a report or panel of
    which that is so all that it lists of its own. `people`: whose each is.
    """
    if len({*people.values()} - {None, NOBODY}) < 2:
        return {}
    found: dict[int, str] = {}
    for one in store.resources:
        mine = people.get(id(one))
        its = {people.get(id(other)) for other in _beside(one, store)} - {NOBODY}
        if mine != NOBODY and any(same_person(mine, key) is False for key in its):
            own = (it for it in below(one, store) if people.get(id(it)) == mine)
            found.update((id(it), SEVERAL) for it in (one, *own))
    return found


def _beside(one: Json, store: ResourceStore) -> Iterator[Json]:
    """What a resource, and what it contains, was ordered by, part of, done at or because of; and
    what its specimens were requested by and made from.
    """
    parts = [one, *objects(one["contained"])] if "contained" in one else [one]
    for part in parts:
        yield from (it for name in OF_ONE for it in store.members(part, name) if it is not None)
    waiting = [it for part in parts for it in store.members(part, "specimen") if it is not None]
    seen = set(map(id, waiting))
    for specimen in waiting:  # which grows while it is gone through
        yield from (it for it in store.members(specimen, "request") if it is not None)
        for parent in store.members(specimen, "parent")[:MOST]:
            if parent is None or len(seen) > MOST:
                continue
            if id(parent) not in seen:
                seen.add(id(parent))
                waiting.append(parent)
                yield parent


def _is_of_test_patient(resource: Json, store: ResourceStore) -> bool:
    """Whether what is labelled as test data is of a patient who is, too."""
    return TEST in labels_of(store.patient(whose(resource, store)))


def _at_visits(store: ResourceStore) -> Iterator[Said]:
    """What was recorded at visits that were entered in error."""
    visits = {
        id(one): why
        for one in store.resources
        if one["resourceType"] == "Encounter" and (why := withdrawal(one, ERROR))
    }
    for one in store.resources if visits else ():
        for name in VISITS:
            if name in one and (why := visits.get(id(store.resolve(one, one[name])), "")):
                yield Said(one, f"its visit: {why}")


def _of_list(resource: Json, store: ResourceStore) -> Iterator[Said]:
    """What was taken off a list was so once, or never; of a treatment it says nothing."""
    error = withdrawal(resource, ERROR)
    for entry in objects(resource.get("entry")):
        member = store.resolve(resource, entry.get("item"))
        if member is not None and member["resourceType"] not in GIVEN:
            yield Said(member, f"{ITS_LIST}{error}" if error else "", alone=True)
            if not error and entry.get("deleted") not in (None, False):
                yield Said(member, REMOVED)


def _of_document(resource: Json, store: ResourceStore) -> Iterator[Said]:
    error = withdrawal(resource, ERROR)
    for reference in entries(resource):
        if (member := store.resolve(resource, reference)) is not None:
            yield Said(member, f"its document: {error}" if error else "", alone=True)


def gone(record: Json) -> list[Json]:
    """The resources that a record says were deleted or removed, revised into others, or failed
    their validation.
    """
    targets = objects(record.get("target"))
    if record.get("resourceType") == VALIDATION:
        return targets if record.get("status") in NOT_VALID else []
    entities = objects(record.get("entity"))
    found = [obj(one.get("what")) for one in entities if one.get("role") == "removal"]
    revised = [obj(one.get("what")) for one in entities if one.get("role") == "revision"]
    found += [one for one in revised if _key(one) not in map(_key, targets)]
    done = codes(record.get("activity"))
    if any(code.code in TAKEN_BACK.get(code.system, ()) for code in done):
        found += targets
    return found


def _key(reference: Json) -> str:
    return split_address(text(reference.get("reference")))[1]


def record_of(kind: str, address: str) -> Json:
    """A record of this kind, which says again that a resource is gone."""
    what = {"reference": address}
    if kind == VALIDATION:
        return {"resourceType": kind, "status": NOT_VALID[0], "target": [what]}
    return {"resourceType": kind, "entity": [{"role": "removal", "what": what}]}


def _of_record(resource: Json, store: ResourceStore) -> Iterator[Said]:
    why = FAILED if resource["resourceType"] == VALIDATION else DELETED
    for reference in gone(resource):
        member = store.resolve(resource, reference)
        if member is not None and not _is_later(member, text(reference.get("reference"))):
            yield Said(member, why)


def _of_issue(resource: Json, store: ResourceStore) -> Iterator[Said]:
    """What an issue says in words takes back what is implicated in it, as a comment on it does."""
    if resource.get("status") in BACK:
        return
    said = words(resource.get("code")), text(resource.get("detail"))
    for member in store.members(resource, "implicated"):
        if member is not None:
            yield Said(member, taken_back(*said, of=_kinds(member)))


def _kinds(resource: Json) -> Kinds:
    """The kinds of words that take such a resource back."""
    kind = resource.get("resourceType")
    of = TREATMENT if kind in GIVEN else CONDITION if kind == "Condition" else ()
    return of or heard_of(codes(resource.get("code")))


def _is_later(member: Json, address: str) -> bool:
    """Whether a resource is a later version than the one that an address names."""
    named, own = address.partition("/_history/")[2], text(obj(member.get("meta")).get("versionId"))
    if named.isdecimal() and own.isdecimal():
        return int(named[:20]) < int(own[:20])
    return bool(named and own) and named != own


TELLING: dict[str, Callable[[Json, ResourceStore], Iterator[Said]]] = {
    "Composition": _of_document,
    "DetectedIssue": _of_issue,
    "List": _of_list,
    **dict.fromkeys(RECORDS, _of_record),
}
