"""The second reading of an export: the lines about the patients found are put on their shelves, the
rest is passed over.
"""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass, field

from allstatus.bulk.fhir_export.block_scan import scan
from allstatus.bulk.fhir_export.find_patients import holds_diagnosis
from allstatus.bulk.fhir_export.line_scan import (
    OWN,
    RECORD,
    WITH_DIAGNOSES,
    NotWhole,
    Scanned,
    tell,
    tell_spoilt,
    withdrawn_in,
)
from allstatus.bulk.fhir_export.links import Link, links_in
from allstatus.bulk.fhir_export.ndjson_pieces import CUT_SHORT, TOO_LONG, Piece, read_piece
from allstatus.bulk.fhir_export.partitions import Kept, PartitionFiles, Partitions
from allstatus.bulk.fhir_export.unclear import KNOWN, number_of, unclear_diagnoses
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir.fhir_bundles import REMEDY
from allstatus.errors import InvalidRecord


@dataclass(slots=True)
class LineCounts:
    """Lines by their fate: shelved for a patient found or set apart, passed over, or rejected.
    `copies` are of lines shelved for several patients, `patients` those that are a Patient.
    """

    lines: int = 0
    shelved: int = 0
    copies: int = 0
    passed: int = 0
    rejected: int = 0
    patients: int = 0


@dataclass(slots=True)
class LineTally(LineCounts):
    """What a piece held, and what was noticed on the way, such as `links`; `unclear` are patients
    not found with a diagnosis that is not understood, by number.
    """

    types: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)
    somebody: set[str] = field(default_factory=set)
    links: set[Link] = field(default_factory=set)
    withdrawn: dict[str, str] = field(default_factory=dict)
    unclear: array[int] = field(default_factory=lambda: array("Q"))


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


class Shuffle:
    """Reads one piece; `looked` says that it was looked through for diagnoses before."""

    def __init__(
        self, piece: Piece, shelves: Partitions, *, looked: bool, options: ChartOptions
    ) -> None:
        self.piece, self.looked, self.options, self.tally = piece, looked, options, LineTally()
        self._shelves, self._ranks = shelves, shelves.ranks
        self._spool = PartitionFiles(shelves, f"{piece.number:06d}")
        self._unclear, self._people = unclear_diagnoses(options), set[str]()
        self._rejects = shelves.folder / f"rejects.{piece.number:06d}"

    def run(self) -> LineTally:
        """Read the piece to its end."""
        for block in read_piece(self.piece):
            if block.spoilt == CUT_SHORT:
                self._refuse(NotWhole("line", CUT_SHORT, REMEDY))
            elif block.spoilt:
                self._spoilt(block.left, block.spoilt)
            elif lines := block.split():
                self._sort(block.text, lines)
            if len(self._people) > KNOWN:
                self._number()
        self._spool.flush()
        self._number()
        return self.tally

    def _sort(self, text: bytes, lines: list[bytes]) -> None:
        """Tell lines at once where they are alike, else each half of them by itself; a line alone
        that cannot be told so is read.
        """
        told = scan(text, lines)
        if told is not None and (self.looked or told.type not in WITH_DIAGNOSES):
            self._notice(told, text, len(lines))
            self._take(told, lines)
        elif middle := len(lines) // 2:
            for half in (lines[:middle], lines[middle:]):
                self._sort(b"\n".join(half), half)
        else:
            self._read(lines[0])

    def _take(self, told: Scanned, lines: list[bytes]) -> None:
        """Keep the lines about patients found, and pass over the others."""
        of_others = self._ranks.keys().isdisjoint(told.names)
        if of_others and not (told.names and told.type in WITH_DIAGNOSES):
            self.tally.lines += len(lines)
            self.tally.passed += len(lines)
            return
        for name, line in zip(told.names, lines, strict=True):
            self.tally.lines += 1
            if (rank := self._ranks.get(name)) is None:
                self._pass(told.type, (name,), line)
            else:
                self._keep({rank}, line)

    def _read(self, line: bytes) -> None:
        try:
            told = tell(line) if line.strip() else Scanned()
        except NotWhole as error:
            self._refuse(error)
            return
        except InvalidRecord as error:
            self._spoilt(line, error.problem)
            return
        missed = told.type in WITH_DIAGNOSES and not self.looked
        if missed and holds_diagnosis(line, self.options):
            self.tally.strays.update(told.names)
        self._notice(told, line, 1)
        self.tally.lines += 1
        fate = told.fate(self._ranks)
        if fate == OWN:
            self._keep({self._ranks[name] for name in told.names if name in self._ranks}, line)
        elif fate:
            self._keep({0}, line, fate)
        else:
            self._pass(told.type, told.names, line)

    def _refuse(self, error: NotWhole) -> None:
        if error.hinders(self.options):
            raise InvalidRecord(str(self.piece.path), error.problem, error.remedy)
        self._spoilt(b"", error.problem)

    def _spoilt(self, line: bytes, why: str) -> None:
        """A line that cannot be read is rejected; with its patient's where it names one who is
        found, whose chart then is a part.
        """
        self.tally.lines += 1
        if names := tell_spoilt(line, self._ranks).names:
            self._keep({self._ranks[name] for name in names}, line, too_long=why == TOO_LONG)
            return
        self.tally.rejected += 1
        with self._rejects.open("a", encoding="utf-8") as file:
            file.write(json.dumps([self.piece.number, self.tally.lines, why]) + "\n")

    def _notice(self, told: Scanned, text: bytes, lines: int) -> None:
        """Remember what lines of one type tell beside whose they are."""
        self.tally.types |= {told.type} - {""}
        if told.type == RECORD:
            self.tally.withdrawn.update(withdrawn_in(text))
        if told.type == "Patient":
            self.tally.patients += lines
            self.tally.links.update(links_in(text))
        if len(self.tally.somebody) < 2:  # with two there, none is the only one
            self.tally.somebody |= set(map(self._shelves.called, told.somebody))

    def _pass(self, kind: str, names: tuple[str, ...], line: bytes) -> None:
        """Pass a line over, but remember patients whose diagnosis is not understood."""
        self.tally.passed += 1
        if kind in WITH_DIAGNOSES and not self._people.issuperset(names):
            self._people.update(names if self._unclear.holds(kind, line) else ())

    def _keep(
        self, ranks: set[int], line: bytes, shelf: str | None = None, *, too_long: bool = False
    ) -> None:
        self.tally.shelved += 1
        self.tally.copies += len(ranks) - 1
        for rank in ranks:
            kept = Kept(rank, self.piece.number, self.tally.lines, line, too_long)
            self._spool.put(kept, shelf)

    def _number(self) -> None:
        """Call the patients remembered by numbers, which take less memory than names."""
        self.tally.unclear.extend(map(number_of, self._people))
        self._people.clear()
