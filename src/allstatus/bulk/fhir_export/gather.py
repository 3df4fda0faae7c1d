"""An export read: the patients with a code of the disease, and their lines gathered on shelves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from allstatus.bulk.fhir_export.decide_patient import ExportContext
from allstatus.bulk.fhir_export.find_patients import find_patients, looks_worth_reading
from allstatus.bulk.fhir_export.identifiers import find_identified, own_name
from allstatus.bulk.fhir_export.line_scan import (
    IDENTIFIED,
    IDENTIFIED_ONLY,
    NAMELESS,
    key_of,
    tell,
)
from allstatus.bulk.fhir_export.links import Link, find_known, find_links
from allstatus.bulk.fhir_export.ndjson_pieces import Piece
from allstatus.bulk.fhir_export.partitions import Kept, PartitionFiles, Partitions
from allstatus.bulk.fhir_export.process_pool import Pool
from allstatus.bulk.fhir_export.shuffle import LineTally, route
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.fhir.fhir_links import together
from allstatus.ehr.fhir.fhir_resources import READERS

Progress = Callable[
    [str, int, int], None
]  # what is being done, how much more of it, and how much it is in all
PATIENTS = ("Patient",)
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Gathered:
    """What was read: lines by their fate, `shelved` those about the patients found, and what the
    export holds beside them, such as the `unclear`: others with a diagnosis not understood.
    `copies` are of lines about several of them, which are shelved for each.
    """

    people: int = 0
    lines: int = 0
    passed: int = 0
    rejected: int = 0
    shelved: int = 0
    patients: int = 0
    nameless: int = 0
    alone: bool = False
    types: list[list[str]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    unclear: int = 0
    copies: int = 0

    @property
    def others(self) -> ExportContext:
        """What a patient's chart depends on beside its own lines."""
        return ExportContext(self.alone, self.nameless)


class Gatherer:
    """Reads the pieces of an export into a folder."""

    def __init__(
        self,
        pool: Pool,
        pieces: list[Piece],
        folder: Path,
        progress: Progress,
        options: ChartOptions = DEFAULT_OPTIONS,
    ) -> None:
        self.options = options
        self.pool, self.pieces, self.folder, self._progress = pool, pieces, folder, progress

    def gather(self) -> tuple[Partitions, Gathered]:
        """Find the patients and shelve their lines; again with those that turn up where no
        diagnosis was expected.
        """
        looked = [piece for piece in self.pieces if looks_worth_reading(piece)]
        listed = [piece for piece in self.pieces if looks_worth_reading(piece, PATIENTS)]
        links: set[Link] = set().union(
            *(found for _, found in self.over("finding links", find_links, listed))
        )
        names: set[str] = set().union(
            *(
                found
                for _, found in self.over("finding patients", find_patients, looked, self.options)
            )
        )
        while True:
            names = set(self._resolve(names).values())
            shelves = Partitions.build(self.folder, names, self._one(links, listed))
            seen = frozenset(piece.number for piece in looked)
            tallies = [
                tally
                for _, tally in self.over(
                    "gathering", route, self.pieces, shelves, seen, self.options
                )
            ]
            strays = set(self._resolve(set().union(*(tally.strays for tally in tallies))).values())
            more = set().union(*(tally.links for tally in tallies)) - links
            if shelves.ranks.keys() >= strays and not more:
                return shelves, self._settle(shelves, tallies)
            names, links = names | strays, links | more

    def over(
        self, stage: str, work: Callable[..., _Result], pieces: list[Piece], *more: Any
    ) -> Iterator[tuple[Piece, _Result]]:
        """The work's results, piece by piece, with its progress in bytes."""
        total = sum(piece.size for piece in pieces)
        for piece, result in self.pool.run(work, pieces, *more):
            self._progress(stage, piece.size, total)
            yield piece, result

    def _resolve(self, names: Iterable[str]) -> dict[str, str]:
        """Each name as it is, or the name of the patient who has the identifier."""
        names = set(names)
        wanted = frozenset(name for name in names if name.startswith(IDENTIFIED))
        found: dict[str, str] = {}
        for _, more in self.over(
            "looking up identifiers", find_identified, self.pieces if wanted else [], wanted
        ):
            found = more | found
        return {name: found.get(name, own_name(name)) if name in wanted else name for name in names}

    def _one(self, links: set[Link], listed: list[Piece]) -> dict[str, str]:
        """What each of several patients of one person is called."""
        named = self._resolve({name for _, *both in links for name in both})
        wanted = frozenset(named.values())
        known: set[str] = set().union(
            *(found for _, found in self.over("following links", find_known, listed, wanted))
            if wanted
            else ()
        )
        return together(((kind, named[a], named[b]) for kind, a, b in sorted(links)), known)

    def _settle(self, shelves: Partitions, tallies: list[LineTally]) -> Gathered:
        """Lines that name nobody, or somebody by an identifier, to whom they belong; and the
        sums.
        """
        gathered = Gathered(
            shelves.people,
            sum(t.lines for t in tallies),
            sum(t.passed for t in tallies),
            sum(t.rejected for t in tallies),
            sum(t.kept for t in tallies),
            sum(t.patients for t in tallies),
            types=[sorted(t.types) for t in tallies],
            lengths=[t.lines for t in tallies],
            unclear=len(np.unique(np.concatenate([t.unclear for t in tallies]))),
            copies=sum(t.copies for t in tallies),
        )
        spool, somebody = (
            PartitionFiles(shelves, "settled"),
            set().union(*(tally.somebody for tally in tallies)),
        )
        apart = set().union(*(tally.apart for tally in tallies))
        if IDENTIFIED_ONLY in apart:
            somebody |= self._shelve_identified(shelves, spool, gathered)
        gathered.alone = len(somebody) <= 1
        if NAMELESS in apart:
            self._settle_nameless(shelves, spool, gathered)
        spool.flush()
        return gathered

    def _shelve_identified(
        self, shelves: Partitions, spool: PartitionFiles, gathered: Gathered
    ) -> set[str]:
        """Returns some of the patients so named."""
        told = [tell(kept.line) for kept in shelves.read(IDENTIFIED_ONLY)]
        named = self._resolve(name for line in told for name in line.names)
        for kept, line in zip(shelves.read(IDENTIFIED_ONLY), told, strict=True):
            ranks = {shelves.ranks.get(named[name]) for name in line.names} - {None} or {None}
            gathered.copies += len(ranks) - 1
            for rank in ranks:
                self._shelve(shelves, spool, gathered, kept, rank)
        people = dict.fromkeys(named[name] for t in told if t.type in READERS for name in t.names)
        return set(list(dict.fromkeys(map(shelves.called, people)))[:2])

    def _settle_nameless(
        self, shelves: Partitions, spool: PartitionFiles, gathered: Gathered
    ) -> None:
        """They are the only patient's when there is only one, else set aside and counted."""
        different = set()
        for kept in shelves.read(NAMELESS):
            different.add(hash(key_of(kept.line) or kept.line))
            self._shelve(
                shelves, spool, gathered, kept, 0 if gathered.alone and shelves.people else None
            )
        gathered.nameless = len(different)

    def _shelve(
        self,
        shelves: Partitions,
        spool: PartitionFiles,
        gathered: Gathered,
        kept: Kept,
        rank: int | None,
    ) -> None:
        if rank is None:
            gathered.passed, gathered.shelved = gathered.passed + 1, gathered.shelved - 1
        else:
            spool.put(shelves.shelf_of(rank), kept._replace(rank=rank))
