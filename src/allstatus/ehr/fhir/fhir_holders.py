"""What holds a resource, orders it or lists it (its reports and panels), and the status by which
that takes it back; and what a panel lists.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from allstatus.ehr.chart import IN_ERROR, MOST
from allstatus.ehr.coding.comments import is_comment
from allstatus.ehr.fhir.fhir_standing import (
    ENCOUNTER,
    GIVEN,
    MORE,
    REPORT,
    STANDS,
    UNREADABLE_STATUS,
    UNSTATED,
    Standing,
    denied,
)
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.json_access import Json, objects, text, unread, words

ERROR = {"entered-in-error": IN_ERROR}
BACK = ERROR | {"cancelled": "cancelled"}
UNDONE = BACK | {"not-done": "not done"}  # of orders, and of what a thing is part of
# every word that FHIR's resources have had for a status, from DSTU2 to R5
WORDS = set[str]().union(REPORT, ENCOUNTER, *GIVEN.values()) - {UNSTATED}
WORDS |= {
    *("aborted", "accepted", "available", "current", "deprecated", "ended", "failed", "modified"),
    *("proposed", "received", "rejected", "requested", "retired", "review", "revoked", "suspended"),
}
LISTS = frozenset({"hasMember", "result", "component"})
Listing = tuple[tuple[str, Json], ...]


def withdrawal(holder: Json, back: Mapping[str, str] = BACK) -> str:
    """Why what it holds is in doubt: its status takes that back, or cannot be read. Else empty."""
    status = holder.get("status")
    if status is None and not unread(holder, "status"):
        return ""
    said = text(status)
    return back.get(said, "" if said in WORDS else UNREADABLE_STATUS.doubt)


def ordered(orders: Iterable[Json | None], called: str = "order") -> Standing:
    """What it means for a thing that an order for it was never to be done, or forbids it, or that
    what it is part of was not done; None is not here.
    """
    here = (one for one in orders if one is not None)
    why = next(filter(None, (withdrawal(one, UNDONE) or denied(one).void for one in here)), "")
    return Standing("", f"its {called}: {why}") if why else STANDS


def listing(result: Json, store: ResourceStore) -> Listing:
    """(what it is, resource) of everything that lists a result: its reports, then its panels and
    theirs. It is found once, and quickly of a result that nothing lists.
    """
    if id(result) not in store.listed:
        return ()
    found = store.listings.get(id(result))
    if found is None:
        found = store.listings[id(result)] = _above(result, store)
    return found


def listed_in_error(result: Json, store: ResourceStore) -> Standing:
    """What it means for a result that every report, or every panel, that lists it was withdrawn, or
    may have been; a panel is so with all panels that list it.
    """
    found = listing(result, store)
    if not found:
        return STANDS
    if sum(by == "panel" for by, _ in found) >= MOST:
        return MORE
    backs: dict[int, str] = {}  # of panels, the outer ones first
    for by, owner in reversed(found):
        if by == "panel":
            backs[id(owner)] = withdrawal(owner) or _of_all(store.panels(owner), backs)
    reports = {id(owner): withdrawal(owner) for by, owner in found if by == "report"}
    why = _of_all((owner for by, owner in found if by == "report"), reports)
    kind, why = ("report", why) if why else ("panel", _of_all(store.panels(result), backs))
    return Standing("", f"its {kind}: {why}") if why else STANDS


def _of_all(owners: Iterable[Json], backs: Mapping[int, str]) -> str:
    """Why all of these take back what they list, or empty where one of them does not."""
    whys = [backs.get(id(owner), "") for owner in owners]
    return whys[0] if whys and all(whys) else ""


def _above(result: Json, store: ResourceStore) -> Listing:
    found: list[tuple[str, Json]] = []
    members, seen = [result], {id(result)}
    for member in members:  # which grows while it is gone through
        if len(members) > MOST:
            break
        for report in store.reports(member):
            if id(report) not in seen:
                seen.add(id(report))
                found.append(("report", report))
        for panel in store.panels(member):
            if id(panel) not in seen:
                seen.add(id(panel))
                members.append(panel)
                found.append(("panel", panel))
    return tuple(found)


def counts(part: Json) -> bool:
    """Whether what a panel or report lists was not withdrawn."""
    return text(part.get("status")) not in BACK


def below(panel: Json, store: ResourceStore) -> Iterator[Json]:
    """The components, members and results that are here of a panel or report, then theirs."""
    waiting, seen = deque([panel]), {id(panel)}
    while waiting:
        one = waiting.popleft()
        if one.keys().isdisjoint(LISTS):
            continue
        yield from objects(one.get("component"))
        for member in (*store.members(one, "hasMember"), *store.members(one, "result")):
            if member is not None and id(member) not in seen:
                seen.add(id(member))
                waiting.append(member)
                yield member


def remarks(owners: Iterable[Json], store: ResourceStore) -> list[str]:
    """The comments among the results of reports and panels, or the components of results."""
    found: list[str] = []
    for owner in owners:
        if not owner.keys().isdisjoint(LISTS):
            found += _remarks(owner, store)
    return found


def _remarks(owner: Json, store: ResourceStore) -> list[str]:
    if id(owner) not in store.remarks:
        members = (*store.members(owner, "hasMember"), *store.members(owner, "result"))
        found = (*objects(owner.get("component")), *filter(None, members))
        store.remarks[id(owner)] = [
            text(one.get("valueString")) or words(one.get("valueCodeableConcept"))
            for one in found
            if is_comment(store.codes(one)) and counts(one)
        ]
    return store.remarks[id(owner)]
