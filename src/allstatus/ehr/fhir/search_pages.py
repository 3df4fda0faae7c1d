"""The pages of searches, by their links, and whether they hold what their first says is found."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from allstatus.ehr.fhir.json_access import Json, obj, objects, text, whole_number

LETTERS = re.compile("[a-z]+")
PAGE = "{} page is not here"
Match = tuple[object, str, Json]  # what a match is called, on which server, and what it says


def links(bundle: Json, said: str) -> list[str]:
    """The addresses that a page gives for another, such as the `next`."""
    if "link" not in bundle:
        return []
    given = objects(bundle["link"])
    return [text(link.get("url")) for link in given if is_to(link, said)]


def is_to(link: Json, said: str) -> bool:
    """Whether a link is to such a page, by its name, among others, or by its registered address."""
    return said in LETTERS.findall(text(link.get("relation")).lower())


def searched(bundles: list[Json], firsts: set[int]) -> Iterator[str]:
    """What searches, page by page, say is missing of them. Pages are walked from the last to the
    first, each once; where they lead in circles there is no last.
    """
    if not any("link" in bundle or "total" in bundle for bundle in bundles):
        return  # as nothing is said of pages
    pages = {link: bundle for bundle in bundles for link in links(bundle, "self")}
    before: dict[int, list[Json]] = {}
    last = []
    for bundle in bundles:
        following = links(bundle, "next")[:1]
        next_one = pages.get(following[0]) if following else None
        if next_one is not None and (next_one is not bundle or "total" in bundle):
            before.setdefault(id(next_one), []).append(bundle)
        else:
            last.append(bundle)
            if following or not _is_last(bundle, pages):
                yield PAGE.format("a further")
            elif id(bundle) in firsts and _is_last_of_several(bundle, pages):
                yield PAGE.format("an earlier")
    if all(whole_number(bundle.get("total")) is None for bundle in bundles):
        return
    seen: set[int] = set()
    for bundle in [*last, *bundles]:
        for page, found in _counted(bundle, before, seen):
            total = whole_number(page.get("total"))
            begins = id(page) in firsts or id(page) in before  # and is no copy of a later page
            if begins and total is not None and found < total:
                yield f"it has {found} of {total} entries"


def _is_last(page: Json, pages: Container[str]) -> bool:
    """Whether a page without a next one is the one that it names as the last, as far as it says."""
    last = links(page, "last")
    unsaid = not last or not links(page, "self") or last == links(page, "first")
    return unsaid or any(link in pages for link in last)


def _is_last_of_several(page: Json, pages: Container[str]) -> bool:
    """Whether a page is the one that it names as the last, and the first is another, not here."""
    first, last = links(page, "first"), links(page, "last")
    named = first and first != last and last == links(page, "self")
    return bool(named) and not any(link in pages for link in first)


def _counted(
    last: Json, before: dict[int, list[Json]], seen: set[int]
) -> Iterator[tuple[Json, int]]:
    """Each page that no other leads to, or none that was not seen, and how many resources it and
    all pages up to the last hold.
    """
    held = _Held()
    waiting: list[tuple[Json, list[Match] | None]] = [(last, None)]
    while waiting:
        page, added = waiting.pop()
        if added is not None:
            held.take_back(added)
        elif id(page) not in seen:
            seen.add(id(page))
            waiting.append((page, held.add(_matches(page))))
            earlier = [one for one in before.get(id(page), ()) if id(one) not in seen]
            waiting += [(one, None) for one in earlier]
            if not earlier:
                yield page, held.resources


class _Held:
    """How many resources matches are: of one name two, where two servers say other things by it."""

    def __init__(self) -> None:
        self._said: dict[object, dict[str, Json]] = {}  # by name and server
        self.resources = 0

    def add(self, matches: Iterable[Match]) -> list[Match]:
        """Count matches; returns those that are resources not counted yet."""
        added = []
        for name, server, resource in matches:
            said = self._said.setdefault(name, {})
            other = server and "" not in said and server not in said
            if not said or (other and resource not in said.values()):
                said[server] = resource
                added.append((name, server, resource))
        self.resources += len(added)
        return added

    def take_back(self, added: list[Match]) -> None:
        """As if these had not been counted."""
        for name, server, _ in added:
            del self._said[name][server]
        self.resources -= len(added)


def _matches(bundle: Json) -> Iterator[Match]:
    """What each match is called, on which server, and what it says."""
    for number, entry in enumerate(objects(bundle.get("entry"))):
        mode = obj(entry.get("search")).get("mode")
        resource = obj(entry.get("resource"))
        if bundle.get("type") == "history":
            yield (id(bundle), number), "", entry
        elif mode in (None, "match") and resource.get("resourceType") != "OperationOutcome":
            name, address = _name(resource), text(entry.get("fullUrl"))
            server = address.partition("://")[2].rpartition(f"/{name}")[0].lower()
            yield name or address or (id(bundle), number), server, resource


def _name(resource: Json) -> str:
    own = text(resource.get("id"))
    return f"{text(resource.get('resourceType'))}/{own}" if own else ""
