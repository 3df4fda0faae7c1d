"""Arrow columns in, a cell for every row out: sums of small numbers, and one look-up.

batch -> a part of the index from each column -> index -> cell -> anything the decision says
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from allstatus.bulk.cbc_columns import (
    People,
    adult_code,
    fields_of,
    holds_panels,
    panel_column,
    panel_texts,
    parts_of,
    sex_code,
)
from allstatus.bulk.cells import Cells
from allstatus.bulk.column_encoders import Coded
from allstatus.bulk.column_mapping import assign_columns, refuse_read_twice, refuse_unsayable
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.columns import KeyColumn, column_of, spelled_out
from allstatus.bulk.distinct import as_read, coded_by, indices, words_of
from allstatus.bulk.remark_columns import REMEDY, remark_columns
from allstatus.bulk.row_index import PIECE, CellNumbers, Index
from allstatus.table.facts import BELOW_ONE, nothing_stated


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is no record: its number (from 1), the column at fault (empty: the whole row), and
    why.
    """

    row: int
    column: str
    reason: str


_Panel = tuple[pa.Array, NDArray[np.bool_]]


class Columns:
    """Reads batches with these columns, named as the record's keys or assigned to them."""

    def __init__(
        self,
        cells: Cells,
        names: list[str],
        assigned: Mapping[str, ColumnSource] | None = None,
        *,
        adult_ranges: bool = True,
    ) -> None:
        self.cells, self._adult_ranges = cells, adult_ranges
        self.sources = assign_columns(names, assigned or {}, *cells.keys)
        refuse_unsayable(cells, self.sources)
        used = {"id", *(name for source in self.sources.values() for name in source.columns)}
        self.remarks = remark_columns(names, assigned or {}, used)
        refuse_read_twice(names, self.remarks)
        self._nothing = len(cells)
        self._index = Index(cells, self.sources)
        self.kind = self._index.kind
        self._judged: tuple[pa.RecordBatch, _Panel] | None = None  # of the last batch
        self._keys = {
            name: KeyColumn(cells, name, self._index.digit(name), source)
            for name, source in self.sources.items()
        }

    def cells_of(
        self, batch: pa.RecordBatch, threads: Executor | None = None
    ) -> tuple[CellNumbers, list[Reject]]:
        """The cell of each row, and the rows refused (whose cell is the number of cells), rows
        counted from 1.
        """
        columns = {
            name: self._panel(batch)[0] if name == "cbc" else column_of(batch, source)
            for name, source in self.sources.items()
        }
        coded = {name: self._keys[name].code(column) for name, column in columns.items()}
        starts = range(0, batch.num_rows, PIECE)
        cells = np.empty(batch.num_rows, self.kind)
        run = threads.map if threads else map
        parts = run(lambda start: self._fill(cells, coded, start), starts)
        refused = np.concatenate([np.empty(0, np.int64), *parts])
        rejects = list(self._refuse(columns, refused)) if len(refused) else []
        return self.without_taken_back(batch, cells, rejects)

    def without_taken_back(
        self, batch: pa.RecordBatch, cells: CellNumbers, rejects: list[Reject]
    ) -> tuple[CellNumbers, list[Reject]]:
        """The same, rows refused too that a remark beside them takes back."""
        for name, hear in self.remarks.items():
            words = words_of(batch.column(name))
            said = [*(hear(str(text)) for text in as_read(words.dictionary)), ""]
            places = indices(words)
            for row in np.flatnonzero(np.array([bool(why) for why in said])[places]):
                if cells[row] != self._nothing:
                    rejects.append(Reject(int(row) + 1, name, f"{said[places[row]]}; {REMEDY}"))
                    cells[row] = self._nothing
        return cells, sorted(rejects, key=lambda reject: reject.row)

    def by_adult_ranges(self, batch: pa.RecordBatch) -> NDArray[np.bool_]:
        """Whether the adult table decided on a component of each row's blood count."""
        if "cbc" not in self.sources:
            return np.zeros(batch.num_rows, np.bool_)
        by_default: NDArray[np.bool_] = self._panel(batch)[1]
        return by_default

    def warnings(self, batch: pa.RecordBatch) -> pa.Array:
        """What `classify` would warn of in each row, null where of nothing: a bare number below 1
        that is read as percent.
        """
        below = np.zeros(batch.num_rows, np.bool_)
        for name, key in self._keys.items():
            if key.scale is not None:
                below |= key.fractions(column_of(batch, self.sources[name]))
        codes = pa.array(np.zeros(batch.num_rows, np.int8), mask=~below)
        return pa.DictionaryArray.from_arrays(codes, pa.array([BELOW_ONE]))

    def _panel(self, batch: pa.RecordBatch) -> _Panel:
        """The blood count as one column, judged once a batch."""
        if self._judged is None or self._judged[0] is not batch:
            self._judged = batch, self._judge(batch)
        return self._judged[1]

    def _judge(self, batch: pa.RecordBatch) -> _Panel:
        """The blood count as one column, its components judged for whose they are."""
        source = self.sources["cbc"]
        if source.parts:
            parts = {
                key: spelled_out(column_of(batch, part), part) for key, part in source.parts.items()
            }
            return panel_column(parts_of(parts), self._people(batch))
        column = column_of(batch, source)
        if pa.types.is_struct(column.type) and (components := fields_of(column)):
            return panel_column(components, self._people(batch))
        if source.as_it_stands and holds_panels(column):
            return panel_texts(column, self._people(batch))
        return column, np.zeros(batch.num_rows, np.bool_)

    def _people(self, batch: pa.RecordBatch) -> People:
        """Sex and age of each row, as far as there are columns of them."""
        sex = self._coded(batch, "sex", sex_code)
        adult = self._coded(batch, "age_years", adult_code)
        return People.of(sex, adult, adult_ranges=self._adult_ranges)

    def _coded(
        self, batch: pa.RecordBatch, name: str, code: Callable[[object], int]
    ) -> NDArray[np.int64]:
        """A code for what each row states under a key, or for nothing where there is no column."""
        if name not in self.sources:
            return np.full(batch.num_rows, code(None), np.int64)
        column, key = column_of(batch, self.sources[name]), self._keys[name]
        return coded_by(column, lambda said: code(None if key.refusal(said) else key.stated(said)))

    def _fill(
        self, cells: CellNumbers, coded: Mapping[str, Coded], start: int
    ) -> NDArray[np.int64]:
        """Write the cells of one piece; returns its refused rows (from 0)."""
        length = min(PIECE, len(cells) - start)
        digits, piece, refused = self._index.zeros(length), cells[start : start + length], None
        for name, column in coded.items():
            if (bad := column.add_to(digits[self._keys[name].byte], start)) is not None:
                refused = bad if refused is None else refused | bad
        index = pa.array(self._index.join(digits))
        piece[:] = pc.take(self._index.cell_of, index, boundscheck=False).to_numpy()
        if refused is not None:
            piece[refused] = self._nothing
        if not length or piece.max() != self._nothing:
            return np.empty(0, np.int64)
        return np.flatnonzero(piece == self._nothing) + start

    def _refuse(self, columns: Mapping[str, pa.Array], rows: NDArray[np.int64]) -> Iterator[Reject]:
        """Why each of these rows (from 0) is refused: the first column that no record can say, or
        that nothing is stated.
        """
        for name, column in columns.items():
            part = column.take(pa.array(rows))
            bad = self._keys[name].code(part).add_to(np.zeros(len(rows), np.uint8), 0)
            if bad is None:
                continue
            for row, value in zip(rows[bad], as_read(part.filter(pa.array(bad))), strict=True):
                refusal = self._keys[name].refusal(value)
                assert refusal is not None
                reason = f"{refusal.problem}; {refusal.remedy}"
                yield Reject(int(row) + 1, refusal.field, reason)
            rows = rows[~bad]
        nothing = nothing_stated(tuple(self.cells.facts))
        for row in rows:
            yield Reject(int(row) + 1, "", f"{nothing.problem}; {nothing.remedy}")
