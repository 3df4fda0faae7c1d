"""The cells found by DuckDB with the expression of `allstatus sql`; all else as in `batch_run`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allstatus.bulk.arrow import Reject
from allstatus.bulk.batch_run import BatchJob, BatchRun
from allstatus.bulk.cells import COUNT, Cells
from allstatus.bulk.row_index import CellNumbers
from allstatus.bulk.sources import SLAB, Skip, Slab, refusing
from allstatus.bulk.sql_view import NO_FACT, SqlView
from allstatus.errors import InvalidRecord

USE_ARROW = "use backend arrow"
SETTINGS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "300MB", "threads": 2}


class DuckRun(BatchRun):
    """A job on a Parquet file whose columns the expression can read: words, booleans and
    numbers.
    """

    def __init__(self, cells: Cells, job: BatchJob) -> None:
        super().__init__(cells, job)
        if self.source.format != "parquet" or job.source.is_dir() or job.resume:
            raise InvalidRecord(
                "backend duckdb",
                "reads one Parquet file, and keeps no finished parts",
                USE_ARROW,
            )
        kinds, text = self.source.kinds, set()
        for name, source in self.columns.sources.items():
            if not (source.columns or source.parts):
                continue
            kind = kinds[source.column] if not source.parts else pa.struct([])
            if pa.types.is_string(kind) or pa.types.is_large_string(kind):
                text.add(name)
            self._refuse_type(name, kind)
        self._view = SqlView(cells, self.columns.sources, text=frozenset(text))

    def slabs(self, skip: Skip = lambda _: False) -> Iterator[Slab]:  # noqa: ARG002
        """The file's columns with the cell that DuckDB finds for each row.

        The file is read once before, since DuckDB checks no page's sum.
        """
        for _ in self.source.slabs(self._wanted, {*self.read} - {*self.carried}):
            pass
        carried = {f"c{place}": name for place, name in enumerate(self._wanted)}
        with refusing(self.source.path), duckdb.connect(config=SETTINGS) as database:
            located = self._view.locate(f"read_parquet({_quoted(self.source.path)})", carried)
            found = database.sql(f"{located} SELECT {', '.join(carried)}, cell FROM located")
            row = 1
            for number, batch in enumerate(found.to_arrow_reader(SLAB)):
                yield Slab(number, row, batch.rename_columns([*carried.values(), "cell"]))
                row += batch.num_rows

    def cells_of(self, batch: pa.RecordBatch) -> tuple[CellNumbers, list[Reject]]:
        """The cells found; where the expression finds none, the record's reader has the say, be it
        a cell or a reason.
        """
        cells = batch.column(batch.num_columns - 1)
        found: CellNumbers = (
            pc.fill_null(cells, len(self.columns.cells)).to_numpy().astype(self.columns.kind)
        )
        without = np.flatnonzero(cells.is_null())
        rejects: list[Reject] = []
        if len(without):
            found[without], rejects = self.columns.cells_of(batch.take(pa.array(without)))
        rejects = [
            Reject(int(without[reject.row - 1]) + 1, reject.column, reject.reason)
            for reject in rejects
        ]
        return self.columns.without_taken_back(batch, found, rejects)

    def _refuse_type(self, name: str, kind: pa.DataType) -> None:
        """Refuse a column that the expression cannot read as the record's reader would."""
        fact = self.columns.cells.facts.get(name)
        words = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        numbers = pa.types.is_decimal(kind) or pa.types.is_floating(kind)
        if fact is None and name != COUNT:
            raise InvalidRecord(name, NO_FACT, USE_ARROW)
        if self.columns.sources[name].whole == 1 and not (numbers and kind != pa.float32()):
            numbers = False  # a short float is another number beside a limit such as 0.05
        wanted = {
            "percent": numbers
            or (pa.types.is_integer(kind) and self.columns.sources[name].whole != 1),
            "choice": words,
            "yes_no": words or pa.types.is_boolean(kind),
        }
        if not (wanted[fact.fact.kind] if fact else pa.types.is_integer(kind)):
            problem = f"has a column of {kind}, which the expression does not read"
            raise InvalidRecord(name, problem, USE_ARROW)


def _quoted(path: Path) -> str:
    """A path as SQL says it, and no pattern of paths: DuckDB takes a sign in brackets as it is."""
    if any(0xD800 <= ord(sign) < 0xE000 for sign in str(path)):
        raise InvalidRecord(str(path), "has a name that is not UTF-8", USE_ARROW)
    text = re.sub(r"[*?\[]", r"[\g<0>]", str(path)).replace("'", "''")
    return f"'{text}'"
