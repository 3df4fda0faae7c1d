"""What patients' resources refer to and is about no patient, such as a Medication: looked for by
those that need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import type_of
from allstatus.bulk.fhir_export.ndjson_pieces import REFERENCE, Piece, Spoilt, read_piece
from allstatus.bulk.fhir_export.partitions import REFERRED, Kept, PartitionFiles, Partitions
from allstatus.errors import InvalidRecord

_NOT_LOOKED_UP = frozenset(  # no chart reader asks these for a code, type or intent
    b"Patient Encounter Practitioner PractitionerRole Organization Location Device CareTeam Group "
    b"RelatedPerson".split()
)

Wanted = dict[bytes, set[int]]  # `Type/id`, or an id alone, to the shelves that refer to it


class _Key(msgspec.Struct, gc=False, rename={"type": "resourceType"}):
    type: str
    id: str | None = None


_decode = msgspec.json.Decoder(_Key).decode


def key_of(line: bytes) -> bytes:
    """`Type/id` of a line; empty when it has none."""
    try:
        told = _decode(line)
    except (ValueError, RecursionError):
        return read_key(line)
    return f"{told.type}/{told.id}".encode()


def read_key(line: bytes) -> bytes:
    """The same by reading all of it."""
    try:
        resource = read_resource(line)
    except InvalidRecord:
        return b""
    return f"{resource['resourceType']}/{resource.get('id')}".encode()


def missing_from(lines: Iterable[bytes]) -> set[bytes]:
    """What lines refer to that is not among them: `Type/id`, or an id alone for a `urn:uuid`."""
    there, spelled = set[bytes](), set[bytes]()
    for line in lines:
        key = key_of(line)
        there |= {key, key.partition(b"/")[2]}
        spelled.update(REFERENCE.findall(line))
    return {key for key in map(_looked_up, spelled) if key} - there


def _looked_up(reference: bytes) -> bytes:
    if reference.startswith(b"urn:"):
        return reference.rpartition(b":")[2]
    parts = reference.partition(b"/_history/")[0].split(b"/")[-2:]
    return b"/".join(parts) if len(parts) == 2 and parts[0] not in _NOT_LOOKED_UP else b""


def save_wanted(shelves: Partitions, wanted: Wanted) -> str:
    """Put down what is wanted where every process finds it; returns the name to find it by."""
    kept = json.dumps({key.decode(): sorted(places) for key, places in wanted.items()})
    name = f"wanted-{len(list(shelves.folder.glob('wanted-*')))}.json"
    (shelves.folder / name).write_text(kept, "utf-8")
    return name


@lru_cache(maxsize=1)
def _wanted(folder: Path, name: str) -> Wanted:
    kept = json.loads((folder / name).read_text("utf-8"))
    return {key.encode(): set(places) for key, places in kept.items()}


def types_of(wanted: Wanted) -> set[str] | None:
    """The types among what is wanted; None when one is wanted by its id alone."""
    return (
        None
        if any(b"/" not in key for key in wanted)
        else {key.partition(b"/")[0].decode() for key in wanted}
    )


def fetch(piece: Piece, shelves: Partitions, name: str) -> None:
    """Put the lines that are wanted on the shelves that want them."""
    wanted, spool = (
        _wanted(shelves.folder, name),
        PartitionFiles(shelves, f"{piece.number:06d}-{name}"),
    )
    types, number = types_of(wanted), 0
    for some in read_piece(piece):
        number += isinstance(some, Spoilt)
        for line in [] if isinstance(some, Spoilt) else some:
            number += 1
            if types is not None and type_of(line) not in ("", *types):
                continue
            key = key_of(line)
            places = wanted.get(key, set()) | wanted.get(key.partition(b"/")[2], set())
            if places and read_key(line) == key:
                for shelf in sorted(places):
                    spool.put(Kept(REFERRED, piece.number, number, line.rstrip(b"\r\n")), shelf)
    spool.flush()
