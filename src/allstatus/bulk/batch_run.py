"""A file of records in, a file of decisions out: streamed, in order, with every row accounted
for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from allstatus.bulk.answer_texts import WARNINGS
from allstatus.bulk.arrow import Columns, Reject
from allstatus.bulk.cells import Cells
from allstatus.bulk.checkpoint import DecidedSlab, Parts
from allstatus.bulk.column_mapping import (
    PARTS,
    READ,
    ignored_columns,
    known_columns,
    refuse_absent,
    refuse_read_twice,
    spelled_as,
)
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.result_columns import Results
from allstatus.bulk.row_index import CellNumbers
from allstatus.bulk.run_frame import (
    Outputs,
    about_rules,
    ahead,
    doubled_column,
    no_row,
    refuse_sum,
    workplace,
)
from allstatus.bulk.sources import Skip, Slab, SlabSource
from allstatus.bulk.writers import refuse_same_file
from allstatus.errors import InvalidRecord
from allstatus.record.refusals import REMEDIES

ADULT_RANGES_USED = "adult_ranges"  # whether the adult table decided on a component of the count
REJECTS = pa.schema([("row", pa.int64()), ("column", pa.string()), ("reason", pa.string())])
_REJECT = attrgetter(*REJECTS.names)


@dataclass(frozen=True, slots=True)
class BatchJob:
    """What to do: which file, to where, and what to write of each row."""

    source: Path
    target: Path
    rejects: Path
    cells: Path
    assigned: dict[str, ColumnSource] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    explain: bool = False
    resume: bool = False
    adult_ranges: bool = True
    encoding: str = ""


@dataclass(slots=True)
class BatchTotals:
    """The rows counted at the end; `ignored` are columns nothing read, `below_one` rows whose
    percentage may be a fraction, `by_adult_table` those of whose blood count that decided; `heard`
    are columns of remarks, which may take a row back.
    """

    rows: int = 0
    written: int = 0
    rejected: int = 0
    below_one: int = 0
    by_adult_table: int = 0
    cells: Counter[int] = field(default_factory=Counter)
    ignored: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()

    def add(self, done: DecidedSlab) -> None:
        """Count the rows of a slab."""
        self.rows, self.rejected = self.rows + done.rows, self.rejected + len(done.rejects)
        self.written += done.batch.num_rows
        self.cells.update(done.cells)
        warnings = done.batch.column(WARNINGS)
        self.below_one += len(warnings) - warnings.null_count
        self.by_adult_table += done.by_adult_table

    def check(self, source: object, rows: int | None = None) -> None:
        """Raise InvalidRecord unless the rows that the file says it has all came out."""
        parts = {"out": self.written, "rejected": self.rejected}
        refuse_sum(source, "rows", self.rows, parts)
        if rows is not None:
            refuse_sum(source, "rows", rows, parts)


class BatchFrame:
    """A job whose columns are understood, whatever works it out: `read` are those that are read,
    `carried` those that are copied.
    """

    def __init__(self, cells: Cells, job: BatchJob, names: list[str]) -> None:
        self.job, self.names = job, names
        self.results = Results(cells, explain=job.explain)
        self.carried = carried_columns(names, job, self.results)
        self.assigned = {key: column for key, column in job.assigned.items() if key != "id"}
        self.columns = Columns(cells, names, self.assigned, adult_ranges=job.adult_ranges)
        sources = self.columns.sources
        read = (name for source in sources.values() for name in source.columns)
        self.read = list(dict.fromkeys([*read, *self.columns.remarks]))

    def nothing_yet(self) -> BatchTotals:
        """The totals before the first row."""
        heard = tuple(self.columns.remarks)
        ignored = ignored_columns(self.names, self.columns.sources, (*self.carried, *heard))
        return BatchTotals(ignored=tuple(ignored), heard=heard)

    def refuse_id(self, kinds: Mapping[str, pa.DataType]) -> None:
        """Raise InvalidRecord for a column of ids that no record has."""
        named = next((name for name in self.carried if name not in self.job.keep), "")
        kind = kinds.get(named, pa.null())
        of = kind.value_type if pa.types.is_dictionary(kind) else kind
        tests = pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_null
        if not any(test(of) for test in tests):
            raise InvalidRecord(named, f"is a column of {kind}", REMEDIES["id"])

    def tells_ranges(self, is_struct: Callable[[str], bool]) -> bool:
        """Whether blood counts come in components, of which the adult table may decide one: it is
        told in a column of the output then.
        """
        source = self.columns.sources.get("cbc") if self.job.explain else None
        if source is None or source.parts or len(source.columns) != 1:
            return source is not None and bool(source.parts)
        return is_struct(source.column)


class BatchRun(BatchFrame):
    """A job with its file opened and its columns understood."""

    def __init__(self, cells: Cells, job: BatchJob) -> None:
        self._classifier = cells.classifier
        self._beside = {*PARTS, *job.keep}
        self.source = SlabSource(
            job.source,
            known_columns(job.assigned),
            job.encoding,
            keys=(*READ, *cells.own),
            check=None if job.assigned else self._refuse_line,
        )
        refuse_same_file([job.source], [job.target, job.rejects, job.cells])
        super().__init__(cells, job, self.source.names)
        self.refuse_id(self.source.kinds)

    def _refuse_line(self, line: Mapping[str, Any]) -> None:
        """Raise InvalidRecord for a line that is no record, but for columns to keep."""
        said = {key: value for key, value in line.items() if key not in self._beside}
        self._classifier.refuse_other_disease(self._classifier.record_model.read(said))

    @property
    def rows(self) -> int | None:
        """The rows of the file, where it says."""
        return self.source.rows

    def totals(self, progress: Callable[[int], None] = lambda _: None) -> BatchTotals:
        """Do the job; returns the totals, checked. Raises InvalidRecord when a file cannot be read
        or written.
        """
        totals = self.nothing_yet()
        with Outputs() as outputs:
            outputs.claim(self.job.target, self.job.rejects, self.job.cells)
            if self.job.resume:
                self._resume(outputs, totals, progress)
            else:
                self._write(outputs, ahead(map(self.decide, self.slabs())), totals, progress)
        return totals

    def _resume(
        self, outputs: Outputs, totals: BatchTotals, progress: Callable[[int], None]
    ) -> None:
        parts = Parts(self.job, self.columns.cells.ruleset.digest)
        with workplace(parts.folder, parts.about, resume=True):
            for slab in ahead(self.slabs(parts.has)):
                parts.save(slab.number, self.decide(slab))
                progress(slab.count)
            self._write(outputs, parts.load_all(), totals, lambda _: None)

    def slabs(self, skip: Skip = lambda _: False) -> Iterator[Slab]:
        """The columns that are read or carried, slab by slab, but for the slabs to skip."""
        return self.source.slabs(self._wanted, {*self.read} - {*self.carried}, skip)

    def cells_of(self, batch: pa.RecordBatch) -> tuple[CellNumbers, list[Reject]]:
        """The cell of each row of a slab, and the rows refused, counted from 1."""
        return self.columns.cells_of(batch)

    def decide(self, slab: Slab) -> DecidedSlab:
        """The rows of one slab decided on, refused rows taken out."""
        cells, refused = self.cells_of(slab.batch)
        numbers = slab.row_numbers() if refused or not self.carried else np.empty(0, np.int64)
        rejects = [
            Reject(int(numbers[reject.row - 1]), reject.column, reject.reason) for reject in refused
        ]
        rejects += [Reject(row, *why) for row, why in slab.unreadable.items()]
        carried, said = self._carried(slab, numbers), self._said(slab.batch)
        by_adult_table = self.columns.by_adult_ranges(slab.batch)
        if refused:
            kept = cells < len(self.columns.cells)
            carried, said = _filtered(carried, kept), _filtered(said, kept)
            cells, by_adult_table = cells[kept], by_adult_table[kept]
        results = dict(zip(self.results.names, self.results.columns(cells), strict=True))
        decided = pa.RecordBatch.from_pydict({**carried, **results, **said})
        counts = np.bincount(cells)
        used = {int(cell): int(counts[cell]) for cell in np.flatnonzero(counts)}
        ordered = sorted(rejects, key=lambda reject: reject.row)
        return DecidedSlab(slab.count, decided, ordered, used, int(by_adult_table.sum()))

    @property
    def _wanted(self) -> list[str]:
        return [name for name in self.names if name in self.read or name in self.carried]

    def _carried(self, slab: Slab, numbers: np.ndarray) -> dict[str, pa.Array]:
        """The columns copied of each row, its number where there is none."""
        copied = {name: slab.batch.column(name) for name in self.carried}
        return copied or {"row": pa.array(numbers)}

    def _said(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """What is said of each row's values, not of its cell."""
        said = {WARNINGS: self.columns.warnings(batch)}
        if self.tells_ranges(lambda column: pa.types.is_struct(batch.column(column).type)):
            said[ADULT_RANGES_USED] = pa.array(self.columns.by_adult_ranges(batch))
        return said

    def _write(
        self,
        outputs: Outputs,
        slabs: Iterable[DecidedSlab],
        totals: BatchTotals,
        progress: Callable[[int], None],
    ) -> None:
        about, target = about_rules(self.columns.cells.ruleset), None
        rejects = outputs.open(self.job.rejects, REJECTS)
        for done in slabs:
            if target is None:
                schema = done.batch.schema.with_metadata(about)
                target = outputs.open(self.job.target, schema)
            target.write(done.batch)
            if done.rejects:
                rejects.write_columns(zip(*map(_REJECT, done.rejects), strict=True))
            totals.add(done)
            progress(done.rows)
        if target is None:
            raise no_row(self.job.source)
        totals.check(self.job.source, self.source.rows)
        write_cells(outputs, self.job.cells, self.results, totals.cells)
        outputs.publish(last=target)


def _filtered(columns: dict[str, pa.Array], rows: NDArray[np.bool_]) -> dict[str, pa.Array]:
    return {name: column.filter(pa.array(rows)) for name, column in columns.items()}


def carried_columns(names: list[str], job: BatchJob, results: Results) -> list[str]:
    """The columns copied to the output: the id where there is one, and those to keep; raises
    InvalidRecord when one cannot be.
    """
    assigned = {key: source for key, source in job.assigned.items() if key == "id"}
    refuse_absent(names, assigned)
    named = assigned["id"].column if assigned else spelled_as(names).get("id", "id")
    carried = list(dict.fromkeys([*([named] if named in names else []), *job.keep]))
    missing = [name for name in carried if name not in names]
    if missing:
        raise InvalidRecord(
            missing[0], "is not a column of the file", f"keep one of {', '.join(names)}"
        )
    refuse_read_twice(names, carried)
    written = {*results.names, WARNINGS, *((ADULT_RANGES_USED,) if job.explain else ())}
    doubled = [name for name in carried if name in written]
    if doubled:
        raise doubled_column(doubled[0])
    return carried


def write_cells(outputs: Outputs, path: Path, results: Results, cells: Mapping[int, int]) -> None:
    """The side file of the cells used and the rows in each."""
    used = outputs.open(path, pa.schema([]))
    for cell, rows in sorted(cells.items()):
        used.write_rows([{"rows": rows, **results.describe(cell)}])
