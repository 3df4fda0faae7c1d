"""The resources of a source, found by every form of reference: `urn:uuid`, relative, absolute,
versioned, contained, by identifier; and what a correction calls them by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from allstatus.ehr.chart import Code
from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_standing import updated
from allstatus.ehr.fhir.fhir_versions import (
    NO_KEY,
    Key,
    latest,
    split_address,
    versions_of,
    written,
)
from allstatus.ehr.fhir.json_access import Json, codes, extensions, obj, objects, text, when
from allstatus.ehr.sendings import BY_IDENTIFIER

UUID = (
    36  # signs; a resource whose id is one may be referred to by it where no full address was sent
)
_BY_IDENTIFIER = re.compile(r"[A-Za-z]+\?identifier=(?:(.*)\|)?(.+)")
LISTS = frozenset({"contained", "hasMember", "result"})


class ResourceStore:
    """Resources by server and id. Of several versions of one only the latest stands, of versions
    that cannot be told apart all; what was deleted does not. `home` is the server that entries
    without one are from; `unmodified`: none of them has a modifier extension.
    """

    def __init__(
        self, entries: Iterable[BundleEntry], home: str = "", *, unmodified: bool = False
    ) -> None:
        self.unmodified = unmodified
        self.resources: list[Json] = []
        self.superseded: list[Json] = []
        self.deleted: list[Json] = []
        self.patients: dict[object, Json] = {}
        self.told: dict[object, Any] = {}  # whom a reference from a server names
        self.remarks: dict[int, list[str]] = {}  # of what lists results, on these
        self.placing = False  # whether what lists results names a specimen
        self.heard: dict[tuple[int, bool, tuple[str, ...]], str] = {}  # in notes, for which words
        self.medicines: dict[int, Any] = {}  # what each Medication is and holds
        self.attached: dict[str, list[Json]] | None = None  # reports by their documents
        self.listed: set[int] = set()  # what a report or panel lists or contains
        self.listings: dict[int, tuple[tuple[str, Json], ...]] = {}  # what lists a result
        self._beside: dict[int, list[Json]] = {}  # versions of one of which none is the latest
        self._members: dict[tuple[int, str], list[Json | None]] = {}
        self._codes: dict[int, tuple[Code, ...]] = {}
        self._keys: dict[int, Key] = {}
        self._by_key: dict[Key, Json] = {}
        self._by_identifier: dict[tuple[str, str], list[Json]] = {}
        self._containers: dict[int, Json] = {}
        self._reports: dict[int, list[Json]] = {}
        self._panels: dict[int, list[Json]] = {}
        found, again = versions_of(entries, home)
        for key, entry in found.items():
            if key in again or entry.deleted:
                self._stand(key, again.get(key, [entry]))
            else:
                self._index(key, entry)
        for resource in self.resources:
            if not resource.keys().isdisjoint(LISTS):
                self._list(resource, resource)

    def _stand(self, key: Key, versions: list[BundleEntry]) -> None:
        last = latest(versions)
        standing = set(map(id, last))
        gone = any(entry.deleted for entry in last)
        if len(last) > 1:
            beside = [entry.resource for entry in sorted(last, key=written)]
            self._beside |= {id(one): beside for one in beside}
        for entry in versions:
            self._keys[id(entry.resource)] = key
            if entry.deleted:
                continue
            if gone:
                self.deleted.append(entry.resource)
            elif id(entry) in standing:
                self._index(key, entry)
            else:
                self.superseded.append(entry.resource)

    def _index(self, key: Key, entry: BundleEntry) -> None:
        address, resource = entry[0], entry[1]
        self.resources.append(resource)
        self._by_key[key] = resource
        self._keys[id(resource)] = key
        if address:
            self._by_key["", address] = resource
        own = resource.get("id")
        if isinstance(own, str) and len(own) == UUID:
            self._by_key["", f"urn:uuid:{own}"] = resource
        if "identifier" in resource:
            for item in objects(resource["identifier"]):
                name = text(item.get("system")), text(item.get("value"))
                self._by_identifier.setdefault(name, []).append(resource)

    def _list(self, resource: Json, container: Json) -> None:
        """Note what a resource contains, and which results a report or panel lists."""
        contained = objects(resource["contained"]) if "contained" in resource else ()
        for member in contained:
            self._containers[id(member)] = container
            self.listed.add(id(member))
            self._keys[id(member)] = self.server(container), ""
        for owner in (resource, *contained):
            self.placing = self.placing or "specimen" in owner
            listed = self._panels if owner.get("resourceType") == "Observation" else self._reports
            name = "hasMember" if listed is self._panels else "result"
            for found in self.members(owner, name):
                if found is not None and found is not owner:
                    listed.setdefault(id(found), []).append(owner)
                    self.listed.add(id(found))

    def members(self, owner: Json, name: str) -> list[Json | None]:
        """What an element of references means, None where one is not here."""
        if name not in owner:
            return []
        asked = id(owner), name
        found = self._members.get(asked)
        if found is None:
            found = [self.resolve(owner, one) for one in objects(owner.get(name))]
            self._members[asked] = found
        return found

    def codes(self, resource: Json) -> tuple[Code, ...]:
        """What a resource, or a component of one, is called by, read once."""
        found = self._codes.get(id(resource))
        if found is None:
            found = self._codes[id(resource)] = codes(resource.get("code"))
        return found

    def resolve(self, owner: Json, reference: object) -> Json | None:
        """The resource a reference means, or None when it is not here or two could be meant."""
        said = obj(reference)
        address = text(said.get("reference"))
        if address[:1] == "#":
            return self._contained(owner, address[1:])
        found = _BY_IDENTIFIER.fullmatch(address) if "?" in address else None
        if found or not address:
            identifier = obj(said.get("identifier"))
            system, value = (
                found.groups() if found else map(text, map(identifier.get, ("system", "value")))
            )
            return self.identified(text(said.get("type")), system or "", value)
        server, key = split_address(address)
        if server or ":" in key:
            exact = self._by_key.get((server, key))
            return exact if exact is not None else self._by_key.get(("", key))
        home = self._keys.get(id(owner), NO_KEY)[0]
        exact = self._by_key.get((home, key)) or self._by_key.get(("", key))
        if exact is not None:
            return exact
        others = self._by_id.get(key, ())
        return others[0] if len(others) == 1 else None

    @cached_property
    def _by_id(self) -> dict[str, list[Json]]:
        """Resources by `Type/id`, whatever server each is from."""
        found: dict[str, list[Json]] = {}
        for resource in self.resources:
            found.setdefault(self._keys[id(resource)][1], []).append(resource)
        return found

    def _contained(self, owner: Json, name: str) -> Json | None:
        container = self._containers.get(id(owner))
        for home in (owner, container or {}):
            for item in objects(home.get("contained")):
                if name and item.get("id") == name:
                    return item
        return container if not name else None

    def meant(self, owner: Json, reference: object) -> list[Json]:
        """All that a reference may mean: versions of which none is the later; none if not here."""
        found = self.resolve(owner, reference)
        return [] if found is None else self._beside.get(id(found), [found])

    def identified(self, kind: str, system: str, value: str) -> Json | None:
        """The one resource of a kind that has an identifier, or None."""
        known = self._by_identifier.get((system, value), []) if value else []
        found = [one for one in known if kind in ("", one["resourceType"])]
        return found[0] if len(found) == 1 else None

    def server(self, resource: Json) -> str:
        """The server a resource is from, empty where none is named."""
        return self._keys.get(id(resource), NO_KEY)[0]

    def container(self, resource: Json) -> Json | None:
        """What contains a resource, or None."""
        return self._containers.get(id(resource))

    def reports(self, result: Json) -> list[Json]:
        """The reports that list or contain a result."""
        found = self._reports.get(id(result), [])
        container = self.container(result)
        if container is None or container.get("resourceType") != "DiagnosticReport":
            return found
        return found if container in found else [*found, container]

    def panels(self, result: Json) -> list[Json]:
        """The results a result is a member of."""
        return self._panels.get(id(result), [])

    def name(self, resource: Json) -> str:
        """A resource's id, else the end of its full address."""
        if own := text(resource.get("id")):
            return own
        address = self._keys.get(id(resource), NO_KEY)[1]
        return address.rpartition("/")[2].removeprefix("urn:uuid:")

    def patient(self, key: object) -> Json:
        """What the source says of the patient of a key; empty where it says nothing."""
        return self.patients.get(key, {})

    def address(self, resource: Json) -> str:
        """Server, type and id of a resource; empty for one that has no id."""
        own = resource.get("id")
        if not (own and isinstance(own, str)):
            return ""
        server, _ = self._keys.get(id(resource), NO_KEY)
        return f"{server}|{resource['resourceType']}/{own}"


def identity(resource: Json, store: ResourceStore, rest: str = "") -> dict[str, Any]:
    """What a correction calls a statement by, and when it was sent."""
    sent = when(resource, "issued") or updated(resource)
    return {"names": names_of(resource, store, rest), "sent": sent}


def names_of(resource: Json, store: ResourceStore, rest: str) -> tuple[str, ...]:
    """What a correction calls a statement by: its own address, or an identifier together with
    `rest` (what it measures, in which specimen), since an order's number stands on all its results.
    """
    own = store.address(resource)
    if "identifier" not in resource:
        return (own,) if own else ()
    names = [own] if own else []
    for item in objects(resource["identifier"]):
        if value := text(item.get("value")):
            names.append(f"{BY_IDENTIFIER}{text(item.get('system'))}|{value} of {rest}")
    return tuple(names)


def replaced(resource: Json, store: ResourceStore) -> Iterator[Json]:
    """The resources that one says it replaces, by extension (R4) or relation (before); none when
    it does not count itself, or they say the same of it.
    """
    if resource.get("status") in ("entered-in-error", "cancelled"):
        return
    for found in _meant(resource, store):
        if all(other is not resource for other in (found, *_meant(found, store))):
            yield found


def _meant(resource: Json, store: ResourceStore) -> Iterator[Json]:
    related = objects(resource.get("related"))
    said = [one.get("valueReference") for one in extensions(resource, "-replaces")]
    said += [one.get("target") for one in related if one.get("type") == "replaces"]
    found = (store.resolve(resource, reference) for reference in said)
    yield from (one for one in found if one is not None)
