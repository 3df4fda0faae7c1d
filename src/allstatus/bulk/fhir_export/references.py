"""What patients' resources refer to and is about no patient, such as a Medication: looked for by
those that need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from allstatus.bulk.fhir_export.line_scan import Identity, identity, read_identity
from allstatus.bulk.fhir_export.ndjson_pieces import REFERENCE, Piece, numbered
from allstatus.bulk.fhir_export.partitions import REFERRED, Kept, PartitionFiles, Partitions

_NOT_LOOKED_UP = frozenset(  # no chart reader asks what is said of these, or whose they are
    b"Patient Practitioner PractitionerRole Organization Location Device CareTeam Group "
    b"RelatedPerson".split()
)

Wanted = dict[bytes, set[int]]  # `Type/id`, or an id alone, to the shelves that refer to it


def keys_of(told: Identity) -> list[bytes]:
    """By what a resource may be referred to: `Type/id`, and its id alone."""
    kind, name = told
    return [f"{kind}/{name}".encode(), name.encode()] if name else []


def told_apart_by(line: bytes) -> bytes:
    """What tells a resource from others: `Type/id`, or all of a line without an id."""
    return [*keys_of(identity(line)), line][0]


def missing_from(lines: Iterable[bytes]) -> set[bytes]:
    """What lines refer to that is not among them: `Type/id`, or an id alone for a `urn:uuid`."""
    there, spelled = set[bytes](), set[bytes]()
    for line in lines:
        there.update(keys_of(identity(line)))
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
    by_id_alone = any(b"/" not in key for key in wanted)
    return None if by_id_alone else {key.partition(b"/")[0].decode() for key in wanted}


def fetch(piece: Piece, shelves: Partitions, name: str) -> None:
    """Put the lines that are wanted on the shelves that want them."""
    wanted = _wanted(shelves.folder, name)
    spool = PartitionFiles(shelves, f"{piece.number:06d}-{name}")
    for number, line in numbered(piece):
        told = identity(line)
        places = set[int]().union(*(wanted.get(key, ()) for key in keys_of(told)))
        if places and read_identity(line) == told:
            for shelf in sorted(places):
                spool.put(Kept(REFERRED, piece.number, number, line.rstrip(b"\r\n")), shelf)
    spool.flush()
