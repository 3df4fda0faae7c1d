"""Arrow columns in, a cell for every row out: sums of small numbers, and one look-up.

    batch -> a part of the index from each column -> index -> cell -> anything the decision says
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from allstatus.bulk.cells import RELAPSE_COUNTS, Cells, nothing_stated
from allstatus.bulk.coded import Coded
from allstatus.bulk.columns import Key
from allstatus.bulk.mapping import Source, assign_columns
from allstatus.bulk.panel import as_read, panel_column
from allstatus.errors import InvalidRecord

PIECE = 1 << 18  # rows at a time: few enough for the cache, enough that two threads rarely wait for each other
MAX_INDEX = 1 << 22
CellNumbers = NDArray[np.uint16 | np.uint32]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is no record: its number (from 1), the column at fault (empty: the whole row), and why."""

    row: int
    column: str
    reason: str


class Columns:
    """Reads batches with these columns, named as the record's keys or assigned to them."""

    def __init__(self, cells: Cells, names: list[str], assigned: Mapping[str, Source] | None = None) -> None:
        self.cells = cells
        self.sources = assign_columns(names, assigned or {}, tuple(cells.facts))
        self._nothing = len(cells)
        strides, size = _strides(cells)
        self._width = np.dtype(np.uint16 if size * len(RELAPSE_COUNTS) <= 1 << 16 else np.uint32)
        self._keys = {n: Key(cells, n, strides.get(n, 0), self._width, source.values) for n, source in self.sources.items()}
        table = _cell_of_index(cells)
        self.kind = table.dtype
        self._cell_of_index = pa.array(table if "relapse_count" in self.sources else table[:size])

    def cells_of(self, batch: pa.RecordBatch, threads: Executor | None = None) -> tuple[CellNumbers, list[Reject]]:
        """The cell of each row, and the rows refused (whose cell is the number of cells), rows counted from 1."""
        columns = {name: _column(batch, source) for name, source in self.sources.items()}
        coded = {name: self._keys[name].code(column) for name, column in columns.items()}
        starts = range(0, batch.num_rows, PIECE)
        cells = np.empty(batch.num_rows, self.kind)
        run = threads.map if threads else map
        refused = np.concatenate([np.empty(0, np.int64), *run(lambda start: self._fill(cells, coded, start), starts)])
        return cells, sorted(self._refuse(columns, refused), key=lambda reject: reject.row) if len(refused) else []

    def _fill(self, cells: CellNumbers, coded: Mapping[str, Coded], start: int) -> NDArray[np.int64]:
        """Write the cells of one piece; returns its refused rows (from 0)."""
        length = min(PIECE, len(cells) - start)
        index, piece, refused = np.zeros(length, self._width), cells[start : start + length], None
        for column in coded.values():
            if (bad := column.add_to(index, start)) is not None:
                refused = bad if refused is None else refused | bad
        piece[:] = pc.take(self._cell_of_index, pa.array(index), boundscheck=False).to_numpy()
        if refused is not None:
            piece[refused] = self._nothing
        return np.flatnonzero(piece == self._nothing) + start if length and piece.max() == self._nothing else np.empty(0, np.int64)

    def _refuse(self, columns: Mapping[str, pa.Array], rows: NDArray[np.int64]) -> Iterator[Reject]:
        """Why each of these rows (from 0) is refused: the first column that no record can say, or that nothing is stated."""
        for name, column in columns.items():
            part = column.take(pa.array(rows))
            bad = self._keys[name].code(part).add_to(np.zeros(len(rows), self._width), 0)
            if bad is None:
                continue
            for row, value in zip(rows[bad], as_read(part.filter(pa.array(bad))), strict=True):
                yield Reject(int(row) + 1, self.sources[name].column, self._keys[name].refusal(value))
            rows = rows[~bad]
        nothing = nothing_stated(tuple(self.cells.facts))
        for row in rows:
            yield Reject(int(row) + 1, "", f"{nothing.problem}; {nothing.remedy}")


def _column(batch: pa.RecordBatch, source: Source) -> pa.Array:
    return panel_column(batch, source.parts) if source.parts else batch.column(source.column)


def _strides(cells: Cells) -> tuple[dict[str, int], int]:
    """What one step of each fact's state adds to the index, first fact first; the count of relapses stands before all."""
    strides, size = {}, 1
    for name, states in reversed(cells.facts.items()):
        strides[name] = size
        size *= len(states.states)
    strides["relapse_count"] = size
    if size > MAX_INDEX:
        raise InvalidRecord("rules", "ask about too many facts for columns", "classify the records one by one")
    return strides, size


def _cell_of_index(cells: Cells) -> CellNumbers:
    """The cell of every index; one past the last where nothing is stated."""
    kind = np.uint16 if len(cells) < np.iinfo(np.uint16).max else np.uint32
    return np.concatenate(list(_cells_by_count(cells))).astype(kind)


def _cells_by_count(cells: Cells) -> Iterator[NDArray[np.int64]]:
    for count in RELAPSE_COUNTS:
        number, contradicts, stated = np.zeros(1, np.int64), np.zeros(1, bool), np.zeros(1, bool)
        for name, states in cells.facts.items():
            history = cells.history[count][name]
            becomes = np.array([-1 if state is None else state for state in (history[-1], *history[:-1])])
            steps = np.array(states.cell_digit)[becomes] * cells.strides[name]
            number = np.add.outer(number, steps).ravel()
            contradicts = np.logical_or.outer(contradicts, becomes < 0).ravel()
            stated = np.logical_or.outer(stated, becomes != states.not_reported).ravel()
        number[~stated] = len(cells)
        number[contradicts] = cells.conflict
        yield number
