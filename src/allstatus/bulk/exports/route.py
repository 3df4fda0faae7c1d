"""The second reading of an export: the lines about the patients found are put on their shelves, the rest is passed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat

from allstatus.bulk.exports.files import Lines, Piece, read_piece
from allstatus.bulk.exports.find import holds_diagnosis
from allstatus.bulk.exports.glance import (
    GROUPED,
    IDENTIFIED,
    WITH_DIAGNOSES,
    Head,
    head_of,
    key_of,
    patient_in,
    plain_name,
    reference_in,
    tell,
)
from allstatus.bulk.exports.spool import Kept, Shelves, Spool
from allstatus.ehr.fhir_resources import READERS
from allstatus.errors import InvalidRecord

BRACE = ord("}")
FIRST = 8  # lines of a block by which two patients are seen as a rule
NAMELESS, IDENTIFIED_ONLY = "nameless", "identified"  # files for lines that name nobody, or somebody by an identifier


def route(piece: Piece, shelves: Shelves, looked: frozenset[int]) -> Tally:
    """Read a piece and put its lines about patients on their shelves; `looked` are the pieces looked through for diagnoses before."""
    return Router(piece, shelves, looked=piece.number in looked).run()


@dataclass(slots=True)
class Tally:
    """What a piece held: its lines, kept or passed over or rejected, and what was noticed on the way."""

    lines: int = 0
    kept: int = 0
    passed: int = 0
    rejected: int = 0
    patients: int = 0
    types: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)
    somebody: set[bytes] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)


class Router:
    """Reads one piece; `looked` says that it was looked through for diagnoses before."""

    def __init__(self, piece: Piece, shelves: Shelves, *, looked: bool) -> None:
        self.piece, self.ranks, self.looked, self.tally = piece, shelves.ranks, looked, Tally()
        self._shelves, self._spool = shelves, Spool(shelves, f"{piece.number:06d}")
        self._rejects: list[str] = []

    def run(self) -> Tally:
        """Read the piece to its end."""
        for block in read_piece(self.piece):
            self._route(block)
            self.tally.lines += len(block.lines)
            if block.spoilt:
                self.tally.lines += 1
                self._reject(block.first + len(block.lines), block.spoilt)
        self._spool.flush()
        self._write_rejects()
        return self.tally

    def _route(self, block: Lines) -> None:
        at = 0
        while at < len(block.lines):
            head = head_of(block.lines[at])
            if head is None or head.type == "Bundle":
                self._read(block.first + at, block.lines[at])
                at += 1
                continue
            self.tally.types.add(head.type)
            at = self._ways.get(head.type, self._pass_over)(head, block, at)

    @property
    def _ways(self) -> dict[str, Callable[[Head, Lines, int], int]]:
        ways: dict[str, Callable[[Head, Lines, int], int]] = dict.fromkeys(GROUPED, self._by_subject)
        if not self.looked:
            ways |= dict.fromkeys(WITH_DIAGNOSES, self._one_by_one)
        return ways | {"Patient": self._patients}

    def _by_subject(self, head: Head, block: Lines, at: int) -> int:
        """The lines of one type that follow each other; most are told by whom they are about, and passed over."""
        if at < FIRST and self._several and self._about_others(head, block.lines[at:]):
            self.tally.passed += len(block.lines) - at
            return len(block.lines)
        begin, subject, ranks, several, passed = head.begin, head.subject + b"Patient/", self.ranks, self._several, 0
        width = len(subject)
        for place, line in enumerate(block.lines[at:], at):
            if not line.startswith(begin):
                break
            found = line.find(subject)
            if found > 0 and several and line[-1] == BRACE:
                name = line[found + width : line.find(b'"', found + width)]
                if name not in ranks and b"/" not in name and b"\\" not in name and line.find(b'"contained"', 0, found) < 0:
                    passed += 1
                    continue
            self._told(head, block.first + place, line)
            if not several and self._several and place + 1 < FIRST:
                place += 1  # noqa: PLW2901
                break
            several = self._several
        else:
            place = len(block.lines)
        self.tally.passed += passed
        return place

    def _about_others(self, head: Head, lines: list[bytes]) -> bool:
        """Whether lines are all alike and none is about a patient found: step by step for all of them, as there are so many."""
        subject = head.subject + b"Patient/"
        places = list(map(bytes.find, lines, repeat(subject)))
        if min(places) < 0:
            return False
        starts = [place + len(subject) for place in places]
        ends = map(bytes.find, lines, repeat(b'"'), starts)
        names = [line[start:end] for line, start, end in zip(lines, starts, ends, strict=True)]
        signs = b"".join(names)
        return (
            self.ranks.keys().isdisjoint(names) and b"/" not in signs and b"\\" not in signs
            and all(map(bytes.startswith, lines, repeat(head.begin))) and all(map(bytes.endswith, lines, repeat(b"}")))
            and max(map(bytes.find, lines, repeat(b'"contained"'), repeat(0), places)) < 0
        )  # fmt: skip

    def _told(self, head: Head, number: int, line: bytes) -> None:
        """A line told by its subject where that can be, else read."""
        reference = reference_in(line, head.subject) if line.endswith(b"}") else None
        if reference is None or not reference.isascii():
            self._read(number, line)
        else:
            self._place(head.type, plain_name(reference) or patient_in(reference), number, line)

    def _patients(self, head: Head, block: Lines, at: int) -> int:
        """Patients, told by their ids."""
        for place, line in enumerate(block.lines[at:], at):
            if not line.startswith(head.begin):
                return place
            key = key_of(line) if line[-1] == BRACE else None
            if key is None:
                self._read(block.first + place, line)
            else:
                self.tally.patients += 1
                self._place(head.type, key[8:].decode(), block.first + place, line)
        return len(block.lines)

    def _pass_over(self, head: Head, block: Lines, at: int) -> int:
        """Lines of a type that is read only where something refers to it."""
        for place, line in enumerate(block.lines[at:], at):
            if not line.startswith(head.begin):
                return place
            if line[-1] == BRACE:
                self.tally.passed += 1
            else:
                self._read(block.first + place, line)
        return len(block.lines)

    def _one_by_one(self, head: Head, block: Lines, at: int) -> int:  # noqa: ARG002
        self._read(block.first + at, block.lines[at])
        return at + 1

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
        if told.type in WITH_DIAGNOSES and not self.looked and told.patient and holds_diagnosis(line):
            self.tally.strays.add(told.patient)
        self._place(told.type, told.patient, number, line)

    def _place(self, kind: str, name: str | None, number: int, line: bytes) -> None:
        apart = ""
        if kind in READERS and (name is None or name.startswith(IDENTIFIED)):
            apart = NAMELESS if name is None else IDENTIFIED_ONLY
        elif name and (kind == "Patient" or kind in GROUPED):
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
            with (self._shelves.folder / f"rejects.{self.piece.number:06d}").open("a", encoding="utf-8") as file:
                file.writelines(self._rejects)
            self._rejects = []
