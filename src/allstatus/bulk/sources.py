"""Files of many records, read a slab at a time: Parquet, CSV, NDJSON and Arrow IPC, chosen by
name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from allstatus.bulk.column_mapping import READ
from allstatus.bulk.csv_shape import CsvShape
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.refusals import REMEDIES
from allstatus.record.regular_file import refuse_no_file

SLAB = 1 << 18  # rows
LINES = 1 << 14  # NDJSON lines, which are read one by one
CSV_BLOCK = 1 << 24  # bytes
FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".arrow": "ipc",
    ".ipc": "ipc",
    ".feather": "ipc",
}


@dataclass(frozen=True, slots=True)
class Slab:
    """Rows of a file from `first_row` (counted from 1); `unreadable` are the numbers of those that
    are no row, with why.
    """

    number: int
    first_row: int
    batch: pa.RecordBatch
    unreadable: dict[int, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Rows of the file in this slab, readable or not."""
        return int(self.batch.num_rows) + len(self.unreadable)

    def row_numbers(self) -> NDArray[np.int64]:
        """The number of each row of the batch."""
        numbers = np.arange(self.first_row, self.first_row + self.count)
        return (
            numbers
            if not self.unreadable
            else np.setdiff1d(numbers, list(self.unreadable), assume_unique=True)
        )


Skip = Callable[[int], bool]


CSV_NAMES = (".csv", ".tsv", ".txt")


def format_read(path: Path) -> str:
    """The format that the name of a file to read says: those written, and more spellings of CSV."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return "csv" if plain.suffix.lower() in CSV_NAMES else format_of(path)


def format_of(path: Path) -> str:
    """The format that a file's name says; raises InvalidRecord for another name."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InvalidRecord(
            str(path), "has a name that says no format", f"end it in one of {', '.join(FORMATS)}"
        )
    return kind


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """What a library says of a file it cannot read, as a refusal."""
    try:
        yield
    except FileNotFoundError:
        raise InvalidRecord(str(path), "there is no such file", "give the path of a file") from None
    except PermissionError:
        raise InvalidRecord(str(path), "cannot be read", "check its permissions") from None
    except InvalidRecord:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        kind = FORMATS.get(path.suffix.lower(), "")
        raise InvalidRecord(
            str(path),
            f"is not a whole {kind} file",
            "write it again, and compare its size with the original",
        ) from error


class SlabSource:
    """A file of records: its columns, its rows where the file says, and its slabs in order."""

    def __init__(self, path: Path, known: frozenset[str] = frozenset(), encoding: str = "") -> None:
        self.path, self.format = path, format_read(path)
        self.rows: int | None = None
        refuse_no_file(path, self.format)
        with refusing(path):
            if self.format == "csv":
                self._shape = CsvShape.of(path, known, encoding)
            self.names = self._open()

    def slabs(
        self, columns: list[str], words: set[str], skip: Skip = lambda _: False
    ) -> Iterator[Slab]:
        """The slabs with these columns, in order, but for those to skip; `words` are columns of few
        distinct texts.
        """
        with refusing(self.path):
            read = {
                "parquet": self._parquet,
                "csv": self._csv,
                "ndjson": self._ndjson,
                "ipc": self._ipc,
            }[self.format]
            yield from read(columns, words, skip)

    def _open(self) -> list[str]:
        if self.format == "parquet":
            with pq.ParquetFile(self.path) as file:
                self.rows = file.metadata.num_rows
                return list(file.schema_arrow.names)
        if self.format == "csv":
            return list(self._shape.names)
        if self.format == "ipc":
            with pa.memory_map(str(self.path)) as memory, pa.ipc.open_file(memory) as file:
                return list(file.schema.names)
        return _keys(self.path)

    def _parquet(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:
        with pq.ParquetFile(self.path) as plain:
            texts = {
                name for name in words if pa.types.is_string(plain.schema_arrow.field(name).type)
            }
        number, row = 0, 1
        with pq.ParquetFile(
            self.path, read_dictionary=sorted(texts), page_checksum_verification=True
        ) as file:
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                slabs = range(number, number + -(-rows // SLAB))
                if not all(skip(slab) for slab in slabs):
                    for slab, batch in zip(
                        slabs,
                        file.iter_batches(SLAB, row_groups=[group], columns=columns),
                        strict=True,
                    ):
                        if not skip(slab):
                            batch.validate(full=True)
                            yield Slab(slab, row + (slab - number) * SLAB, batch)
                number, row = slabs.stop, row + rows

    def _csv(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:  # noqa: ARG002
        spoilt: dict[int, str] = {}
        shape = self._shape
        shape.check()
        reader = pa_csv.open_csv(
            self.path,
            read_options=pa_csv.ReadOptions(
                use_threads=False,
                block_size=CSV_BLOCK,
                skip_rows=shape.above,
                encoding="utf8" if shape.encoding.startswith("utf-8") else shape.encoding,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=shape.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(self.names) > 1,
                invalid_row_handler=lambda row: _spoil(spoilt, row, shape.above),
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()),
                include_columns=columns,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        number, row = 0, 1
        with reader:
            for batch in reader:
                slab = Slab(number, row, batch, _first(spoilt, row + batch.num_rows))
                number, row = number + 1, row + slab.count
                if not skip(slab.number):
                    yield slab
            if spoilt and not skip(number):
                yield Slab(number, row, batch.slice(0, 0), spoilt)

    def _ipc(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:  # noqa: ARG002
        row = 1
        with pa.memory_map(str(self.path)) as memory, pa.ipc.open_file(memory) as file:
            number = 0
            for place in range(file.num_record_batches):
                batch = file.get_batch(place).select(columns)
                batch.validate(full=True)
                for start in range(0, batch.num_rows, SLAB):
                    part = batch.slice(start, SLAB)
                    if not skip(number):
                        yield Slab(number, row, part)
                    number, row = number + 1, row + part.num_rows

    def _ndjson(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:  # noqa: ARG002
        row = 1
        with self.path.open("rb") as file:
            lines = (line for line in file if line.strip())
            number = 0
            while block := list(islice(lines, LINES)):
                if not skip(number):
                    yield _parse_lines(number, row, block, columns)
                number, row = number + 1, row + len(block)


def _spoil(spoilt: dict[int, str], row: Any, above: int) -> str:
    """Note a row that has not one value for each column; the header follows the lines `above`."""
    spoilt[row.number - 1 - above] = (
        f"has {row.actual_columns} values for {row.expected_columns} columns; write one value for "
        f"each column"
    )
    return "skip"


def _first(spoilt: dict[int, str], end: int) -> dict[int, str]:
    """Take out the spoilt rows that stand before the end, which moves on with each."""
    taken = {}
    for number in sorted(spoilt):
        if number >= end:
            break
        taken[number] = spoilt.pop(number)
        end += 1
    return taken


def _parse_lines(number: int, first_row: int, lines: list[bytes], columns: list[str]) -> Slab:
    """Lines of JSON as columns of text: numbers as they are spelled, objects and lists as JSON."""
    values: dict[str, list[str | None]] = {name: [] for name in columns}
    unreadable = {}
    for row, line in enumerate(lines, first_row):
        try:
            record = _object(line)
        except InvalidRecord as error:
            where = "" if error.field in ("input", "record") else f"{error.field}: "
            unreadable[row] = f"{where}{error.problem}; {error.remedy}"
            continue
        for name, texts in values.items():
            texts.append(_spelled(record.get(name)))
    arrays = [pa.array(texts, pa.string()) for texts in values.values()]
    return Slab(number, first_row, pa.RecordBatch.from_arrays(arrays, columns), unreadable)


def _object(line: bytes) -> dict[str, Any]:
    record = parse_json(line)
    if not isinstance(record, dict):
        raise InvalidRecord("record", "is not an object", "give one JSON object for one patient")
    if not isinstance(record.get("id"), str | int | None) or isinstance(record.get("id"), bool):
        raise InvalidRecord("id", "is not one of the values it can take", REMEDIES["id"])
    return record


def _spelled(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, default=str) if isinstance(value, dict | list | bool) else str(value)


def _keys(path: Path) -> list[str]:
    """The columns of an NDJSON file: the keys of its first lines, and all keys of a record, which
    may come later.
    """
    with path.open("rb") as file:
        keys: dict[str, None] = {}
        for line in islice((line for line in file if line.strip()), LINES):
            try:
                keys.update(dict.fromkeys(_object(line)))
            except InvalidRecord:
                continue
    split = any(key.startswith("cbc.") for key in keys)
    return list(keys | dict.fromkeys(key for key in READ if not (split and key == "cbc")))
