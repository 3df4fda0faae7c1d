"""The second reading of an export: the lines about the patients found are put on their shelves, the
rest is passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import islice

from allstatus.bulk.fhir_export.block_scan import ScannedBlock, count_alike, skim
from allstatus.bulk.fhir_export.find_patients import holds_diagnosis
from allstatus.bulk.fhir_export.line_scan import (
    IDENTIFIED,
    WITH_DIAGNOSES,
    LineHead,
    head_of,
    key_of,
    patient_in,
    plain_name,
    reference_in,
    tell,
)
from allstatus.bulk.fhir_export.ndjson_pieces import Lines, Piece, read_piece
from allstatus.bulk.fhir_export.partitions import Kept, PartitionFiles, Partitions
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir_resources import READERS
from allstatus.errors import InvalidRecord

PARTS = 8  # of a block that cannot be told at once
NAMELESS, IDENTIFIED_ONLY = (
    "nameless",
    "identified",
)  # files for lines that name nobody, or somebody by an identifier


def route(
    piece: Piece,
    shelves: Partitions,
    looked: frozenset[int],
    options: ChartOptions = DEFAULT_OPTIONS,
) -> LineTally:
    """Read a piece and put its lines about patients on their shelves; `looked` are the pieces
    looked through for diagnoses before.
    """
    return Shuffle(piece, shelves, looked=piece.number in looked, options=options).run()


@dataclass(slots=True)
class LineTally:
    """What a piece held: its lines, kept or passed over or rejected, and what was noticed on the
    way.
    """

    lines: int = 0
    kept: int = 0
    passed: int = 0
    rejected: int = 0
    patients: int = 0
    types: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)
    somebody: set[bytes] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)


class Shuffle:
    """Reads one piece; `looked` says that it was looked through for diagnoses before."""

    def __init__(
        self,
        piece: Piece,
        shelves: Partitions,
        *,
        looked: bool,
        options: ChartOptions = DEFAULT_OPTIONS,
    ) -> None:
        self.options = options
        self.piece, self.ranks, self.looked, self.tally = piece, shelves.ranks, looked, LineTally()
        self._shelves, self._spool = shelves, PartitionFiles(shelves, f"{piece.number:06d}")
        self._rejects: list[str] = []

    def run(self) -> LineTally:
        """Read the piece to its end."""
        for block in read_piece(self.piece):
            if block.spoilt:
                self.tally.lines += 1
                self._reject(self.tally.lines, block.spoilt)
            elif not self._tell_at_once(block.text):
                self._tell_in_parts(block)
        self._spool.flush()
        self._write_rejects()
        return self.tally

    def _head_of(self, text: bytes) -> LineHead | None:
        """How lines begin that can be told without reading them; None for what has to be read
        whole.
        """
        head = head_of(text)
        whole = head is not None and (
            head.type == "Bundle" or (head.type in WITH_DIAGNOSES and not self.looked)
        )
        return None if whole else head

    def _tell_at_once(self, text: bytes) -> bool:
        """Tell a block whose lines are alike; False when it is not such a block."""
        head = self._head_of(text)
        owner = None if head is None else head.owner_in(text)
        if head is None or owner is None:
            return False
        if owner:
            skimmed = skim(text, head, owner)
            if skimmed is None:
                return False
            self._sort(head.type, skimmed)
        elif lines := count_alike(text, head):
            self.tally.lines += lines
            self.tally.passed += lines
        else:
            return False
        self.tally.types.add(head.type)
        return True

    def _sort(self, kind: str, skimmed: ScannedBlock) -> None:
        """Keep the lines about patients found, and pass over the others."""
        names, ranks, kept = skimmed.names, self.ranks, 0
        if not self._several and (kind == "Patient" or kind in READERS):
            self.tally.somebody.update(islice(dict.fromkeys(names), 2))
        if not ranks.keys().isdisjoint(names):
            for place, name in enumerate(names):
                if (rank := ranks.get(name)) is not None:
                    self._keep(rank, self.tally.lines + place + 1, skimmed.line(place))
                    kept += 1
        self.tally.lines += len(names)
        self.tally.passed += len(names) - kept
        self.tally.patients += len(names) if kind == "Patient" else 0

    def _tell_in_parts(self, block: Lines) -> None:
        """Tell a block part by part, so that an odd line makes only those near it be told one by
        one.
        """
        for part in block.parts(PARTS):
            if not self._tell_at_once(part.text):
                self._tell_one_by_one(part.split())

    def _tell_one_by_one(self, lines: list[bytes]) -> None:
        for line in lines:
            self.tally.lines += 1
            head = self._head_of(line) if line.endswith(b"}") else None
            if head is None:
                self._read(self.tally.lines, line)
            elif head.type == "Patient":
                self._tell_patient(self.tally.lines, line)
            else:
                self._tell_subject(head, self.tally.lines, line)

    def _tell_patient(self, number: int, line: bytes) -> None:
        """A patient told by its id, or read."""
        key = key_of(line)
        if key is None:
            self._read(number, line)
        else:
            self.tally.types.add("Patient")
            self.tally.patients += 1
            self._place("Patient", key[8:].decode(), number, line)

    def _tell_subject(self, head: LineHead, number: int, line: bytes) -> None:
        """A line told by its subject where that can be, else read."""
        owner = head.owner_in(line)
        reference = None if owner is None else reference_in(line, owner)
        if reference is None or not reference.isascii():
            self._read(number, line)
        else:
            self.tally.types.add(head.type)
            self._place(head.type, plain_name(reference) or patient_in(reference), number, line)

    def _read(self, number: int, line: bytes) -> None:
        if not line.strip():
            self.tally.passed += 1
            return
        try:
            told = tell(line)
        except InvalidRecord as error:
            self._reject(number, error.problem)
            return
        self.tally.types.add(told.type)
        self.tally.patients += told.type == "Patient"
        if (
            told.type in WITH_DIAGNOSES
            and not self.looked
            and told.patient
            and holds_diagnosis(line, self.options)
        ):
            self.tally.strays.add(told.patient)
        self._place(told.type, told.patient, number, line)

    def _place(self, kind: str, name: str | None, number: int, line: bytes) -> None:
        apart = ""
        if name is None:
            apart = NAMELESS if kind in READERS else ""
        elif name.startswith(IDENTIFIED):
            apart = IDENTIFIED_ONLY
        elif name:
            rank = self.ranks.get(name.encode())
            if not self._several and (kind == "Patient" or kind in READERS):
                self.tally.somebody.add(name.encode())
            if rank is not None:
                self._keep(rank, number, line)
                return
        if apart:
            self._spool.put_apart(apart, Kept(0, self.piece.number, number, line))
            self.tally.apart.add(apart)
            self.tally.kept += 1
        else:
            self.tally.passed += 1

    def _keep(self, rank: int, number: int, line: bytes) -> None:
        if not self._several:
            self.tally.somebody.add(self._shelves.names[rank].encode())
        self.tally.kept += 1
        self._spool.put(rank // self._shelves.width, Kept(rank, self.piece.number, number, line))

    @property
    def _several(self) -> bool:
        """Whether more than one patient was seen, so that nobody is the only one."""
        return len(self.tally.somebody) > 1

    def _reject(self, number: int, reason: str) -> None:
        self.tally.rejected += 1
        self._rejects.append(json.dumps([self.piece.number, number, reason]) + "\n")
        if len(self._rejects) > 1 << 12:
            self._write_rejects()

    def _write_rejects(self) -> None:
        if self._rejects:
            with (self._shelves.folder / f"rejects.{self.piece.number:06d}").open(
                "a", encoding="utf-8"
            ) as file:
                file.writelines(self._rejects)
            self._rejects = []
