"""Files written slab by slab under a name of the run's own (`record.whole_files`)."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allstatus.bulk.answer_texts import CELL
from allstatus.bulk.distinct import values_of
from allstatus.bulk.native_files import native
from allstatus.bulk.sources import format_of
from allstatus.errors import InvalidRecord
from allstatus.record.regular_file import is_folder, within
from allstatus.record.whole_files import cannot_write
from allstatus.render.printable import FORMULA, inert

NOT_WRITTEN = (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError)


class Writer(Protocol):
    """Writes batches of one schema to a file."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch; raises OSError where the place cannot be written."""

    def close(self) -> None:
        """Finish the file; nothing can be written afterwards."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system says of a file it cannot write, as a refusal."""
    try:
        yield
    except NOT_WRITTEN as error:
        raise cannot_write(path, error) from error


def refuse_same_file(read: Sequence[Path], written: Sequence[Path]) -> None:
    """Refuse a file that is named twice, and one that would lie in a folder that is read."""
    named = {os.path.realpath(path) for path in read}
    for path in written:
        with writing(path):  # which has no place where the current folder is gone
            place = os.path.realpath(path)
        if place in named:
            raise named_twice(path)
        if any(is_folder(folder) and within(path, folder) for folder in read):
            remedy = "name a place outside it"
            raise InvalidRecord(str(path), "lies in the folder that is read", remedy)
        named.add(place)


def named_twice(path: Path | str) -> InvalidRecord:
    """The refusal of a file that is to be two."""
    return InvalidRecord(str(path), "is named twice", "give each file a name of its own")


class Target:
    """A file that is written slab by slab; `partial` is its name until it is whole."""

    def __init__(self, path: Path, schema: pa.Schema, partial: Path) -> None:
        self.path = path
        self.schema = schema
        open_writer = WRITERS[format_of(path)]
        with writing(path):
            self._writer: Writer = open_writer(partial, schema)
        self._closed = False

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows; raises InvalidRecord when they cannot be written."""
        with writing(self.path):
            self._writer.write(batch)

    def write_columns(self, columns: Iterable[Sequence[Any]]) -> None:
        """Add rows given column by column, in the file's order."""
        typed = zip(columns, self.schema, strict=True)
        arrays = [pa.array(values, field.type) for values, field in typed]
        self.write(pa.RecordBatch.from_arrays(arrays, schema=self.schema))

    def write_rows(self, rows: list[Mapping[str, Any]]) -> None:
        """Add rows given as objects, in NDJSON."""
        assert isinstance(self._writer, NdjsonFile)
        with writing(self.path):
            self._writer.write_rows(rows)

    def write_lines(self, lines: Iterable[str]) -> None:
        """Add rows that are JSON already, in NDJSON."""
        assert isinstance(self._writer, NdjsonFile)
        with writing(self.path):
            self._writer.write_lines(lines)

    def close(self) -> None:
        """Finish the temporary file."""
        with writing(self.path):
            self._closed = True
            self._writer.close()

    def discard(self) -> None:
        """End writing, finished or not."""
        if not self._closed:
            with suppress(InvalidRecord):
                self.close()


class ParquetFile:
    """Parquet, with dictionaries where the columns have them, and statistics where not: texts in
    every row group tell nothing.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        coded = [
            field.name
            for field in schema
            if pa.types.is_dictionary(field.type) or field.name == CELL
        ]
        carried = [name for name in schema.names if name not in coded]
        self._file = native(path, "wb")
        with _told_by_column(pa.Table.from_batches([], schema)):
            self._writer = pq.ParquetWriter(
                self._file,
                schema,
                use_dictionary=coded or False,
                write_statistics=carried,
                write_page_checksum=True,
            )

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch as a row group."""
        with _told_by_column(batch):
            self._writer.write_batch(batch)

    def close(self) -> None:
        """Write the footer, without which a Parquet file cannot be read."""
        with self._file:
            self._writer.close()


@contextmanager
def _told_by_column(rows: pa.Table | pa.RecordBatch) -> Iterator[None]:
    """What Parquet cannot hold, as a refusal of the column."""
    try:
        yield
    except NOT_WRITTEN:
        for name, column in zip(rows.schema.names, rows.columns, strict=True):
            try:
                pq.write_table(pa.table({name: column}), pa.BufferOutputStream())
            except NOT_WRITTEN:
                problem = f"is a column of {column.type}, which Parquet does not hold so"
                raise InvalidRecord(name, problem, "write NDJSON, or leave it out") from None
        raise


class IpcFile:
    """An Arrow IPC file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = native(path, "wb")
        self._writer = pa.ipc.new_file(self._file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch as an Arrow record batch."""
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Write the footer of the Arrow file."""
        with self._file:
            self._writer.close()


def _json(row: Mapping[str, Any]) -> str:
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False, default=str)
    except ValueError:  # NaN or an infinity, wherever it stands
        told = json.loads(json.dumps(row, default=str), parse_constant=str)
        return json.dumps(told, ensure_ascii=False)


def _inert_column(column: pa.Array) -> list[Any]:
    cells = values_of(column)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return cells
    texts = column.cast(kind)
    runs = pc.any(pc.match_substring_regex(texts, FORMULA)).as_py()
    return list(map(inert, cells)) if runs else cells


class _Lines:
    """Rows of a CSV, each ended by a line feed; what `csv` is to end by both, it quotes both in."""

    def __init__(self, file: TextIO) -> None:
        self._write = file.write

    def write(self, row: str) -> int:
        """Write one row."""
        return self._write(f"{row[:-2]}\n")


class CsvFile:
    """CSV with a header, UTF-8; no cell is run by a spreadsheet."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(_Lines(self._file))
        self._rows.writerow(map(inert, schema.names))

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch, one line each."""
        self._rows.writerows(zip(*map(_inert_column, batch.columns), strict=True))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class NdjsonFile:
    """One JSON object a line, UTF-8."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:  # noqa: ARG002
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch, one JSON object a line."""
        rows = zip(*map(values_of, batch.columns), strict=True)
        self.write_rows([dict(zip(batch.schema.names, row, strict=True)) for row in rows])

    def write_rows(self, rows: list[Mapping[str, Any]]) -> None:
        """Append rows, one JSON object a line; what JSON has no type for is written as text."""
        self.write_lines(map(_json, rows))

    def write_lines(self, lines: Iterable[str]) -> None:
        """Append lines that are JSON already, without their line ends."""
        self._file.writelines(f"{line}\n" for line in lines)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


WRITERS: dict[str, Callable[[Path, pa.Schema], Writer]] = {
    "parquet": ParquetFile,
    "csv": CsvFile,
    "ndjson": NdjsonFile,
    "ipc": IpcFile,
}
