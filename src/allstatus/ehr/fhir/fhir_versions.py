"""Everything that came in, by server and id, and which version of a resource is the latest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.json_access import obj, objects, text
from allstatus.record.remembered import remembered

_REST = re.compile(r"https?://(.+)/([A-Z][A-Za-z]+/[^/?#]+)", re.IGNORECASE)
OLDEST = datetime.min.replace(tzinfo=UTC)
Key = tuple[str, str]  # server (empty where none is named), and Type/id or another address
NO_KEY: Key = ("", "")
Versions = dict[Key, BundleEntry]
Repeated = dict[Key, list[BundleEntry]]
PATIENT = "patient/"  # which some write in small letters


def split_address(address: str) -> Key:
    """(server without its protocol, Type/id) of an address; no server where none is named."""
    return _same_address(address) if ":" in address else _split(address)


def _split(address: str) -> Key:
    address = address.partition("/_history/")[0].strip().removeprefix("/")
    if address[: len(PATIENT)].lower() == PATIENT:
        return "", f"Patient/{address[len(PATIENT) :]}"
    found = _REST.fullmatch(address) if ":" in address else None
    if found is None:
        return "", address
    host, slash, path = found[1].partition("/")
    return host.lower() + slash + path, found[2]


_same_address = remembered(1 << 14)(_split)


def versions_of(entries: Iterable[BundleEntry], home: str) -> tuple[Versions, Repeated]:
    """What came in by server and id, and all versions of what came in several, each once."""
    found: Versions = {}
    again: Repeated = {}
    known: dict[Key, set[str]] = {}
    named = False  # whether an address names a server
    for number, sent in enumerate(entries):
        entry = _as_today(sent) if "related" in sent[1] else sent
        address, resource = entry[0], entry[1]
        server, local = NO_KEY
        if address:
            server, local = split_address(address)
            named = named or server != ""
        own = resource.get("id")
        if own and isinstance(own, str):
            local = f"{resource['resourceType']}/{own}"
        key = server or home, local or f"#{number}"
        first = found.setdefault(key, entry)
        if first is entry:
            continue
        before = known.setdefault(key, {written(first)})
        if written(entry) not in before:
            before.add(written(entry))
            again.setdefault(key, [first]).append(entry)
    if named:
        _join(found, again)
    return found, again


def _as_today(entry: BundleEntry) -> BundleEntry:
    """A panel of earlier versions, whose members are among what it is related to."""
    related = objects(entry.resource["related"])
    members = [one.get("target") for one in related if one.get("type") == "has-member"]
    if not members:
        return entry
    listed = objects(entry.resource.get("hasMember")) + members
    return entry._replace(resource=entry.resource | {"hasMember": listed})


def _join(found: Versions, again: Repeated) -> None:
    """Put what names no server with the one server that has a resource of its id."""
    loose = {local for server, local in found if not server and "/" in local}
    homes: dict[str, list[Key]] = {}
    for key in found if loose else ():
        if key[0] and key[1] in loose:
            homes.setdefault(key[1], []).append(key)
    for local, (home, *others) in homes.items():
        if not others:
            first = found.pop(("", local))
            versions = again.get(home, [found[home]])
            known = set(map(written, versions))
            new = [one for one in again.pop(("", local), [first]) if written(one) not in known]
            if new:
                again[home] = [*versions, *new]


def written(entry: BundleEntry) -> str:
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


def latest(versions: list[BundleEntry]) -> list[BundleEntry]:
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
