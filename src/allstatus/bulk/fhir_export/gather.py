"""An export read: the patients with a code of the disease, and their lines gathered on shelves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from allstatus.bulk.fhir_export.decide_patient import ExportContext
from allstatus.bulk.fhir_export.find_patients import patients_in
from allstatus.bulk.fhir_export.identifiers import identifiers_in, own_name
from allstatus.bulk.fhir_export.line_scan import (
    IDENTIFIED,
    IDENTIFIED_ONLY,
    NAMELESS,
    WITH_DIAGNOSES,
    key_of,
    tell,
    type_of,
)
from allstatus.bulk.fhir_export.links import Link, known_in, links_in
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, found_in, read_piece
from allstatus.bulk.fhir_export.partitions import Kept, PartitionFiles, Partitions
from allstatus.bulk.fhir_export.process_pool import Pool
from allstatus.bulk.fhir_export.shuffle import LineCounts, LineTally, route
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir.fhir_links import together
from allstatus.ehr.fhir.fhir_resources import READERS

# told of: what is being done, how much more of it, and how much it is in all
Progress = Callable[[str, int, int], None]
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Gathered(LineCounts):
    """What was read, summed, and what the export holds beside the patients found, such as the
    `unclear`: others with a diagnosis not understood. `types` and `lengths` are of each piece.
    """

    people: int = 0
    nameless: int = 0
    alone: bool = False
    types: list[list[str]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    unclear: int = 0
    withdrawn: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, people: int, tallies: list[LineTally]) -> Gathered:
        """The sums of what was read piece by piece."""
        import numpy as np  # which the processes that only read pieces need not load

        names = (one.name for one in fields(LineCounts))
        return cls(
            **{name: sum(getattr(t, name) for t in tallies) for name in names},
            people=people,
            types=[sorted(t.types) for t in tallies],
            lengths=[t.lines for t in tallies],
            unclear=len(np.unique(np.concatenate([t.unclear for t in tallies]))),
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
        """Find the patients and shelve their lines; again with those that turn up where no
        diagnosis was expected.
        """
        kinds = [(piece, _type_of(piece)) for piece in self.pieces]
        looked = [piece for piece, kind in kinds if kind in ("", *WITH_DIAGNOSES)]
        listed = [piece for piece, kind in kinds if kind in ("", "Patient")]
        links = set(self._find("finding links", listed, links_in))
        names = set(self._find("finding patients", looked, patients_in, self.options))
        seen = frozenset(piece.number for piece in looked)
        while True:
            names = set(self._resolve(names).values())
            shelves = Partitions.build(self.folder, names, self._one(links, listed))
            more = shelves, seen, self.options
            tallies = list(self._over("gathering", self.pieces, route, *more))
            strays = set(self._resolve(set().union(*(t.strays for t in tallies))).values())
            found = set[Link]().union(*(t.links for t in tallies))
            if shelves.ranks.keys() >= strays and links >= found:
                return shelves, self._settle(shelves, tallies)
            names, links = names | strays, links | found

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
        for found in self._over(stage, pieces, found_in, look, *more):
            yield from found

    def _resolve(self, names: Iterable[str]) -> dict[str, str]:
        """Each name as it is, or the name of the first patient who has the identifier."""
        resolved = {name: name for name in names}
        wanted = frozenset(name for name in resolved if name.startswith(IDENTIFIED))
        resolved |= {name: own_name(name) for name in wanted}
        pieces = self.pieces if wanted else []
        found = self._find("looking up identifiers", pieces, identifiers_in, wanted)
        return resolved | dict(reversed([*found]))

    def _one(self, links: set[Link], listed: list[Piece]) -> dict[str, str]:
        """What each of several patients of one person is called."""
        named = self._resolve({name for _, *both in links for name in both})
        pieces, wanted = listed if named else [], frozenset(named.values())
        known = set(self._find("following links", pieces, known_in, wanted))
        return together(((kind, named[a], named[b]) for kind, a, b in sorted(links)), known)

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
            different.add(hash(key_of(kept.line) or kept.line))
            _place(spool, gathered, kept, only)
        gathered.nameless = len(different)
        spool.flush()
        return gathered


def _place(spool: PartitionFiles, gathered: Gathered, kept: Kept, ranks: set[int]) -> None:
    """Shelve a line that waited for these patients; for none it is passed over."""
    if not ranks:
        gathered.passed, gathered.shelved = gathered.passed + 1, gathered.shelved - 1
        return
    gathered.copies += len(ranks) - 1
    for rank in ranks:
        spool.put(kept._replace(rank=rank))


def _type_of(piece: Piece) -> str:
    """The type of the first line of a piece; empty where it has to be read."""
    lines = (line for block in read_piece(piece) for line in block.split() if line.strip())
    return type_of(next(lines, b""))
