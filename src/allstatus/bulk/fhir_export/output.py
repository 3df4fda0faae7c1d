"""What an export's run writes: rows, the evidence of each, and the lines rejected; all of it
appears, or nothing.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json as pj

from allstatus.bulk.fhir_export.decide_partition import DecidedPartition
from allstatus.bulk.fhir_export.decide_patient import DecideSettings
from allstatus.bulk.fhir_export.ndjson_pieces import Piece
from allstatus.bulk.fhir_export.partitions import Partitions
from allstatus.bulk.native_files import written_name
from allstatus.bulk.run_frame import Outputs, about_rules

REJECTS = pa.schema([("file", pa.string()), ("line", pa.int64()), ("reason", pa.string())])
SOME = 1 << 12  # rejects written at a time
Reject = tuple[int, int, str]


class Output:
    """The three files, under temporary names until they are published."""

    def __init__(self, target: Path, rejects: Path, evidence: Path, how: DecideSettings) -> None:
        self._schema = decided_schema(how)
        self._paths, self._files = (rejects, evidence, target), Outputs()
        self._late: dict[tuple[int, int], str] = {}
        self.rows = 0

    def __enter__(self) -> Output:
        try:
            self._files.claim(self._paths[-1], *self._paths)
            schemas = REJECTS, pa.schema([]), self._schema
            opened = map(self._files.open, self._paths, schemas)
            self._rejects, self._evidence, self._rows = opened
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._files.__exit__()

    def write(self, done: DecidedPartition) -> None:
        """A shelf's rows and evidence; its rejects wait for those of the first reading."""
        if done.rows:
            self._rows.write(decided_batch(done.rows, self._schema))
            self._evidence.write_lines(done.evidence)
        self.rows += len(done.rows)
        self._late |= {(piece, number): reason for piece, number, reason in done.rejects}

    @property
    def late(self) -> int:
        """How many lines a patient's reader refused; one about several patients counts once."""
        return len(self._late)

    def write_rejects(self, shelves: Partitions, pieces: list[Piece], lengths: list[int]) -> int:
        """All rejects in the order of files and lines; returns how many."""
        early = (reject for piece in pieces for reject in _early(shelves, piece))
        late = sorted((*place, reason) for place, reason in self._late.items())
        merged, count = heapq.merge(early, late), 0
        base, names = _first_lines(pieces, lengths), [written_name(p.path) for p in pieces]
        while some := list(islice(merged, SOME)):
            rows = [
                {"file": names[piece], "line": base[piece] + number, "reason": reason}
                for piece, number, reason in some
            ]
            self._rejects.write(decided_batch(rows, REJECTS))
            count += len(some)
        return count

    def publish(self) -> None:
        """Give the finished files their names, the rows last."""
        self._files.publish(last=self._rows)


def decided_schema(how: DecideSettings) -> pa.Schema:
    """The columns of a patient's row, with the rules that decided."""
    kinds = [(name, pa.date32() if name == "as_of" else pa.string()) for name in how.columns]
    return pa.schema(kinds, about_rules(how.classifier.ruleset))


def decided_batch(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows of plain values as columns, by way of JSON: pyarrow imports pandas, where there is one,
    to look at a list.
    """
    text = "\n".join(map(json.dumps, rows)).encode()
    kinds = ((f.name, pa.string() if pa.types.is_date(f.type) else f.type) for f in schema)
    spelled = pa.schema(list(kinds))
    whole = pj.ReadOptions(block_size=len(text) + 1)
    as_said = pj.ParseOptions(explicit_schema=spelled)
    table = pj.read_json(pa.BufferReader(text), whole, as_said).cast(schema)
    return table.combine_chunks().to_batches()[0]


def _early(shelves: Partitions, piece: Piece) -> Iterator[Reject]:
    path = shelves.folder / f"rejects.{piece.number:06d}"
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                number, place, reason = json.loads(line)
                yield number, place, reason


def _first_lines(pieces: Iterable[Piece], lengths: list[int]) -> list[int]:
    """How many lines of its file come before each piece."""
    before: dict[Path, int] = {}
    found = []
    for piece, length in zip(pieces, lengths, strict=True):
        found.append(before.get(piece.path, 0))
        before[piece.path] = found[-1] + length
    return found
