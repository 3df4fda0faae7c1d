"""A data frame of patients in, a data frame of decisions out: one expression, and a broadcast join
with a small table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import sqlglot
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from allstatus.bulk.answer_texts import CELL, WARNINGS
from allstatus.bulk.cells import Cells
from allstatus.bulk.column_mapping import assign_columns
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.remark_columns import refuse_remarks
from allstatus.bulk.result_columns import Results
from allstatus.bulk.run_frame import doubled_column
from allstatus.bulk.spark.column_types import unread
from allstatus.bulk.sql_view import PLAIN, SqlView
from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import InvalidRecord

REFUSED = "refused"


def decide(
    patients: DataFrame,
    *,
    columns: Mapping[str, ColumnSource | str] | None = None,
    keep: Sequence[str] | None = None,
    rules: Classifier | None = None,
    explain: bool = False,
) -> DataFrame:
    """Decide on each row of a data frame; nothing is run until the answer is used, and workers need
    no Python.

    `columns` says which column a key of the record is read from, else columns are named as the
    keys: yes/no facts as booleans or words, choices as words, percentages as numbers. `keep` are
    columns to copy, `id` if nothing is said. A row that no record could be has its reason in
    `refused`, and nothing else. Raises InvalidRecord for a column that cannot be read exactly.
    """
    results = Results(Cells(rules or load_rules()), explain=explain)
    assigned = {
        key: ColumnSource(source) if isinstance(source, str) else source
        for key, source in (columns or {}).items()
    }
    refuse_remarks(assigned)
    sources = assign_columns(patients.columns, assigned, *results.cells.keys)
    for refusal in unread(results.cells, sources, patients.schema):
        raise refusal
    kept = [name for name in ("id",) if name in patients.columns] if keep is None else list(keep)
    if absent := [name for name in kept if name not in patients.columns]:
        remedy = f"keep some of {', '.join(patients.columns)}"
        raise InvalidRecord(absent[0], "is not a column of the data frame", remedy)
    written = [*kept, *results.names, WARNINGS, REFUSED]
    refuse_doubled(written)
    located = locate(patients, results.cells, sources, kept)
    return with_answers(located, results, how="left").select(*map(quoted, written))


def locate(
    patients: DataFrame, cells: Cells, sources: Mapping[str, ColumnSource], carried: Sequence[str]
) -> DataFrame:
    """The carried columns of each row, its cell (null where no record could be so), and why there
    is none.
    """
    kinds = {field.name: field.dataType for field in patients.schema}
    text = {name for name, source in sources.items() if kinds[source.column] == StringType()}
    short = {f"c{place}": name for place, name in enumerate(carried)}
    frame = patients.alias("p")
    for step in SqlView(cells, sources, text=frozenset(text)).steps(short):
        frame = frame.selectExpr(*_in_spark_sql(step))
    return frame.select(
        *(F.col(name).alias(whole) for name, whole in short.items()), REFUSED, WARNINGS, CELL
    )


def with_answers(located: DataFrame, results: Results, how: str) -> DataFrame:
    """Joined by cell with what the decision says; `how` is `left`, or `inner` to leave out rows
    without a cell.
    """
    return located.join(F.broadcast(_answers(located.sparkSession, results)), CELL, how)


def _answers(session: SparkSession, results: Results) -> DataFrame:
    """The small table: for each cell, the text of every column."""
    names = [name for name in results.names if name != CELL]
    texts = {name: pa.array(results.lookups[name].texts, pa.string()) for name in names}
    cells = pa.array(range(len(results.cells)), pa.int32())
    return session.createDataFrame(pa.table({CELL: cells, **texts}))


def _in_spark_sql(columns: Sequence[str]) -> list[str]:
    """Columns in plain SQL, each in Spark's."""
    parsed = sqlglot.parse_one(f"SELECT {', '.join(columns)}", read=PLAIN)
    return [column.sql(dialect="spark", comments=False) for column in parsed.expressions]


def refuse_doubled(names: Sequence[str]) -> None:
    """Refuse column names that Spark, to which upper and lower case are the same, could not tell
    apart.
    """
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise doubled_column(name)
        seen.add(name.casefold())


def quoted(name: str) -> str:
    """A column's name as Spark reads it, whatever is in it."""
    return "`" + name.replace("`", "``") + "`"
