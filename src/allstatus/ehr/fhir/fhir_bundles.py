"""FHIR as it comes in: the entries of bundles and lists, and whether a part is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from allstatus.ehr.chart import no_whole
from allstatus.ehr.fhir.json_access import (
    NOTHING,
    Json,
    obj,
    objects,
    subsetted,
    text,
    whole_number,
)
from allstatus.ehr.fhir.search_pages import PAGE, is_to, links, searched
from allstatus.errors import InvalidRecord

# kinds of bundles that can hold all there is
WHOLE = (
    *("document", "message", "history", "searchset", "collection"),
    *("transaction", "transaction-response", "batch", "batch-response"),
)
FINE = re.compile(r"2(?!06)\d\d\b")
FAILED = ("error", "fatal")
# of FHIR's issue types: what is not here, or may not be, whatever the severity
LEFT_OUT = (
    *("incomplete", "too-costly", "too-long", "transient", "timeout", "throttled"),
    *("exception", "lock-error", "no-store"),
    *("security", "suppressed", "forbidden", "login", "expired"),
)
ANY = {"severity": FAILED[0], "code": LEFT_OUT[0]}
NO_ANSWER = "an error stands in the place of an answer"
REMEDY = (
    "send all of it (every page of a search), or say that it is partial, and what is here is read: "
    "what is not here is then unknown"
)
ENDS = ("next", "last")  # what a page says of those after it
HOLDERS = ("Bundle", "OperationOutcome", "Parameters")
MERGED = "modifierExtension"
RULES = "implicitRules"


class BundleEntry(NamedTuple):
    """A resource with its full address, or one that was deleted; `stamp` is what the server said
    beside it (time, version), `place` its place in a history, newest first.
    """

    address: str
    resource: Json
    deleted: bool = False
    stamp: Json = NOTHING
    place: tuple[int, int] | None = None


def entries_of(value: object) -> Iterator[BundleEntry]:
    """Every entry of a bundle, a list, what an operation was passed, or a single resource; bundles
    inside bundles too.
    """
    waiting = [iter([BundleEntry("", value)] if isinstance(value, dict) else _listed(value))]
    while waiting:
        for entry in waiting[-1]:
            kind = entry[1].get("resourceType")
            if kind == "Bundle":
                waiting.append(_opened(entry.resource))
                break
            if kind == "Parameters":
                waiting.append(BundleEntry("", one) for one in _passed(entry.resource))
                break
            if isinstance(kind, str):
                yield entry
        else:
            waiting.pop()


def is_resource(value: object) -> bool:
    """Whether a value is a FHIR resource, or a list of nothing else."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list) and item:
            waiting.extend(item)
        elif not isinstance(item, dict) or not isinstance(item.get("resourceType"), str):
            return False
    return True


def no_resource(field: str) -> InvalidRecord:
    """What is said of a line or an item that is none."""
    remedy = "write one resource a line, each with its resourceType"
    return InvalidRecord(field, "is not a FHIR resource", remedy)


def _listed(value: object) -> list[BundleEntry]:
    if not isinstance(value, list):
        return []
    return [one for item in value for one in _single(item)]


def _single(item: object) -> list[BundleEntry]:
    return [BundleEntry("", item)] if isinstance(item, dict) else _listed(item)


def _opened(bundle: Json) -> Iterator[BundleEntry]:
    history = id(bundle) if bundle.get("type") == "history" else None
    merged = MERGED in bundle or RULES in bundle
    for number, entry in enumerate(objects(bundle.get("entry"))):
        place = None if history is None else (history, number)
        address = text(entry["fullUrl"]) if "fullUrl" in entry else ""
        resource = entry.get("resource")
        stamp = obj(entry["response"]) if "response" in entry else NOTHING
        if "request" in entry and obj(entry["request"]).get("method") == "DELETE":
            url = text(entry["request"].get("url"))
            address = address or url
            resource = _named(url or address)
            if resource:
                yield BundleEntry(address, resource, True, stamp, place)
        elif resource and isinstance(resource, dict):
            if merged or MERGED in entry:
                resource = _merged(resource, bundle, entry)
            yield BundleEntry(address, resource, False, stamp, place)


def _passed(parameters: Json) -> Iterator[Json]:
    """The resources among the parameters of an operation."""
    waiting = objects(parameters.get("parameter"))
    for one in waiting:  # which grows while it is gone through
        waiting += objects(one.get("part"))
        yield from objects(one.get("resource"))


def _merged(resource: Json, bundle: Json, entry: Json) -> Json:
    """A resource with what its bundle and its entry say may change its meaning."""
    changed = [owner[MERGED] for owner in (bundle, entry) if owner.get(MERGED)]
    changed += [bundle[RULES]] if bundle.get(RULES) else []
    if not changed:
        return resource
    if resource.get("resourceType") == "Bundle":
        inner = objects(resource.get("entry"))
        return resource | {"entry": [{MERGED: changed} | one for one in inner]}
    return resource | {MERGED: changed}


def _named(url: str) -> Json:
    """The resource that `Type/id` at the end of an address names; empty for a search."""
    parts = url.partition("/_history/")[0].split("/")
    if len(parts) < 2 or "?" in url:
        return {}
    return {"resourceType": parts[-2], "id": parts[-1]}


def check_whole(value: object) -> None:
    """Raises InvalidRecord when what came in is a part by its own account: further pages, fewer
    matches than its total, entries that failed, a bundle of events.
    """
    for why in missing_parts(value):
        raise no_whole(why, REMEDY)


def missing_parts(value: object) -> Iterator[str]:
    """How it is known that a part is missing, in words without anything of the data."""
    found = list(_bundles(value))
    bundles = [one for one in found if one["resourceType"] == "Bundle"]
    if any(_failure(one) for one in found if one["resourceType"] == "OperationOutcome"):
        yield NO_ANSWER
    firsts = bundles
    if any("link" in one for one in bundles):
        continued = {link for bundle in bundles for link in links(bundle, "next")}
        firsts = [one for one in bundles if continued.isdisjoint(links(one, "self"))]
        if any(links(one, "previous") or links(one, "prev") for one in firsts):
            yield PAGE.format("an earlier")
    for bundle in bundles:
        if text(bundle.get("type")) and bundle["type"] not in WHOLE:
            yield f"a bundle of the kind {bundle['type'][:40]} tells of some changes only"
        yield from _failed(bundle)
    yield from searched(bundles, {id(one) for one in firsts})


def joined(pages: list[Json]) -> Json:
    """The pages of one search, followed to their end, as one bundle; of their totals the highest,
    as there may be more by then.
    """
    first, *rest = pages
    if not rest:
        return first
    said = [whole_number(page.get("total")) for page in pages]
    totals = [total for total in said if total is not None]
    kept = [
        link for link in objects(first.get("link")) if not any(is_to(link, end) for end in ENDS)
    ]
    entries = [entry for page in pages for entry in objects(page.get("entry"))]
    return first | {"link": kept, "entry": entries} | ({"total": max(totals)} if totals else {})


def next_page(value: object) -> str | None:
    """The address of a bundle's next page, empty where it is not said, or said in several ways;
    None for the last.
    """
    first, *others = {*links(obj(value), "next")} or [None]
    return "" if others else first


def _bundles(value: object) -> Iterator[Json]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict) and item.get("resourceType") in ("Bundle", "OperationOutcome"):
            yield item
            waiting += _holders(item)
        elif isinstance(item, dict) and item.get("resourceType") == "Parameters":
            waiting.extend(_passed(item))


def _holders(bundle: Json) -> list[object]:
    """What of a bundle may hold other resources, or say that something is missing."""
    return [
        held
        for entry in objects(bundle.get("entry"))
        if not isinstance(held := entry.get("resource"), dict)
        or held.get("resourceType") in HOLDERS
    ]


def _failed(bundle: Json) -> Iterator[str]:
    if subsetted(bundle):
        yield "its sender says that it is a part"
    if "issues" in bundle and _failure(obj(bundle["issues"])):
        yield NO_ANSWER
    for entry in objects(bundle.get("entry")):
        if "response" not in entry and "request" not in entry:
            continue
        response, method = obj(entry.get("response")), obj(entry.get("request"))
        status = str(response.get("status") or "200").strip()
        if not FINE.match(status) or _failure(obj(response.get("outcome"))):
            yield "an entry failed"
        elif method.get("method") == "PATCH":
            yield "an entry changes a resource that is not here"
        elif method.get("method") == "DELETE" and "?" in text(method.get("url")):
            yield "an entry deletes what a search would find"


def _failure(outcome: Json) -> bool:
    issues = objects(outcome.get("issue"))
    return any(_said(one, "severity") in FAILED or _said(one, "code") in LEFT_OUT for one in issues)


def _said(issue: Json, name: str) -> str:
    """A code of an issue; one that cannot be read may be any."""
    value = issue.get(name, "")
    return value.strip().lower() if isinstance(value, str) else ANY[name]


def resources_of(value: object) -> Iterable[tuple[str, Json]]:
    """(full address, resource) of everything that came in and was not deleted."""
    return ((entry.address, entry.resource) for entry in entries_of(value) if not entry.deleted)
