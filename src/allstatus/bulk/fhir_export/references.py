"""What patients' resources refer to and is about no patient, such as a Medication: looked for by
those that need it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from allstatus.bulk.fhir_export.line_scan import key_of, read_key, type_of
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, read_piece
from allstatus.bulk.fhir_export.partitions import REFERRED, Kept, PartitionFiles, Partitions

Wanted = dict[bytes, set[int]]  # `Type/id`, or an id alone, to the shelves that refer to it


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
    for block in read_piece(piece):
        number += bool(block.spoilt)
        for line in block.split():
            number += 1
            if types is not None and type_of(line) not in ("", *types):
                continue
            key = key_of(line)
            places = wanted.get(key, set()) | wanted.get(key.partition(b"/")[2], set())
            if places and read_key(line) == key:
                for shelf in sorted(places):
                    spool.put(Kept(REFERRED, piece.number, number, line), shelf)
    spool.flush()
