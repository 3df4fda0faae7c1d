"""An export read: the patients with a code of the disease, and their lines gathered on shelves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from allstatus.bulk.fhir_export.decide_patient import ExportContext
from allstatus.bulk.fhir_export.find_patients import told_in
from allstatus.bulk.fhir_export.identifiers import identifiers_in, resolve_names
from allstatus.bulk.fhir_export.line_scan import (
    IDENTIFIED_ONLY,
    NAMELESS,
    WITH_DIAGNOSES,
    identity,
    tell,
)
from allstatus.bulk.fhir_export.links import known_in, one_person
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, found_in, read_piece
from allstatus.bulk.fhir_export.partitions import Kept, PartitionFiles, Partitions
from allstatus.bulk.fhir_export.process_pool import Pool
from allstatus.bulk.fhir_export.references import told_apart_by
from allstatus.bulk.fhir_export.shuffle import FATES, LineTally, route
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir.fhir_resources import READERS

TELLING = {"", "Patient", *WITH_DIAGNOSES}  # types that may tell who has the disease
# told of: what is being done, how much more of it, and how much it is in all
Progress = Callable[[str, int, int], None]
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Gathered:
    """What was read, summed: `lines` by their fate, and what the export holds beside the patients
    found, such as the `unclear`: others with a diagnosis not understood. `types` and `lengths` are
    of each piece.
    """

    people: int
    lines: dict[str, int]
    patients: int
    types: list[list[str]]
    lengths: list[int]
    unclear: int
    withdrawn: dict[str, str]
    nameless: int = 0
    alone: bool = False

    @classmethod
    def of(cls, people: int, tallies: list[LineTally]) -> Gathered:
        """The sums of what was read piece by piece."""
        import numpy as np  # which the processes that only read pieces need not load

        numbers = np.frombuffer(b"".join(t.unclear for t in tallies), np.uint64)
        return cls(
            people,
            {fate: sum(t.lines[fate] for t in tallies) for fate in FATES},
            sum(t.patients for t in tallies),
            types=[sorted(t.types) for t in tallies],
            lengths=[t.lines["all"] for t in tallies],
            unclear=len(np.unique(numbers)),
            withdrawn={key: one for t in tallies for key, one in t.withdrawn.items()},
        )

    @property
    def others(self) -> ExportContext:
        """What a patient's chart depends on beside its own lines."""
        return ExportContext(self.alone, self.nameless, self.withdrawn)


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Reads the pieces of an export into a folder."""

    pool: Pool
    pieces: list[Piece]
    folder: Path
    progress: Progress
    options: ChartOptions = DEFAULT_OPTIONS

    def gather(self) -> tuple[Partitions, Gathered]:
        """Find the patients in pieces that begin with lines of such types, and shelve their lines;
        again where others turn out to hold such.
        """
        looked = [piece for piece in self.pieces if not TELLING.isdisjoint(_first_types(piece))]
        while True:
            found = self._find("finding patients", looked, told_in, self.options)
            called = one_person(found, self._resolve, partial(self._known, looked))
            shelves = Partitions.build(self.folder, called.values(), called)
            tallies = [*self._over("gathering", self.pieces, route, shelves, self.options)]
            told = zip(self.pieces, tallies, strict=True)
            missed = [p for p, t in told if p not in looked and not TELLING.isdisjoint(t.types)]
            if not missed:
                return shelves, self._settle(shelves, tallies)
            looked += missed

    def _over(
        self, stage: str, pieces: list[Piece], work: Callable[..., _Result], *more: Any
    ) -> Iterator[_Result]:
        """The work's results, piece by piece, with its progress in bytes."""
        total = sum(piece.size for piece in pieces)
        for piece, result in self.pool.run(work, pieces, *more):
            self.progress(stage, piece.size, total)
            yield result

    def _find(
        self, stage: str, pieces: list[Piece], look: Callable[..., Iterable[_Result]], *more: Any
    ) -> Iterator[_Result]:
        """What is found by looking at the lines of these pieces, in their order."""
        return chain.from_iterable(self._over(stage, pieces, found_in, look, *more))

    def _resolve(self, names: Iterable[str]) -> dict[str, str]:
        """Each name as it is, or the name of the first patient who has the identifier."""
        look = partial(self._find, "looking up identifiers", self.pieces, identifiers_in)
        return resolve_names(names, lambda wanted: dict(reversed([*look(wanted)])))

    def _known(self, pieces: list[Piece], wanted: frozenset[str]) -> set[str]:
        """Those of some names that Patients have."""
        return {*self._find("following links", pieces, known_in, wanted)}

    def _settle(self, shelves: Partitions, tallies: list[LineTally]) -> Gathered:
        """Lines that name somebody by an identifier, or nobody, to whom they belong: these to the
        only patient when there is only one, else they are set aside and counted; and the sums.
        """
        gathered = Gathered.of(shelves.people, tallies)
        spool, somebody = PartitionFiles(shelves, "settled"), set[str]()
        somebody.update(*(tally.somebody for tally in tallies))
        waiting = map(tell, (kept.line for kept in shelves.read(IDENTIFIED_ONLY)))
        named = self._resolve(name for told in waiting for name in told.names)
        for kept in shelves.read(IDENTIFIED_ONLY):
            told = tell(kept.line)
            people = {shelves.called(named[name]) for name in told.names}
            somebody |= people if told.type in READERS and len(somebody) < 2 else set()
            ranks = {shelves.ranks[name] for name in people if name in shelves.ranks}
            _place(spool, gathered, kept, ranks)
        gathered.alone = len(somebody) <= 1
        only = {0} if gathered.alone and shelves.people else set[int]()
        different = set[int]()
        for kept in shelves.read(NAMELESS):
            different.add(hash(told_apart_by(kept.line)))
            _place(spool, gathered, kept, only)
        gathered.nameless = len(different)
        spool.flush()
        return gathered


def _place(spool: PartitionFiles, gathered: Gathered, kept: Kept, ranks: set[int]) -> None:
    """Shelve a line that waited for these patients; for none it is passed over."""
    if not ranks:
        gathered.lines["passed"] += 1
        gathered.lines["shelved"] -= 1
        return
    gathered.lines["copies"] += len(ranks) - 1
    for rank in ranks:
        spool.put(kept._replace(rank=rank))


def _first_types(piece: Piece) -> set[str]:
    """The types of the first lines of a piece; empty for one that has to be read."""
    return {identity(line)[0] for line in next(read_piece(piece), []) if line.strip()}
