"""CSV as Spark reads and writes it: its header and what is wrong with a row as without Spark, and
no cell that a spreadsheet would run.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from allstatus.bulk.column_mapping import refuse_read_twice
from allstatus.bulk.csv_shape import FIRST, header_of, is_empty, open_quote, too_long, uneven
from allstatus.errors import InvalidRecord
from allstatus.record.row_bounds import LONGEST_ROW
from allstatus.render.printable import FORMULA, NUMBER, inert

SPOILT = "__spoilt"
OPTIONS: dict[str, bool | str] = {
    "header": True,
    "quote": '"',
    "escape": '"',
    "multiLine": True,
    "encoding": "UTF-8",
    "lineSep": "\n",
    "ignoreLeadingWhiteSpace": False,
    "ignoreTrailingWhiteSpace": False,
}
CRLF = "\r\n"
NO_TEXT = "\ufffd"  # what Spark makes of bytes that are not UTF-8
NOT_UTF8 = "is not UTF-8 text"
AS_UTF8 = "save it as UTF-8, with line feeds"
LONG, OPEN = "long", "open"  # why a file is refused at a row


@dataclass(frozen=True, slots=True)
class SparkCsv:
    """How the files at a place are written."""

    place: str  # as Spark reads it, by its letters
    delimiter: str
    line_end: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, session: SparkSession, place: str, where: str) -> SparkCsv:
        """By the first lines of one file; raises InvalidRecord where Spark cannot be used with such
        files.
        """
        first = session.read.text(place, lineSep="\n").take(FIRST)
        said = [row[0].removeprefix("\ufeff") for row in first]
        lines = [f"{line}\n" for line in said if line.strip()]
        if not lines:
            raise is_empty(where)
        line_end = CRLF if lines[0].endswith(CRLF) else "\n"
        _refuse_text(where, lines[0].removesuffix(line_end))
        delimiter, names = header_of(where, lines)
        _refuse_names(where, names)
        return cls(place, delimiter, line_end, names)

    def read(self, session: SparkSession) -> DataFrame:
        """The rows, every column text; `SPOILT` is what stands in one that has not one value for
        each column.
        """
        schema = StructType([StructField(name, StringType()) for name in (*self.names, SPOILT)])
        options = OPTIONS | {"sep": self.delimiter, "lineSep": self.line_end}
        reader = session.read.options(**options, columnNameOfCorruptRecord=SPOILT)
        return reader.schema(schema).option("enforceSchema", False).csv(self.place)

    def judged(self, frame: DataFrame, read: list[str]) -> DataFrame:
        """The same with `SPOILT` for what else is wrong: a row that is too long or goes on over
        rows of its own, and a text of the columns `read` that is not UTF-8.
        """
        row = F.concat_ws("\0", *(F.col(_quoted(name)) for name in (*self.names, SPOILT)))
        others = len(self.names) - 1
        sign = re.escape(self.delimiter)
        swallowed = rf"\n([^\n{sign}\x00]*{sign}){{{others}}}"
        read_text = F.concat_ws("\0", *(F.col(_quoted(name)) for name in read))
        spoilt = (
            F.when(F.octet_length(row) > LONGEST_ROW, LONG)
            .when(row.rlike(swallowed), OPEN)
            .when(read_text.contains(NO_TEXT), NO_TEXT)
            .otherwise(F.col(SPOILT))
        )
        return frame.withColumn(SPOILT, spoilt)

    def why(self, place: str, row: int, spoilt: str) -> str:
        """Why a row is rejected; raises InvalidRecord where it tells that its file is damaged."""
        if spoilt == LONG:
            raise too_long(f"{place}, row {row}")
        if spoilt == OPEN:
            raise open_quote(f"{place}, row {row}")
        if spoilt == NO_TEXT:
            return f"{NOT_UTF8}; {AS_UTF8}"
        values = next(csv.reader(StringIO(spoilt, newline=""), delimiter=self.delimiter), [])
        return uneven(len(values), len(self.names))


def _refuse_text(where: str, header: str) -> None:
    """Refuse files in another encoding, or with other ends of lines."""
    if NO_TEXT in header or "\0" in header:
        raise InvalidRecord(where, NOT_UTF8, AS_UTF8)
    if "\r" in header:
        raise InvalidRecord(where, "lacks line feeds", AS_UTF8)


def _refuse_names(where: str, names: tuple[str, ...]) -> None:
    """Refuse columns that Spark does not read as they are; where there is one, it passes over blank
    lines.
    """
    if len(names) == 1 or not all(names):
        problem = "has one column only, or one without a name"
        raise InvalidRecord(where, problem, "give it a second, each with a name")
    folded = [name.casefold() for name in names]  # which are one name to Spark
    refuse_read_twice(folded, folded)


def inert_texts(frame: DataFrame) -> DataFrame:
    """What is written as CSV: texts as a spreadsheet shows them, the columns' names too."""
    columns = [
        _inert(field.name) if isinstance(field.dataType, StringType) else _quoted(field.name)
        for field in frame.schema
    ]
    return frame.select(*columns).toDF(*(str(inert(name)) for name in frame.columns))


def _inert(name: str) -> Column:
    text = F.col(_quoted(name))
    runs = text.rlike(FORMULA) & ~text.rlike(f"^(?:{NUMBER.pattern})$")
    return F.when(runs, F.concat(F.lit("'"), text)).otherwise(text).alias(name)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
