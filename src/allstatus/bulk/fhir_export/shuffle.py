"""The second reading of an export: the lines about the patients found are put on their shelves, the
rest is passed over.
"""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass, field

from allstatus.bulk.fhir_export.block_scan import ScannedBlock, scan
from allstatus.bulk.fhir_export.find_patients import holds_diagnosis
from allstatus.bulk.fhir_export.line_scan import (
    OWN,
    WITH_DIAGNOSES,
    NotWhole,
    ScannedLine,
    tell,
    tell_spoilt,
)
from allstatus.bulk.fhir_export.links import Link, links_in
from allstatus.bulk.fhir_export.ndjson_pieces import CUT_SHORT, Piece, read_piece
from allstatus.bulk.fhir_export.partitions import Kept, PartitionFiles, Partitions
from allstatus.bulk.fhir_export.unclear import number_of, unclear_diagnoses
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir.fhir_bundles import REMEDY
from allstatus.errors import InvalidRecord


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
    way, such as `links`; `unclear` are patients not found with a diagnosis that is not understood,
    by number. `copies` are of lines kept for several patients.
    """

    lines: int = 0
    kept: int = 0
    copies: int = 0
    passed: int = 0
    rejected: int = 0
    patients: int = 0
    types: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)
    somebody: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    links: set[Link] = field(default_factory=set)
    unclear: array[int] = field(default_factory=lambda: array("Q"))


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
        self.piece, self.looked, self.options, self.tally = piece, looked, options, LineTally()
        self._shelves, self._ranks = shelves, shelves.ranks
        self._spool = PartitionFiles(shelves, f"{piece.number:06d}")
        self._unclear, self._people = unclear_diagnoses(options), set[int]()
        self._rejects = shelves.folder / f"rejects.{piece.number:06d}"

    def run(self) -> LineTally:
        """Read the piece to its end."""
        for block in read_piece(self.piece):
            if block.spoilt == CUT_SHORT:
                self._refuse(NotWhole("line", CUT_SHORT, REMEDY))
            elif block.spoilt:
                self._reject(block.spoilt)
            elif block.text:
                self._sort(block.text)
        self._spool.flush()
        self.tally.unclear = array("Q", self._people)
        return self.tally

    def _sort(self, text: bytes) -> None:
        """Tell lines at once where they are alike, else each half of them by itself; a line alone
        that cannot be told so is read.
        """
        scanned = scan(text)
        if scanned is not None and (self.looked or scanned.type not in WITH_DIAGNOSES):
            self.tally.links.update(links_in(text) if scanned.type == "Patient" else ())
            self._take(scanned)
        elif middle := text.rfind(b"\n", 0, len(text) // 2) + 1 or text.find(b"\n", 0, -1) + 1:
            self._sort(text[:middle])
            self._sort(text[middle:])
        else:
            self._read(text[:-1])

    def _take(self, scanned: ScannedBlock) -> None:
        """Keep the lines about patients found, and pass over the others."""
        kind, names, lines = scanned.type, scanned.names, len(scanned.inner)
        self.tally.types.add(kind)
        self.tally.patients += lines if kind == "Patient" else 0
        if len(self.tally.somebody) < 2:
            for name in dict.fromkeys(names):
                self._notice(ScannedLine(kind, name))
        before, kept = self.tally.lines, self.tally.kept
        if not self._ranks.keys().isdisjoint(names):
            for place, name in enumerate(names):
                if (rank := self._ranks.get(name)) is not None:
                    self.tally.lines = before + place + 1
                    self._keep(self._shelves.shelf_of(rank), rank, scanned.line(place))
        if kind in WITH_DIAGNOSES:
            for place, name in enumerate(names):
                if kind == "Condition" or b'"reason' in scanned.inner[place]:
                    self._look(kind, name, scanned.line(place))
        self.tally.lines = before + lines
        self.tally.passed += lines - (self.tally.kept - kept)

    def _read(self, line: bytes) -> None:
        try:
            told = tell(line) if line.strip() else ScannedLine("", "")
        except NotWhole as error:
            self._refuse(error)
            return
        except InvalidRecord as error:
            self._spoilt(line, error)
            return
        self.tally.types |= {told.type} if told.type else set()
        self.tally.patients += told.type == "Patient"
        self.tally.links.update(links_in(line) if told.type == "Patient" else ())
        missed = told.type in WITH_DIAGNOSES and not self.looked
        if missed and told.patient and holds_diagnosis(line, self.options):
            self.tally.strays.add(told.patient)
        self._notice(told)
        self._place(told, line)

    def _refuse(self, error: NotWhole) -> None:
        if error.hinders(self.options):
            raise InvalidRecord(str(self.piece.path), error.problem, error.remedy)
        self._reject(error.problem)

    def _spoilt(self, line: bytes, error: InvalidRecord) -> None:
        """A line that cannot be read is rejected with its patient's, whose chart then is a part."""
        told = tell_spoilt(line, self._ranks)
        if told.patient:
            self._place(told, line)
        else:
            self._reject(error.problem)

    def _notice(self, told: ScannedLine) -> None:
        """Remember two patients at most: with two there, none is the only one."""
        if len(self.tally.somebody) < 2:
            self.tally.somebody |= set(map(self._shelves.called, told.somebody))

    def _place(self, told: ScannedLine, line: bytes) -> None:
        self.tally.lines += 1
        fate = told.fate(self._ranks)
        if fate == OWN:
            first, *beside = dict.fromkeys(self._ranks[name] for name in told.owners(self._ranks))
            self._keep(self._shelves.shelf_of(first), first, line)
            self.tally.copies += len(beside)
            for rank in beside:
                self._put(self._shelves.shelf_of(rank), rank, line)
        elif fate:
            self._keep(fate, 0, line)
            self.tally.apart.add(fate)
        else:
            self.tally.passed += 1
            self._look(told.type, told.patient or "", line)

    def _look(self, kind: str, name: str, line: bytes) -> None:
        """Remember a patient who is not found and has a diagnosis that is not understood."""
        if name and name not in self._ranks and self._unclear.holds(kind, line):
            self._people.add(number_of(name))

    def _keep(self, shelf: int | str, rank: int, line: bytes) -> None:
        self.tally.kept += 1
        self._put(shelf, rank, line)

    def _put(self, shelf: int | str, rank: int, line: bytes) -> None:
        self._spool.put(shelf, Kept(rank, self.piece.number, self.tally.lines, line))

    def _reject(self, reason: str) -> None:
        self.tally.lines += 1
        self.tally.rejected += 1
        with self._rejects.open("a", encoding="utf-8") as file:
            file.write(json.dumps([self.piece.number, self.tally.lines, reason]) + "\n")
