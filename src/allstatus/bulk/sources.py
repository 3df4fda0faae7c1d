"""Files of many records, read a slab at a time: Parquet, CSV, NDJSON and Arrow IPC, chosen by
name.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from allstatus.bulk.csv_shape import CsvShape, uneven
from allstatus.bulk.native_files import mapped, unpacked
from allstatus.bulk.ndjson_lines import Check, Unreadable, blocks, keys_of, parse_lines
from allstatus.bulk.parquet_files import ParquetTable, holds_parquet, readable
from allstatus.errors import InvalidRecord
from allstatus.record.regular_file import NO_FILE, refuse_no_file
from allstatus.record.row_bounds import LONGEST_ROW

SLAB = 1 << 18  # rows
CSV_BLOCK = LONGEST_ROW
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
    are no row, with the column at fault (empty: the whole row) and why.
    """

    number: int
    first_row: int
    batch: pa.RecordBatch
    unreadable: dict[int, Unreadable] = field(default_factory=dict)

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
    if holds_parquet(path):
        return "parquet"
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return "csv" if plain.suffix.lower() in CSV_NAMES else format_of(path)


def format_of(path: Path) -> str:
    """The format that a file's name says; raises InvalidRecord for another name."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise wrong_ending(path, "format", FORMATS)
    return kind


def wrong_ending(path: Path | str, what: str, endings: Iterable[str]) -> InvalidRecord:
    """The refusal of a name that does not end in one of these, so that it does not say what it
    should.
    """
    remedy = f"end it in one of {', '.join(endings)}"
    return InvalidRecord(str(path), f"has a name that says no {what}", remedy)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """What a library says of a file it cannot read, as a refusal."""
    try:
        yield
    except InvalidRecord:
        raise
    except FileNotFoundError:
        raise InvalidRecord(str(path), NO_FILE, "give the path of a file") from None
    except PermissionError:
        raise InvalidRecord(str(path), "cannot be read", "check its permissions") from None
    except (pa.ArrowException, EOFError, OSError, ValueError, zlib.error) as error:
        kind = FORMATS.get(path.suffix.lower(), path.suffix.lstrip("."))
        raise InvalidRecord(
            str(path),
            f"is not a whole {kind} file",
            "write it again, and compare its size with the original",
        ) from error


class SlabSource:
    """A file of records: its columns, its rows where the file says, and its slabs in order."""

    def __init__(
        self,
        path: Path,
        known: frozenset[str] = frozenset(),
        encoding: str = "",
        *,
        keys: Sequence[str] = (),
        check: Check | None = None,
    ) -> None:
        """`keys` are columns that any line of NDJSON may have; `check` raises InvalidRecord for a
        line that is no record, where lines are records.
        """
        self.path, self.format = path, format_read(path)
        self.rows: int | None = None
        self.kinds: dict[str, pa.DataType] = {}
        self.left: list[str] | None = None  # what stands in rows that are none, where it is kept
        self._keys, self._check = keys, check
        if not holds_parquet(path):
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
            self._table = ParquetTable(self.path)
            self.rows = self._table.rows
            return self._typed(self._table.schema)
        if self.format == "csv":
            return list(self._shape.names)
        if self.format == "ipc":
            with mapped(self.path) as memory, pa.ipc.open_file(memory) as file:
                return self._typed(file.schema)
        return keys_of(self.path, self._keys)

    def _typed(self, schema: pa.Schema) -> list[str]:
        self.kinds = dict(zip(schema.names, schema.types, strict=True))
        return list(schema.names)

    def _parquet(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:
        number, row = 0, 1
        for rows, group in self._table.groups(columns, words):
            slabs = range(number, number + -(-rows // SLAB))
            if not all(skip(slab) for slab in slabs):
                for slab, batch in zip(slabs, group.batches(SLAB), strict=True):
                    if not skip(slab):
                        yield Slab(slab, row + (slab - number) * SLAB, batch)
            number, row = slabs.stop, row + rows

    def _csv(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:  # noqa: ARG002
        spoilt: dict[int, Unreadable] = {}
        shape = self._shape
        shape.check()
        reader = pa_csv.open_csv(
            unpacked(self.path),
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
                invalid_row_handler=lambda row: self._spoil(spoilt, row, shape.above),
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
            for batch in _parts(reader):
                slab = Slab(number, row, batch, _first(spoilt, row + batch.num_rows))
                number, row = number + 1, row + slab.count
                if not skip(slab.number):
                    yield slab
            if spoilt and not skip(number):
                nothing = pa.RecordBatch.from_pylist([], schema=reader.schema)
                yield Slab(number, row, nothing, spoilt)

    def _ipc(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:  # noqa: ARG002
        row = 1
        with mapped(self.path) as memory, pa.ipc.open_file(memory) as file:
            number = 0
            for place in range(file.num_record_batches):
                batch = readable(file.get_batch(place).select(columns))
                batch.validate(full=True)
                for start in range(0, batch.num_rows, SLAB):
                    part = batch.slice(start, SLAB)
                    if not skip(number):
                        yield Slab(number, row, part)
                    number, row = number + 1, row + part.num_rows

    def _spoil(self, spoilt: dict[int, Unreadable], row: Any, above: int) -> str:
        """Note a row that has not one value for each column; the header follows the lines
        `above`.
        """
        if self.left is not None:
            self.left.append(row.text)
        spoilt[row.number - 1 - above] = (
            "",
            uneven(row.actual_columns, row.expected_columns),
        )
        return "skip"

    def _ndjson(self, columns: list[str], words: set[str], skip: Skip) -> Iterator[Slab]:  # noqa: ARG002
        row = 1
        for number, block in enumerate(blocks(self.path, len(columns) or 1)):
            if not skip(number):
                slab = Slab(number, row, *parse_lines(row, block, columns, self._check))
                if self.left is not None:
                    self.left += (block[n - row].decode(errors="replace") for n in slab.unreadable)
                yield slab
            row += len(block)


def _parts(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, each of no more rows than a slab has."""
    for batch in batches:
        for start in range(0, batch.num_rows, SLAB) or (0,):
            yield batch.slice(start, SLAB)


def _first(spoilt: dict[int, Unreadable], end: int) -> dict[int, Unreadable]:
    """Take out the spoilt rows that stand before the end, which moves on with each."""
    taken = {}
    for number in sorted(spoilt):
        if number >= end:
            break
        taken[number] = spoilt.pop(number)
        end += 1
    return taken
