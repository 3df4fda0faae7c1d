"""The second reading of an export: the lines about the patients found are put on their shelves, the
rest is passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import cycle

from allstatus.bulk.fhir_export.line_scan import (
    OWN,
    WITH_DIAGNOSES,
    NotWhole,
    Scanned,
    scan,
    tell_or_refuse,
    withdrawn_in,
)
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, read_piece
from allstatus.bulk.fhir_export.partitions import Kept, PartitionFiles, Partitions
from allstatus.bulk.fhir_export.unclear import KNOWN, number_of, unclear_diagnoses
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir.fhir_withdrawals import RECORDS
from allstatus.errors import InvalidRecord

# how lines are counted: all, those shelved for a patient found or set apart, and how many more
# times, those passed over, those rejected
FATES = ("all", "shelved", "copies", "passed", "rejected")


@dataclass(slots=True)
class LineTally:
    """What a piece held: `lines` by their fate; `unclear` are the numbers of patients not found
    with a diagnosis that is not understood.
    """

    lines: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FATES, 0))
    patients: int = 0
    types: set[str] = field(default_factory=set)
    somebody: set[str] = field(default_factory=set)
    withdrawn: dict[str, str] = field(default_factory=dict)
    unclear: bytes = b""


def route(piece: Piece, shelves: Partitions, options: ChartOptions = DEFAULT_OPTIONS) -> LineTally:
    """Read a piece and put its lines about patients on their shelves."""
    shuffle = Shuffle(piece, shelves, options)
    try:
        for lines in read_piece(piece):
            shuffle.take(lines)
    except NotWhole as error:
        raise InvalidRecord(str(piece.path), error.problem, error.remedy) from None
    return shuffle.done()


class Shuffle:
    """Takes the lines of a piece, some at a time."""

    def __init__(self, piece: Piece, shelves: Partitions, options: ChartOptions) -> None:
        self.piece, self.options, self.tally = piece, options, LineTally()
        self._shelves, self._ranks = shelves, shelves.ranks
        self._spool = PartitionFiles(shelves, f"{piece.number:06d}")
        self._unclear, self._people = unclear_diagnoses(options), set[str]()
        self._rejects = shelves.folder / f"rejects.{piece.number:06d}"

    def take(self, lines: list[bytes]) -> None:
        """Tell lines at once where they are alike, else one by one."""
        if (told := scan(lines)) is None:
            for line in (line.rstrip(b"\r\n") for line in lines):
                told, problem = tell_or_refuse(line, self._ranks, self.options)
                self._place(told, line, problem)
        elif told.names and not self._ranks.keys().isdisjoint(told.names):
            for name, line in zip(told.names, lines, strict=True):
                self._place(told._replace(names=(name,)), line.rstrip(b"\r\n"))
        else:
            self._pass(told, lines)

    def done(self) -> LineTally:
        """What was taken, when all was."""
        self._spool.flush()
        self._number()
        return self.tally

    def _place(self, told: Scanned, line: bytes, problem: str = "") -> None:
        """Keep a line for patients found, or until it is known whose it is; else pass it over, or
        reject it with its problem. One that names a patient found makes that chart a part.
        """
        if fate := told.fate(self._ranks):
            self._notice(told, [line])
            own = {self._ranks[name] for name in told.names if name in self._ranks}
            ranks = own if fate == OWN else {0}
            self.tally.lines["shelved"] += 1
            self.tally.lines["copies"] += len(ranks) - 1
            place = self.piece.number, self.tally.lines["all"], line
            for rank in ranks:
                self._spool.put(Kept(rank, *place), None if fate == OWN else fate)
        elif problem:
            self._reject(problem)
        else:
            self._pass(told, [line])

    def _pass(self, told: Scanned, lines: list[bytes]) -> None:
        """Pass lines over, but remember patients whose diagnosis is not understood."""
        self._notice(told, lines)
        self.tally.lines["passed"] += len(lines)
        if told.type in WITH_DIAGNOSES and told.names:
            for name, line in zip(told.names, cycle(lines)):
                if name not in self._people and self._unclear.holds(told.type, line):
                    self._people.add(name)
            if len(self._people) > KNOWN:
                self._number()

    def _notice(self, told: Scanned, lines: list[bytes]) -> None:
        """Count lines of one type, and remember what they tell beside whose they are."""
        self.tally.lines["all"] += len(lines)
        self.tally.types |= {told.type} - {""}
        if told.type in RECORDS:
            for line in lines:
                self.tally.withdrawn.update(withdrawn_in(line))
        if told.type == "Patient":
            self.tally.patients += len(lines)
        if len(self.tally.somebody) < 2:  # with two there, none is the only one
            self.tally.somebody.update(map(self._shelves.called, told.somebody))

    def _reject(self, problem: str) -> None:
        self.tally.lines["all"] += 1
        self.tally.lines["rejected"] += 1
        with self._rejects.open("a", encoding="utf-8") as file:
            file.write(json.dumps([self.piece.number, self.tally.lines["all"], problem]) + "\n")

    def _number(self) -> None:
        """Call the patients remembered by numbers, which take less memory than names."""
        self.tally.unclear += b"".join(map(number_of, self._people))
        self._people.clear()
