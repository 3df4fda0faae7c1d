"""The patients of one shelf, decided one by one, each from its own lines and those they refer
to.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from allstatus.bulk.fhir_export.decide_patient import (
    Decided,
    DecideSettings,
    ExportContext,
    Row,
    decide_patient,
)
from allstatus.bulk.fhir_export.line_scan import identity
from allstatus.bulk.fhir_export.partitions import REFERRED, Kept, Partitions
from allstatus.bulk.fhir_export.references import keys_of, missing_from
from allstatus.bulk.kept_work import keep, recall
from allstatus.errors import InvalidRecord

LOAD = 1 << 26  # bytes of lines in memory at once; a single patient's may be more


@dataclass
class DecidedPartition:
    """A shelf decided on. `lines` are the patients' own; `rejects` are (piece, line, reason);
    `unread` and `unclear` as of one patient, summed.
    """

    rows: list[Row] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    patients: int = 0
    lines: int = 0
    rejects: list[tuple[int, int, str]] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    unclear: int = 0

    def add(self, one: Decided, lines: list[Kept]) -> None:
        """Add what was decided on one patient's lines."""
        self.patients += 1
        self.unread.update(one.unread)
        self.unclear += one.unclear
        self.rejects += [
            (lines[place].piece, lines[place].number, reason)
            for place, reason in one.refused.items()
        ]
        if one.row is not None and one.evidence is not None:
            self.rows.append(one.row)
            self.evidence.append(one.evidence.decode())


def work_off(
    shelf: int, how: DecideSettings, shelves: Partitions, others: ExportContext, fetched: bool
) -> set[bytes]:
    """Decide on the patients of a shelf in order and keep that; unless all was `fetched`, only if
    they refer to nothing that is elsewhere, else return that.
    """
    done, wanted, ranks = DecidedPartition(), set[bytes](), shelves.ranks_of(shelf)
    steps = -(-shelves.size(shelf) // LOAD)
    step = -(-len(ranks) // max(steps, 1))
    for start in range(0, len(ranks), step):
        lines, elsewhere = _loaded(shelves, shelf, ranks[start : start + step])
        for rank in sorted(lines):
            own = sorted(lines[rank])
            missing = missing_from(kept.line for kept in own)
            if missing and not fetched:
                wanted |= missing
            elif not wanted:
                done.lines += len(own)
                more = {kept for name in missing for kept in elsewhere.get(name, ())}
                read = [*own, *sorted(more)]
                patient, each = shelves.names[rank], (kept.line for kept in read)
                for decided in decide_patient(how, patient, each, others):
                    done.add(decided, read)
    if not wanted:
        keep(kept_at(shelves, shelf), json.dumps(vars(done)).encode())
    return wanted


def is_done(shelves: Partitions, shelf: int) -> bool:
    """Whether a shelf was worked off, and all of that was kept."""
    return recall(kept_at(shelves, shelf)) is not None


def load_done(shelves: Partitions, shelf: int) -> DecidedPartition:
    """A shelf that was worked off."""
    data = recall(kept_at(shelves, shelf))
    if data is None:
        remedy = "check the disk and run again"
        raise InvalidRecord(str(shelves.folder), "was spoilt while it was used", remedy)
    return DecidedPartition(**json.loads(data))


def kept_at(shelves: Partitions, shelf: int) -> Path:
    """Where a shelf is kept that was worked off."""
    return shelves.folder / f"done-{shelf:06d}.json"


def _loaded(
    shelves: Partitions, shelf: int, ranks: range
) -> tuple[dict[int, list[Kept]], dict[bytes, list[Kept]]]:
    """Lines of a shelf: those of some patients by rank, and those referred to by their names."""
    lines, elsewhere = dict[int, list[Kept]](), dict[bytes, list[Kept]]()
    for kept in shelves.read(shelf):
        if kept.rank in ranks:
            lines.setdefault(kept.rank, []).append(kept)
        for name in keys_of(identity(kept.line)) if kept.rank == REFERRED else ():
            elsewhere.setdefault(name, []).append(kept)
    return lines, elsewhere
