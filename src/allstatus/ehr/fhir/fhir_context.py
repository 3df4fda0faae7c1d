"""What a result takes from elsewhere when it does not say it itself: its specimen and its date,
from its report, the panel it is part of, or the specimen's own resource.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from allstatus.ehr.chart import ITSELF, MOST, POOLED, REJECTED, ROLES, SEVERAL, TEXT, Code
from allstatus.ehr.dates import When, last_day, spanning
from allstatus.ehr.fhir.fhir_holders import listing, ordered
from allstatus.ehr.fhir.fhir_patients import named, same_person, subject_of, whose
from allstatus.ehr.fhir.fhir_standing import (
    MODIFIED,
    MORE,
    STANDS,
    Standing,
    modified,
    together,
    updated,
)
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.json_access import (
    NOT_HERE,
    Json,
    codeable,
    codes,
    extensions,
    in_words,
    obj,
    objects,
    reached,
    span,
    text,
    when,
)
from allstatus.record.remembered import remembered

TIMES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming")
EFFECTIVE = {name: f"_{name}" for name in (*TIMES, "appliesDateTime", "appliesPeriod")}
BESIDE_TIMES = frozenset(EFFECTIVE.values())
ROLES_BY = ("", "http://terminology.hl7.org/CodeSystem/v2-0369")
COLLECTED = ("collectedDateTime", "collectedPeriod")
OF_OTHERS = ("Patient", "RelatedPerson", "Person", "Practitioner", "PractitionerRole", "Group")
OF_THINGS = ("Device", "Location", "Organization", "Substance", "BiologicallyDerivedProduct")
ANOTHERS = "is about another person"
ANOTHERS_SPECIMEN = "its specimen is of another person"
UNKNOWN_FOCUS = "is about something that is not here"
# Germany (MII Laboratory) says of a time whether it is of collection, or (so) of receipt.
RECEIPT = "receipt"
SOURCE_OF_TIME, RECEIVED = "/QuelleKlinischesBezugsdatum", "281271004"
FOCUS_CODE = "observation-focusCode"
ABOUT = frozenset({"focus", "extension"})  # elements that say what a result is about


class Specimens(NamedTuple):
    """What a result was measured in: the places named, the specimens themselves, and whether they
    can be relied on.
    """

    codes: tuple[Code, ...] = ()
    names: str = ""
    resources: tuple[Json, ...] = ()
    standing: Standing = STANDS


PLACED = frozenset({"bodySite", "bodyStructure", "specimen"})  # elements that say where it is from
UNPLACED = Specimens()


class Dated(NamedTuple):
    """When a result is of, who says so (empty: itself), and where that cannot be read the first and
    last day it can be of.
    """

    when: When | None
    by: str
    earliest: date | None = None
    latest: date | None = None


def is_unplaced(result: Json, store: ResourceStore) -> bool:
    """Whether neither a result nor what lists it says where it is from."""
    if not result.keys().isdisjoint(PLACED):
        return False
    owners = listing(result, store) if store.placing else ()
    return not owners or all("specimen" not in owner for _, owner in owners)


def specimens(result: Json, store: ResourceStore) -> Specimens:
    """A result's specimen: its own, else its reports', else its panel's."""
    if is_unplaced(result, store):
        return UNPLACED
    site = _worded(result["bodySite"]) if "bodySite" in result else ()
    site += _structures(result, store) if "bodyStructure" in result else ()
    for level in _levels(result, store):
        references = [(owner, one) for owner in level for one in objects(owner.get("specimen"))]
        if references:
            return _described(site, references, result, store)
    return Specimens(site)


def _structures(result: Json, store: ResourceStore) -> tuple[Code, ...]:
    """The places of the body structures that R5 has instead of a site."""
    found: tuple[Code, ...] = ()
    for reference in objects(result.get("bodyStructure")):
        for place in store.meant(result, reference):
            found += codes(place.get("location"))
            found += codes(reached(place, "includedStructure.structure"))
    return found


def _levels(result: Json, store: ResourceStore) -> Iterator[list[Json]]:
    yield [result]
    yield store.reports(result)
    for kind, owner in listing(result, store):
        if kind == "panel":
            yield [owner]
            yield store.reports(owner)


def _described(
    site: tuple[Code, ...], references: list[tuple[Json, Json]], result: Json, store: ResourceStore
) -> Specimens:
    places, names, found, standing = site, set(), [], STANDS
    for owner, reference in references[:MOST]:
        names.add(text(reference.get("reference")) or str(reference.get("identifier") or ""))
        versions = store.meant(owner, reference)
        if not versions:
            shown = text(reference.get("display")) or text(reference.get("reference")) or NOT_HERE
            places += (Code(TEXT, text(reference.get("display")).lower() or NOT_HERE, shown),)
        for one in versions:
            found.append(one)
            places += _places(one, store)
            if not store.unmodified and modified(one, inside=("contained",)):
                standing = Standing("", MODIFIED)
            if (other := subject_of(one)) and not (
                same := _same_patient(one, other, result, store)
            ):
                standing = Standing("", SEVERAL) if same is None else Standing(ANOTHERS_SPECIMEN)
            if one.get("status") == "entered-in-error":
                standing = Standing("", "its specimen was entered in error")
            if one.get("status") == "unsatisfactory":
                standing = Standing("", REJECTED)
            requested = ordered(store.members(one, "request"))
            standing = together(standing, _role(one), requested)
    if len(references) > MOST:
        standing = together(standing, MORE)
    called = " ".join(sorted(names))
    if len(found) == 1 and store.address(found[0]):
        places += (Code(ITSELF, called),)
    return Specimens(places, called, tuple(found), standing)


def _role(specimen: Json) -> Standing:
    """Whose a specimen is by what R5 says of its role, and of whether it was pooled."""
    roles = [code.code.upper() for code in codes(specimen.get("role")) if code.system in ROLES_BY]
    pooled = POOLED["L"] if "combined" in specimen else ""
    doubts = [pooled, *(POOLED.get(role, "") for role in roles)]
    void = next((ROLES[role] for role in roles if role in ROLES), "")
    return Standing(void, "" if void else next(filter(None, doubts), ""))


def _same_patient(specimen: Json, subject: Json, result: Json, store: ResourceStore) -> bool | None:
    own = subject_of(result) or subject_of(store.container(result) or {})
    return same_person(named(specimen, subject, store), named(result, own, store))


def _places(specimen: Json, store: ResourceStore) -> tuple[Code, ...]:
    """What a specimen is and where it was taken, or what that which it was made from is."""
    found: tuple[Code, ...] = ()
    waiting, seen = deque([specimen]), {id(specimen)}
    while waiting and len(seen) <= MOST:
        one = waiting.popleft()
        said = _worded(one.get("type")) + _worded(obj(one.get("collection")).get("bodySite"))
        parents = () if said else objects(one.get("parent"))[:MOST]
        for parent in [each for said_of in parents for each in store.meant(one, said_of)]:
            if id(parent) not in seen:
                seen.add(id(parent))
                waiting.append(parent)
        found += said
    unknown = Code(TEXT, NOT_HERE, "a specimen that says nothing of its kind")
    return (*found, unknown) if waiting or not found else found


def _worded(concept: object) -> tuple[Code, ...]:
    """The codes of a place, and what it is called in words."""
    said = codeable(concept)
    text_alone = {"text": obj(concept).get("text")}
    return (*said, *in_words(text_alone if said else concept))


def about(resource: Json, store: ResourceStore) -> tuple[Standing, tuple[Code, ...]]:
    """Whether a result is the patient's, and the codes of the condition it is about."""
    found: tuple[Code, ...] = ()
    if resource.keys().isdisjoint(ABOUT):
        return STANDS, found
    stands = Standing(ANOTHERS) if extensions(resource, FOCUS_CODE) else STANDS
    for reference in objects(resource.get("focus")):
        meant = store.resolve(resource, reference)
        kind = text((meant or {}).get("resourceType")) or _kind(reference)
        if kind == "Patient" and named(resource, reference, store) == whose(resource, store):
            continue
        of_it = Standing("", "" if kind else UNKNOWN_FOCUS)
        if kind in OF_OTHERS or kind in OF_THINGS:
            of_it = Standing(ANOTHERS if kind in OF_OTHERS else "is about a thing")
        stands = together(stands, of_it)
        found += codes((meant or {}).get("code"))
    return stands, found


def _kind(reference: Json) -> str:
    parts = text(reference.get("reference")).partition("/_history/")[0].split("/")
    return parts[-2] if len(parts) > 1 else text(reference.get("type"))


def dated(result: Json, store: ResourceStore, of: Specimens) -> Dated:
    """When a result is of: by itself, else its report, else its panel, else its specimen's
    collection. Its issue only bounds it, and a period that was sent with one end.
    """
    sent = _of_its_own(result)
    day, by = (_between(result, sent), "") if sent else _day_elsewhere(result, store, of)
    if day is not None and date.min < day.first and day.last < date.max:
        return Dated(day, by)
    bound = _bound(result, listing(result, store), of)
    if day is None:
        return Dated(None, by, latest=bound)
    if bound is not None and date.min < day.first <= bound:
        return Dated(When(f"{day.text} {bound}", day.first, bound), by)
    ends = [end for end in (bound, day.last) if end is not None and end < date.max]
    return Dated(None, by, day.first if day.first > date.min else None, min(ends, default=None))


def _day_elsewhere(result: Json, store: ResourceStore, of: Specimens) -> tuple[When | None, str]:
    for by, owner in listing(result, store):
        if sent := _of_its_own(owner):
            return _between(owner, sent), f"dated by its {by}"
    for specimen in of.resources:
        taken = obj(specimen.get("collection"))
        if any(key in taken for key in COLLECTED):
            return span(taken, *COLLECTED), "dated by its specimen's collection"
    received = _times(tuple(result))
    return (span(result, *received), f"dated by its {RECEIPT}") if received else (None, "")


def _between(owner: Json, names: tuple[str, ...]) -> When | None:
    """The time in these elements, of which there is one; of two that differ it is between them."""
    if len(names) == 1:
        return span(owner, *names)
    days = [day for name in names if (day := span(owner, name))]
    if len({(day.first, day.last) for day in days}) < 2:
        return span(owner, *names)
    return spanning(min(days, key=lambda day: day.first), max(days, key=lambda day: day.last))


def _of_its_own(owner: Json) -> tuple[str, ...]:
    """The elements that say when a result or report is of, not when its specimen was received."""
    sent = _times(tuple(owner))
    if owner.keys().isdisjoint(BESIDE_TIMES):
        return sent
    return () if any(_is_receipt(owner, name) for name in sent) else sent


def _is_receipt(owner: Json, name: str) -> bool:
    beside = obj(owner[f"_{name}"]) if f"_{name}" in owner else {}
    sources = extensions(beside, SOURCE_OF_TIME)
    return any(obj(one.get("valueCoding")).get("code") == RECEIVED for one in sources)


@remembered(1024)
def _times(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The elements that say when a result is of, of a resource with these keys."""
    return tuple([key for key, beside in EFFECTIVE.items() if key in keys or beside in keys])


def _bound(result: Json, owners: Iterable[tuple[str, Json]], of: Specimens) -> date | None:
    """The last day a result can be of: not after it or its report was issued, or last changed on a
    server, nor after its specimen was received.
    """
    days = [when(owner, "issued") for owner in (result, *(owner for _, owner in owners))]
    days.append(updated(result))
    days += [when(specimen, "receivedTime") for specimen in of.resources if len(of.resources) == 1]
    return last_day(days)
