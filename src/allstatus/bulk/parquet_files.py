"""Parquet: a file, or a folder of them whose names of folders are columns (`ward=5`, as Hive has
them). Pages are held against their checksums, and what is read is validated.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from allstatus.bulk.native_files import native
from allstatus.errors import InvalidRecord
from allstatus.record.regular_file import is_folder

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
ENDS = (".parquet", ".pq")


class ParquetTable:
    """The files of a table, in the order of their paths; raises InvalidRecord for a folder of
    none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files = sorted(parquet_files(path)) if path.is_dir() else [path]
        if not self.files:
            raise InvalidRecord(str(path), "is a folder", "give the path of one file")
        folders = self._folders(self.files[0])
        with _opened(self.files[0]) as first:
            schema = first.schema_arrow
        self.schema = pa.schema([*schema, *((name, pa.string()) for name in folders)])
        self.rows = sum(_rows(file) for file in self.files)

    def groups(self, columns: list[str], words: set[str]) -> Iterator[tuple[int, RowGroup]]:
        """Each row group with the rows that it has; `words` are columns of few distinct texts."""
        for path in self.files:
            folders = self._folders(path)
            with _opened(path) as plain:
                missing = set(columns) - {*plain.schema_arrow.names, *folders}
                if missing:
                    raise InvalidRecord(
                        str(path), f"has no column '{min(missing)}'", "write all files alike"
                    )
                kinds = {name: plain.schema_arrow.field(name).type for name in words - {*folders}}
            texts = sorted(name for name, kind in kinds.items() if pa.types.is_string(kind))
            with _opened(path, texts) as file:
                for group in range(file.num_row_groups):
                    yield (
                        file.metadata.row_group(group).num_rows,
                        RowGroup(file, group, columns, folders),
                    )

    def _folders(self, path: Path) -> dict[str, str | None]:
        """The columns that the folders above a file say."""
        between = path.relative_to(self.path).parts[:-1] if path != self.path else ()
        pairs = (part.partition("=") for part in between)
        found = {name: unquote(value) for name, mark, value in pairs if mark}
        return {name: None if value == NO_VALUE else value for name, value in found.items()}


class RowGroup:
    """One row group of a file, with what the folders above it say."""

    def __init__(
        self, file: pq.ParquetFile, group: int, columns: list[str], folders: dict[str, str | None]
    ) -> None:
        self._file, self._group, self._columns, self._folders = file, group, columns, folders

    def batches(self, size: int) -> Iterator[pa.RecordBatch]:
        """Its rows with the columns wanted, validated."""
        stored = [name for name in self._columns if name not in self._folders]
        for batch in self._file.iter_batches(size, row_groups=[self._group], columns=stored):
            batch.validate(full=True)
            said = {
                name: _every(batch.num_rows, self._folders[name])
                if name in self._folders
                else batch.column(name)
                for name in self._columns
            }
            yield readable(pa.RecordBatch.from_pydict(said))


def parquet_files(folder: Path) -> Iterator[Path]:
    """The Parquet files in a folder and those below, but for hidden ones and notes (`_SUCCESS`)."""
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.suffix.lower() in ENDS and not any(part[:1] in "._" for part in parts):
            yield path


def holds_parquet(path: Path) -> bool:
    """Whether a path is a folder of Parquet files."""
    return is_folder(path) and any(parquet_files(path))


def readable(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Short decimals as long ones, which every reader knows."""
    short = [getattr(pa.types, name, lambda _: False) for name in ("is_decimal32", "is_decimal64")]
    arrays = [
        column.cast(pa.decimal128(column.type.precision, column.type.scale))
        if any(test(column.type) for test in short)
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, batch.schema.names)


def _opened(path: Path, texts: list[str] | None = None) -> pq.ParquetFile:
    file = native(path)
    return pq.ParquetFile(file, read_dictionary=texts, page_checksum_verification=True)


def _rows(path: Path) -> int:
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def _every(rows: int, said: str | None) -> pa.DictionaryArray:
    """One text in every row."""
    codes = pa.array(np.zeros(rows, np.int8), mask=np.full(rows, said is None))
    return pa.DictionaryArray.from_arrays(codes, pa.array([said or ""], pa.string()))
