"""What decides whether a resource counts: status, negation, modifier extensions, comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from allstatus.ehr.chart import NO_STATUS, TOO_MANY, Code, Quantity
from allstatus.ehr.coding.codes import heard_of
from allstatus.ehr.coding.comments import Kinds, taken_back, unfit
from allstatus.ehr.dates import When
from allstatus.ehr.fhir.json_access import (
    LEFT_OUT,
    Json,
    codes,
    hl7_system,
    labels_of,
    objects,
    text,
    unread,
    when,
    words,
)


class Standing(NamedTuple):
    """Why a resource does not count (`void`), or cannot be relied on (`doubt`), or neither."""

    void: str = ""
    doubt: str = ""


def _doubt(why: str) -> Standing:
    return Standing("", why)


def statuses(standing: Standing, *names: str) -> dict[str, Standing]:
    """Statuses that all mean this."""
    return dict.fromkeys(names, standing)


STANDS = Standing()
UNSTATED = "(none)"
ERROR = {"entered-in-error": Standing("entered in error"), UNSTATED: _doubt(NO_STATUS)}
CONTRADICTS = _doubt("contradicts its status")
UNREAD_DONE = _doubt("it cannot be read whether it was done")
UNREADABLE_STATUS = _doubt("its status cannot be read as done or final")
STATUS_UNKNOWN = _doubt("its status is unknown")
MORE = _doubt(TOO_MANY)
RESULT = ERROR | {
    **statuses(STANDS, UNSTATED, "final", "amended", "corrected"),
    **statuses(_doubt("preliminary, not final"), "preliminary", "partial"),
    "registered": _doubt("has no result yet"),
    "cancelled": Standing("cancelled"),
    "unknown": STATUS_UNKNOWN,
}
REPORT = RESULT | {"appended": STANDS}
_DONE = ERROR | {
    **statuses(STANDS, "completed", "in-progress", "stopped", "on-hold"),
    "not-done": Standing("not done"),
    "unknown": STATUS_UNKNOWN,
}
ORDERED = "ordered, not known to be given"
DISPENSED = "dispensed, not known to be taken"
_TAKEN = ERROR | {
    **statuses(STANDS, "completed", "active", "stopped"),
    "not-taken": Standing("not taken"),
    "intended": _doubt("intended, not given"),
    "on-hold": _doubt("its status is on hold, not known to be taken"),
    "unknown": STATUS_UNKNOWN,
    "recorded": _doubt("recorded, not known to be taken"),
    "draft": _doubt("its status is draft"),
}
GIVEN: dict[str, dict[str, Standing]] = {
    "MedicationAdministration": _DONE,
    "MedicationStatement": _TAKEN,
    "Procedure": _DONE | {"preparation": _doubt("not done yet")},
    "MedicationRequest": ERROR
    | {"cancelled": Standing("cancelled"), "draft": _doubt("drafted, not ordered")}
    | statuses(_doubt(ORDERED), "active", "on-hold", "completed", "stopped", "unknown"),
    "MedicationDispense": ERROR
    | statuses(Standing("not dispensed"), "cancelled", "declined", "preparation")
    | statuses(_doubt(DISPENSED), "completed", "in-progress", "on-hold", "stopped"),
}
ENCOUNTER = ERROR | {
    **statuses(STANDS, UNSTATED, "finished", "in-progress", "arrived", "triaged", "onleave"),
    **statuses(STANDS, "completed", "discharged", "discontinued", "on-hold"),
    "cancelled": Standing("cancelled"),
    "planned": _doubt("planned"),
}
# How STU3, DSTU2 and requests say that a thing was not done, beside any status.
NEGATED = (
    *("notGiven", "wasNotGiven", "notDone", "notPerformed", "isNotPerformed"),
    *("wasNotTaken", "doNotPerform"),
)
# How they say why it was not, which beside a status that says it was leaves both.
WHY_NOT = ("reasonNotGiven", "reasonNotTaken", "reasonNotPerformed", "notDoneReason")
TAKEN = {"y": STANDS, "n": Standing("not taken"), "na": Standing("not taken")}
DENIALS = frozenset((*NEGATED, *WHY_NOT, "taken"))
BESIDE = DENIALS | {"implicitRules", "meta"}  # what may stand beside a status and say otherwise
MODIFIED = "carries a modifier extension, which may change its meaning"
RULED = "carries implicit rules, which may change its meaning"
CORRECTED = ("amended", "corrected")
CONDITIONS = "http://terminology.hl7.org/CodeSystem/v2-0493"  # of specimens
NOTES = ("note", "comment", "comments", "conclusion")
NOTED = frozenset(NOTES)
NO_VALUE = "has no value"
BOTH = "has a value, and a reason for having none"
NOT_ASKED = {
    "not-asked": "not asked",
    "asked-declined": "declined",
    "not-applicable": "not applicable",
    "not-performed": "not performed",
}
ABSENT = hl7_system("data-absent-reason")
NESTED = frozenset({dict, list})
SUMMARY = "sent as a summary, without all of it"
RELIANCE = "labelled as unreliable"
LABELS = statuses(_doubt(SUMMARY), *LEFT_OUT)
LABELS |= statuses(_doubt(RELIANCE), "UNRELIABLE", "UNCERTREL")


def may_modify(source: str | bytes) -> bool:
    """Whether a modifier extension, or implicit rules, which those of a bundle are kept as, may
    stand in JSON as it is written, its name also in escapes.
    """
    if isinstance(source, str):
        named = "modifierExtension" in source or "implicitRules" in source
        return named or ("\\" in source and "\\u00" in source)
    named = b"modifierExtension" in source or b"implicitRules" in source
    return named or (b"\\" in source and b"\\u00" in source)


def modified(element: Json, *, inside: tuple[str, ...] = ()) -> bool:
    """Whether an element, or any within it but those named, has a modifier extension."""
    if "modifierExtension" in element:
        return True
    waiting = [v for key, v in element.items() if type(v) in NESTED and key not in inside]
    for item in waiting:  # which grows while it is gone through
        if type(item) is list:
            waiting += item
        elif type(item) is dict:
            if "modifierExtension" in item:
                return True
            for value in item.values():
                if type(value) in NESTED:
                    waiting.append(value)
    return False


def standing(resource: Json, known: dict[str, Standing], *, unmodified: bool = False) -> Standing:
    """Whether a resource counts, by everything that its kind has for saying so; `unmodified`: it is
    known to have no modifier extension.
    """
    status = resource.get("status")
    if status is None and not unread(resource, "status"):
        status = UNSTATED
    own = known.get(text(status), UNREADABLE_STATUS)
    if unmodified and BESIDE.isdisjoint(resource):
        return own  # as most are
    found = [own]
    if not DENIALS.isdisjoint(resource):
        found += _denials(resource)
    if not unmodified and modified(resource, inside=("contained", "component")):
        found.append(_doubt(MODIFIED))
    if resource.get("implicitRules"):
        found.append(_doubt(RULED))
    if labels := labels_of(resource):
        found += [LABELS[label] for label in labels if label in LABELS]
    return together(*found) if len(found) > 1 else own


def denied(resource: Json) -> Standing:
    """What it says beside its status of whether it was done."""
    return STANDS if DENIALS.isdisjoint(resource) else together(*_denials(resource))


def _denials(resource: Json) -> Iterator[Standing]:
    yield from (_negation(key, resource[key]) for key in NEGATED if key in resource)
    if any(resource.get(key) for key in WHY_NOT):
        yield CONTRADICTS
    if "taken" in resource:
        yield TAKEN.get(text(resource["taken"]), _doubt("not known to be taken"))


def _negation(key: str, value: object) -> Standing:
    if value is False:
        return STANDS
    return Standing("not given" if "iven" in key else "not done") if value is True else UNREAD_DONE


def absence(part: Json, value: Quantity | None) -> Standing:
    """What a missing value means, or a reason for one: not asked for, or sent without."""
    if value is not None and "dataAbsentReason" not in part:
        return STANDS
    said = [code for code in codes(part.get("dataAbsentReason")) if code.system in ABSENT]
    reasons = [NOT_ASKED.get(code.code) for code in said]
    if value is None:
        why = next((reason for reason in reasons if reason), None)
        return Standing(why) if why else _doubt(NO_VALUE)
    return _doubt(BOTH) if part.get("dataAbsentReason") else STANDS


Heard = tuple[int, bool, Kinds]  # whose notes, of what is sent as a correction, for which words


def noted(
    of: Kinds,
    owners: Iterable[Json],
    specimens: Sequence[Json] = (),
    remarks: Iterable[str] = (),
    measured: tuple[Code, ...] = (),
    known: dict[Heard, str] | None = None,
) -> Standing:
    """Whether a comment on any of these, in the shapes of R5 and earlier versions, or on its
    specimens, or one of the `remarks`, takes back what the first of them says; `of`: the kinds of
    words that do, of a result with codes those for what was `measured`; `known` is what has been
    heard so far.
    """
    told, said = (*owners, *specimens), [*remarks]
    with_notes = [one for one in told if not one.keys().isdisjoint(NOTED)]
    if not said and not with_notes and not specimens:
        return STANDS
    corrected, before = told[0].get("status") in CORRECTED, {} if known is None else known
    of = heard_of(measured) if measured and (said or with_notes) else of

    def heard(one: Json) -> str:
        key = id(one), corrected, of
        if key not in before:
            before[key] = taken_back(*_notes(one), corrected=corrected, of=of)
        return before[key]

    why = taken_back(*said, corrected=corrected, of=of)
    why = why or next(filter(None, map(heard, with_notes)), "")
    return Standing("", why or _unfitness(specimens))


def _notes(resource: Json) -> Iterator[str]:
    for name in NOTES:
        if name in resource:
            said = resource[name]
            yield from [said] if isinstance(said, str) else map(words, objects(said))


def _unfitness(specimens: Iterable[Json]) -> str:
    said = [one for specimen in specimens for one in objects(specimen.get("condition"))]
    found = [unfit(code.code, code.display) for code in codes(said) if code.system == CONDITIONS]
    return next(filter(None, (*found, *(unfit("", words(one)) for one in said))), "")


def together(*found: Standing) -> Standing:
    """What holds of several: the first reason not to count, else the first doubt."""
    doubt = ""
    for one in found:
        if one is not STANDS:  # as most are
            if one.void:
                return Standing(one.void)
            doubt = doubt or one.doubt
    return Standing("", doubt) if doubt else STANDS


def updated(resource: Json) -> When | None:
    """When a server last changed a resource, which is not before what it tells."""
    meta = resource.get("meta")
    return when(meta, "lastUpdated") if isinstance(meta, dict) else None
