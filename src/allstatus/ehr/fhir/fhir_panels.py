"""What lists a result, its reports and panels, and what a panel lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from allstatus.ehr.coding.comments import is_comment
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.json_access import Json, codes, objects, text, words

LISTS = frozenset({"hasMember", "result", "component"})
WITHDRAWN = ("entered-in-error", "cancelled")


def above(result: Json, store: ResourceStore) -> Iterator[tuple[str, Json]]:
    """(what it is, resource) of everything that lists a result: its reports, then its panels and
    theirs.
    """
    waiting, seen = deque([result]), {id(result)}
    while waiting:
        member = waiting.popleft()
        for report in store.reports(member):
            if id(report) not in seen:
                seen.add(id(report))
                yield "report", report
        for panel in store.panels(member):
            if id(panel) not in seen:
                seen.add(id(panel))
                waiting.append(panel)
                yield "panel", panel


def listing(result: Json, store: ResourceStore) -> Iterable[tuple[str, Json]]:
    """The same, quickly of a result that nothing lists."""
    return above(result, store) if store.listed(result) else ()


def below(panel: Json, store: ResourceStore) -> Iterator[Json]:
    """The components and members of a panel that are here, then theirs."""
    waiting, seen = deque([panel]), {id(panel)}
    while waiting:
        one = waiting.popleft()
        yield from objects(one.get("component"))
        for reference in objects(one.get("hasMember")):
            member = store.resolve(one, reference)
            if member is not None and id(member) not in seen:
                seen.add(id(member))
                waiting.append(member)
                yield member


def remarks(owners: Iterable[Json], store: ResourceStore) -> list[str]:
    """The comments among the results of reports and panels, or the components of results."""
    found: list[str] = []
    for owner in owners:
        if not LISTS.isdisjoint(owner):
            found += _remarks(owner, store)
    return found


def _remarks(owner: Json, store: ResourceStore) -> list[str]:
    if id(owner) not in store.remarks:
        members = [store.resolve(owner, one) for one in objects(owner.get("hasMember"))]
        members += [store.resolve(owner, one) for one in objects(owner.get("result"))]
        found = (*objects(owner.get("component")), *filter(None, members))
        store.remarks[id(owner)] = [
            text(one.get("valueString")) or words(one.get("valueCodeableConcept"))
            for one in found
            if is_comment(codes(one.get("code"))) and one.get("status") not in WITHDRAWN
        ]
    return store.remarks[id(owner)]
