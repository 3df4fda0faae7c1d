"""A file or folder of records in, a folder of decisions out, by Spark: with every row accounted
for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from allstatus.bulk.answer_texts import CELL, WARNINGS
from allstatus.bulk.arrow import Reject
from allstatus.bulk.batch_run import (
    ADULT_RANGES_USED,
    REJECTS,
    BatchFrame,
    BatchJob,
    BatchTotals,
    write_cells,
)
from allstatus.bulk.cells import Cells
from allstatus.bulk.run_frame import Outputs, no_row
from allstatus.bulk.spark.column_types import unread
from allstatus.bulk.spark.expression import REFUSED, locate, quoted, refuse_doubled, with_answers
from allstatus.bulk.spark.record_workers import BY_ADULT_TABLE, AskedRows, Shipped, read_cells
from allstatus.bulk.spark.session import deciding, refusing
from allstatus.bulk.spark.spark_csv import SPOILT
from allstatus.bulk.spark.spark_paths import (
    FILE,
    READABLE,
    ROW,
    UNREADABLE,
    WRITTEN,
    SparkPaths,
    cells_written,
    read_patients,
    shape_of,
    spark_format,
    write_decided,
)
from allstatus.bulk.writers import Target
from allstatus.record.whole_files import PARTIAL

# Of a row that is refused. Rows are told apart by joins on a cell that is never null, since Spark
# would work a condition on it out anew for each of the many places where the expression stands in
# itself: three times the processor time.
NO_CELL = -1
LEFT = 10_000  # refused rows at a time on the driver
PLACES = {FILE: "file", ROW: "row"}


class _Taken(Exception):
    """The record's reader takes a row that the expression does not."""


class SparkBatch(BatchFrame):
    """A job with its source opened and its columns understood; `source` and `target` are paths or
    URIs.
    """

    rows: int | None = None  # counted by Spark, while it writes

    def __init__(
        self, session: SparkSession, cells: Cells, job: BatchJob, source: str, target: str
    ) -> None:
        self.session, self.source, self.target = session, source, target
        self.files = SparkPaths(session)
        spark_format(target, WRITTEN)
        self.files.refuse_target(target, source)
        with refusing(source, UNREADABLE, READABLE):
            self._csv = shape_of(session, source)
            self.patients = read_patients(session, source, self._csv)
            self._places = [ROW] if self.files.is_file(source) else [FILE, ROW]
        names = [name for name in self.patients.columns if name not in (FILE, ROW, SPOILT)]
        super().__init__(cells, job, names)
        kinds = _kinds(self.patients.schema, [*self.read, *self.carried])
        self.refuse_id(dict(zip(kinds.names, kinds.types, strict=True)))
        self.columns.cells_of(pa.RecordBatch.from_pylist([{}], kinds))  # none is unreadable
        judged = [ADULT_RANGES_USED] if self._tells_ranges else []
        refuse_doubled([*self.carried, *self.results.names, WARNINGS, REFUSED, *judged])
        self._asked = AskedRows(
            Shipped.of(cells.ruleset),
            tuple(self.names),
            tuple(self.assigned.items()),
            job.adult_ranges,
        )
        strange = list(unread(cells, self.columns.sources, self.patients.schema))
        self.by_expression = not (strange or self.columns.remarks)

    @property
    def _tells_ranges(self) -> bool:
        schema = self.patients.schema
        return self.tells_ranges(lambda column: isinstance(schema[column].dataType, StructType))

    def totals(self, progress: Callable[[int], None] = lambda _: None) -> BatchTotals:
        """Do the job; returns the totals, checked. Raises InvalidRecord when it cannot be done."""
        try:
            totals = self._totals()
        except _Taken:
            self.by_expression = False
            totals = self._totals()
        progress(totals.rows)
        return totals

    def _totals(self) -> BatchTotals:
        totals = self.nothing_yet()
        with Outputs() as outputs:
            outputs.claim(self.job.rejects, self.job.cells)  # the same names for the same OUT
            try:
                self._decide(outputs, totals)
                totals.check(self.source)
                write_cells(outputs, self.job.cells, self.results, totals.cells)
                outputs.publish()
                self.files.publish(self.target)
            finally:
                self.files.remove(self.target + PARTIAL)
        return totals

    def _decide(self, outputs: Outputs, totals: BatchTotals) -> None:
        """Write the decided rows and those refused, and count both."""
        places = [("file", pa.string())] if FILE in self._places else []
        rejects = outputs.open(self.job.rejects, pa.schema([*places, *REJECTS]))
        with deciding(self.source):
            located = self.located()
            write_decided(self._decided(located), self.target, "overwrite")
            totals.rows = self.patients.count()
            totals.cells = Counter(cells_written(self.session, self.target))
            totals.written = sum(totals.cells.values())
            said = F.count(WARNINGS), F.count_if(F.col(BY_ADULT_TABLE))
            counts = located.where(F.col(CELL) != NO_CELL).agg(*said).first()
            totals.below_one, totals.by_adult_table = counts or (0, 0)
            if totals.rows != totals.written:
                totals.rejected = self._reject(located, rejects)
        if not totals.rows:
            raise no_row(self.source)

    def located(self) -> DataFrame:
        """What is read or carried of each row, with its cell or `NO_CELL`."""
        patients, own = self.patients, list(dict.fromkeys([*self.read, *self.carried]))
        if self._csv:
            patients = self._csv.judged(patients, own)
        spoilt = [SPOILT] if self._csv else []
        wanted = [*own, FILE, ROW, *spoilt]
        if self.by_expression:
            found = locate(patients, self.columns.cells, self.columns.sources, wanted)
            found = found.withColumn(BY_ADULT_TABLE, F.lit(False))  # it reads no components
        else:
            found = read_cells(patients.select(*map(quoted, wanted)), self._asked.of(tuple(wanted)))
        cell = F.when(F.col(SPOILT).isNull(), F.col(CELL)) if spoilt else F.col(CELL)
        return found.withColumn(CELL, F.coalesce(cell, F.lit(NO_CELL)))

    def _decided(self, located: DataFrame) -> DataFrame:
        carried = {name: name for name in self.carried} or {
            name: PLACES[name] for name in self._places
        }
        columns = [F.col(quoted(name)).alias(said) for name, said in carried.items()]
        judged = [F.col(BY_ADULT_TABLE).alias(ADULT_RANGES_USED)] if self._tells_ranges else []
        return with_answers(located, self.results, how="inner").select(
            *columns, *map(quoted, self.results.names), WARNINGS, *judged
        )

    def _reject(self, located: DataFrame, rejects: Target) -> int:
        """Write why each row without a cell is refused, as the record's reader says; returns how
        many.
        """
        spoilt = [SPOILT] if self._csv else []
        refused = located.join(
            F.broadcast(self.session.createDataFrame([(NO_CELL,)], f"{CELL} INT")), CELL
        )
        left = refused.select(*map(quoted, [*self.read, FILE, ROW, *spoilt])).orderBy(FILE, ROW)
        rows, count = left.toLocalIterator(), 0
        while block := list(islice(rows, LEFT)):
            refusals = list(self._refusals(block, left.schema))
            places = [[row[FILE] for row in block]] if FILE in self._places else []
            numbers = [row[ROW] for row in block]
            columns, reasons = [r.column for r in refusals], [r.reason for r in refusals]
            rejects.write_columns([*places, numbers, columns, reasons])
            count += len(block)
        return count

    def _refusals(self, rows: list[Row], schema: StructType) -> Iterator[Reject]:
        """Why each of these rows is refused."""
        whole = _kinds(schema, self.read)
        said = [row.asDict(recursive=True) for row in rows]
        batch = pa.RecordBatch.from_arrays(
            [pa.array([row[f.name] for row in said], f.type) for f in whole], schema=whole
        )
        reasons = {reject.row: reject for reject in self.columns.cells_of(batch)[1]}
        for place, row in enumerate(said, 1):
            if self._csv and row[SPOILT] is not None:
                yield Reject(row[ROW], "", self._csv.why(row[FILE], row[ROW], row[SPOILT]))
            elif place in reasons:
                yield reasons[place]
            else:
                raise _Taken


def _kinds(schema: StructType, names: list[str]) -> pa.Schema:
    """The types of some columns, as Arrow has them."""
    return to_arrow_schema(StructType([field for field in schema if field.name in names]))
