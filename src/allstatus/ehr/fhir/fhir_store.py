"""The resources of a source, found by every form of reference: `urn:uuid`, relative, absolute,
versioned, contained, by identifier.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from allstatus.ehr.fhir.fhir_bundles import BundleEntry, resources_of
from allstatus.ehr.fhir.json_access import Json, obj, objects, text
from allstatus.record.remembered import remembered

__all__ = ["ResourceStore", "resources_of"]
UUID = (
    36  # signs; a resource whose id is one may be referred to by it where no full address was sent
)
_REST = re.compile(r"https?://(.+)/([A-Z][A-Za-z]+/[^/?#]+)", re.IGNORECASE)
_BY_IDENTIFIER = re.compile(r"[A-Za-z]+\?identifier=(?:(.*)\|)?(.+)")
OLDEST = datetime.min.replace(tzinfo=UTC)
Key = tuple[str, str]  # server (empty where none is named), and Type/id or another address
LISTS = frozenset({"contained", "hasMember", "result"})
NO_KEY: Key = ("", "")


@remembered(1 << 14)
def split_address(address: str) -> Key:
    """(server without its protocol, Type/id) of an address; the server is empty where none is
    named.
    """
    address = address.partition("/_history/")[0]
    found = _REST.fullmatch(address)
    if found is None:
        return "", address
    host, slash, path = found[1].partition("/")
    return host.lower() + slash + path, found[2]


class ResourceStore:
    """Resources by server and id. Of several versions of one only the latest stands, of versions
    that cannot be told apart all; what was deleted does not. `home` is the server that entries
    without one are from.
    """

    def __init__(self, entries: Iterable[BundleEntry], home: str = "") -> None:
        self.resources: list[Json] = []
        self.superseded: list[Json] = []
        self.deleted: list[Json] = []
        self.patients: dict[object, Json] = {}
        self.told: dict[object, Any] = {}  # whom a reference from a server names
        self.remarks: dict[int, list[str]] = {}  # of what lists results, on these
        self._keys: dict[int, Key] = {}
        self._names: list[str] = []  # of the resources, by which they may be referred to
        self._by_key: dict[Key, Json] = {}
        self._by_identifier: dict[tuple[str, str], list[Json]] = {}
        self._containers: dict[int, Json] = {}
        self._listed: set[int] = set()
        self._reports: dict[int, list[Json]] = {}
        self._panels: dict[int, list[Json]] = {}
        for key, versions in _versions(entries, home):
            if len(versions) == 1 and not versions[0].deleted:
                self._keys[id(versions[0].resource)] = key
                self._index(key, versions[0])
            else:
                self._stand(key, versions)
        for resource in self.resources:
            if not LISTS.isdisjoint(resource):
                self._list(resource, resource)

    def _stand(self, key: Key, versions: list[BundleEntry]) -> None:
        last = _latest(versions)
        standing = set(map(id, last))
        gone = any(entry.deleted for entry in last)
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
        address, resource, *_ = entry
        self.resources.append(resource)
        self._names.append(key[1])
        self._by_key[key] = resource
        if address:
            self._by_key["", address] = resource
        if len(own := text(resource.get("id"))) == UUID:
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
            self._listed.add(id(member))
            self._keys[id(member)] = self.server(container), ""
        for owner in (resource, *contained):
            listed = self._panels if owner.get("resourceType") == "Observation" else self._reports
            name = "hasMember" if listed is self._panels else "result"
            for reference in objects(owner[name]) if name in owner else ():
                found = self.resolve(owner, reference)
                if found is not None and found is not owner:
                    listed.setdefault(id(found), []).append(owner)
                    self._listed.add(id(found))

    def resolve(self, owner: Json, reference: object) -> Json | None:
        """The resource a reference means, or None when it is not here or two could be meant."""
        said = obj(reference)
        address = text(said.get("reference"))
        if address.startswith("#"):
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
        exact = self._by_key.get((self.server(owner), key)) or self._by_key.get(("", key))
        if exact is not None:
            return exact
        others = self._by_id.get(key, ())
        return others[0] if len(others) == 1 else None

    @cached_property
    def _by_id(self) -> dict[str, list[Json]]:
        """Resources by `Type/id`, whatever server each is from."""
        found: dict[str, list[Json]] = {}
        for name, resource in zip(self._names, self.resources, strict=True):
            found.setdefault(name, []).append(resource)
        return found

    def _contained(self, owner: Json, name: str) -> Json | None:
        container = self._containers.get(id(owner))
        for home in (owner, container or {}):
            for item in objects(home.get("contained")):
                if name and item.get("id") == name:
                    return item
        return container if not name else None

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
        found = list(self._reports.get(id(result), []))
        container = self.container(result) or {}
        if container.get("resourceType") == "DiagnosticReport" and container not in found:
            found.append(container)
        return found

    def listed(self, result: Json) -> bool:
        """Whether a report or panel lists or contains a result."""
        return id(result) in self._listed

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
        own = text(resource.get("id"))
        return f"{self.server(resource)}|{resource['resourceType']}/{own}" if own else ""


def _versions(entries: Iterable[BundleEntry], home: str) -> list[tuple[Key, list[BundleEntry]]]:
    """Everything that came in by server and id, without exact repetitions."""
    found: dict[Key, list[BundleEntry]] = {}
    written: dict[Key, set[str]] = {}
    for number, entry in enumerate(entries):
        address, resource, *_ = entry
        server, local = split_address(address) if address else NO_KEY
        if own := text(resource.get("id")):
            local = f"{resource['resourceType']}/{own}"
        key = server or home, local or f"#{number}"
        versions = found.get(key)
        if versions is None:
            found[key] = [entry]
            continue
        known = written.setdefault(key, {_written(versions[0])})
        if _written(entry) not in known:
            known.add(_written(entry))
            versions.append(entry)
    return list(_joined(found).items())


def _joined(found: dict[Key, list[BundleEntry]]) -> dict[Key, list[BundleEntry]]:
    """What came without a server belongs to the one server that has a resource of that id."""
    if len({server for server, _ in found}) < 2:
        return found
    servers: dict[str, list[Key]] = {}
    for key in found:
        servers.setdefault(key[1], []).append(key)
    for local, keys in servers.items():
        if len(keys) == 2 and ("", local) in keys and "/" in local:
            (home,) = (key for key in keys if key[0])
            loose = found.pop(("", local))
            known = set(map(_written, found[home]))
            found[home] += [entry for entry in loose if _written(entry) not in known]
    return found


def _written(entry: BundleEntry) -> str:
    """A resource as it is written one way, to be told from another."""
    return json.dumps(entry.resource, sort_keys=True, default=str)


class _Stamp(NamedTuple):
    """What says when a version was made."""

    updated: datetime | None
    number: int | None
    place: tuple[int, int] | None
    deleted: bool

    def later(self, other: _Stamp) -> bool:
        """Whether a version is known to be later than another."""
        if self.updated and other.updated and self.updated != other.updated:
            return self.updated > other.updated
        if None not in (self.number, other.number) and self.number != other.number:
            return int(self.number or 0) > int(other.number or 0)
        if self.place and other.place and self.place[0] == other.place[0]:
            return self.place[1] < other.place[1]
        if self.deleted or other.deleted:
            return False
        mine, theirs = (one.updated is not None for one in (self, other))
        return (mine, self.number is not None) > (theirs, other.number is not None)


def _latest(versions: list[BundleEntry]) -> list[BundleEntry]:
    """The versions that no other is later than."""
    if len(versions) == 1:
        return versions
    stamps = [_stamp(entry) for entry in versions]
    every = dict.fromkeys(stamps)
    newest = [
        max(every, key=lambda one: one.updated or OLDEST),
        max(every, key=lambda one: -1 if one.number is None else one.number),
        min(every, key=lambda one: (one.place is None, one.place or (0, 0))),
    ]  # most are older than one of these; the few left are held against all
    left = [one for one in every if not any(new.later(one) for new in newest)]
    last = {one for one in left if not any(other.later(one) for other in every)}
    return [entry for entry, stamp in zip(versions, stamps, strict=True) if stamp in last]


def _stamp(entry: BundleEntry) -> _Stamp:
    meta = obj(entry.resource.get("meta"))
    version = text(meta.get("versionId")) or text(entry.stamp.get("etag")).strip('W/"')
    updated = text(meta.get("lastUpdated")) or text(entry.stamp.get("lastModified"))
    number = int(version) if version.isdecimal() and len(version) < 10 else None
    return _Stamp(_instant(updated), number, entry.place, entry.deleted)


def _instant(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
