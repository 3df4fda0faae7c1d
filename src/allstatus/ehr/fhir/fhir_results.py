"""Observations and diagnostic reports to the results they state."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from allstatus.ehr.chart import Code, Mention, Quantity, Result, Statement
from allstatus.ehr.coding import comments
from allstatus.ehr.fhir.fhir_context import dated, specimens
from allstatus.ehr.fhir.fhir_holders import below, counts, ordered, remarks
from allstatus.ehr.fhir.fhir_sent import (
    Observed,
    SentResult,
    held,
    measured,
    shared_of,
    source_of,
    stated,
)
from allstatus.ehr.fhir.fhir_standing import (
    MODIFIED,
    REPORT,
    STANDS,
    Standing,
    modified,
    noted,
    standing,
    together,
)
from allstatus.ehr.fhir.fhir_store import ResourceStore, names_of
from allstatus.ehr.fhir.fhir_values import value_of
from allstatus.ehr.fhir.json_access import Json, codeable, codes, objects, text, words

ATTACHED = Quantity("an attached document", text="an attached document")
LOOKED_AT = 100  # parts of a panel, of which one that is known suffices
UNHELD = "lists results that are not here"
UNTOLD = "tells of no result"


def read_observation(resource: Json, store: ResourceStore) -> list[Statement | Mention]:
    """An Observation's value and those of its components; a panel says what its members do not."""
    of = Observed(resource, store)
    if "component" not in resource and "hasMember" not in resource:
        return [SentResult.unread(of, resource)]
    parts = objects(resource.get("component"))
    panel = bool(parts or objects(resource.get("hasMember"))) and value_of(resource) is None
    found = [_whole(of, "hasMember") if panel else SentResult.unread(of, resource)]
    before: list[tuple[Code, ...]] = []
    for part in parts:
        mine = store.codes(part)
        which = f" component {measured(mine)} {before.count(mine)}"
        beside = Standing("", MODIFIED) if modified(part) else STANDS
        found.append(SentResult.unread(of, part, (mine, which), beside))
        before.append(mine)
    return found


def _whole(of: Observed, lists: str) -> Statement | Mention:
    """A panel without a value of its own, or a report without a conclusion: what it lists tells,
    unless one is not here or none of them is known.
    """
    resource, store = of.resource, of.store
    listed = store.members(resource, lists)
    if None in listed:
        return SentResult.unread(of, resource, beside=Standing("", UNHELD))
    parts = [one for one in islice(below(resource, store), LOOKED_AT) if counts(one)]
    if listed and not parts:
        return read_other(resource)
    told = SentResult.unread(of, resource, beside=Standing("", UNTOLD))
    return Mention(told, read_other(resource), unless=tuple(map(store.codes, parts)))


def read_report(resource: Json, store: ResourceStore) -> Iterator[Statement | Mention]:
    """A report's conclusion; without one, what it announces and no result here tells."""
    said = _concluded(resource)
    if said is None and store.members(resource, "result"):
        yield _whole(Observed(resource, store), "result")
        return
    of = specimens(resource, store)
    day = dated(resource, store, of)
    orders, coded = store.members(resource, "basedOn"), codes(resource.get("code"))
    noting = [resource, *(one for one in orders if one is not None)]
    stands = together(
        standing(resource, REPORT, unmodified=store.unmodified),
        of.standing,
        held(resource, store),
        ordered(orders),
        noted(
            comments.RESULT,
            noting,
            of.resources,
            remarks([resource], store),
            coded,
            store.heard,
        ),
    )
    names = names_of(resource, store, f"{measured(coded)} {of.names}")
    shared = shared_of(resource, day) | {"names": names, "codes": coded, "specimen": of.codes}
    if said is None:
        stands = together(stands, Standing("", UNTOLD))
    of_it = stated(resource, stands, day.when, resource.get("code")) | shared
    yield Result(**of_it, value=said or Quantity())


def _concluded(resource: Json) -> Quantity | None:
    coded = resource.get("conclusionCode") or resource.get("codedDiagnosis")
    found = codeable(coded)
    if conclusion := text(resource.get("conclusion")):
        return Quantity(conclusion, text=conclusion, codes=found)
    if found:
        return Quantity("; ".join(filter(None, map(words, objects(coded)))), codes=found)
    if resource.get("presentedForm"):
        return ATTACHED
    return None


def read_other(resource: Json) -> Statement:
    """A resource that tells of no status here, or tells it by others: it is counted by its name."""
    return Statement(source_of(resource), (), None)
