"""How a CSV file is written: encoding, delimiter and where its header stands, told from its first
lines; and why one cannot be read, with the line.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, cast

import numpy as np

from allstatus.errors import InvalidRecord
from allstatus.record.row_bounds import LONGEST_ROW, MOST_COLUMNS, SHORTER, too_many_columns

DELIMITERS = (",", ";", "\t", "|")
FIRST = 20  # lines among which the header is looked for
BLOCK = 1 << 20  # characters
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class CsvShape:
    """The encoding by Python's name, the delimiter, the lines above the header, and the header."""

    path: Path
    encoding: str
    delimiter: str
    above: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: Path, known: frozenset[str] = frozenset(), encoding: str = "") -> CsvShape:
        """The shape of a file; its header is the first line that names a `known` column, else the
        first. Raises InvalidRecord for an empty file, for too long a line or too many columns, and
        where a line is not of the encoding.
        """
        encoding = _known(encoding) if encoding else _marked(path)
        with _text(path, encoding) as file:
            lines = list(_first(_lines(path, file)))
        if not any(line.strip() for line in lines):
            raise is_empty(str(path))
        stated = lines[0].strip().strip('"')
        if stated.lower().startswith("sep=") and len(stated) == len("sep=;"):
            return cls(path, encoding, stated[-1], 1, _header(path, lines, 1, stated[-1]))
        wanted = {name.casefold() for name in known}
        for above, line in enumerate(lines):
            delimiter = _delimiter(line)
            names = _names(path, lines, above, delimiter)
            if wanted & {name.strip().casefold() for name in names}:
                return cls(path, encoding, delimiter, above, names)
        delimiter = _delimiter(lines[0])
        return cls(path, encoding, delimiter, 0, _header(path, lines, 0, delimiter))

    def check(self) -> None:
        """Raise InvalidRecord, with the line, where a text is opened by a quote and not closed, or
        goes on over lines that are rows of their own, where a row is too long, or where a line is
        not of the encoding.
        """
        if not self._is_read_by_rows():
            return
        with _text(self.path, self.encoding) as file:
            lines = _RowLines(self, islice(_lines(self.path, file), self.above, None))
            rows = csv.reader(lines, delimiter=self.delimiter, strict=True)
            try:
                for row in rows:
                    if rows.line_num > lines.before + 1 and self._swallows(row):
                        raise self.open_quote(lines.before)
                    lines.before, lines.size = rows.line_num, 0
            except csv.Error:
                raise self.open_quote(lines.before) from None

    def _swallows(self, row: list[str]) -> bool:
        """Whether a text of several lines holds one that is a row by itself."""
        return any(self.is_row(line) for text in row for line in text.split("\n")[1:])

    def is_row(self, line: str) -> bool:
        """Whether a line within a text would be a row by itself."""
        return 1 < len(self.names) <= line.count(self.delimiter) + 1

    def open_quote(self, before: int) -> InvalidRecord:
        """The refusal of the row that follows so many lines below those above the header."""
        return open_quote(f"{self.path}, line {self.above + before + 1}")

    def _is_read_by_rows(self) -> bool:
        """Whether a line ends within quotes anywhere, or may be too long."""
        open_before, without_end = 0, 0
        with _text(self.path, self.encoding) as file:
            for block in iter(lambda: file.read(BLOCK), ""):
                ends = "\n" in block or "\r" in block
                without_end = 0 if ends else without_end + 1
                if without_end > 1 or (ends and open_before & 1 and '"' not in block):
                    return True
                if '"' not in block:
                    continue
                signs = np.frombuffer(block.encode(), np.uint8)
                quotes = np.cumsum(signs == ord('"'), dtype=np.int64) + open_before
                if (quotes[signs == ord("\n")] & 1).any():
                    return True
                open_before = int(quotes[-1])
        return bool(open_before & 1)


class _RowLines:
    """Lines for csv.reader, which asks for one more while a row is open; long texts are cut short,
    since it takes none of more than 131,072 characters.
    """

    def __init__(self, shape: CsvShape, lines: Iterator[str]) -> None:
        self.before, self.size = 0, 0  # lines before the row that is read, and its bytes so far
        self._shape, self._lines = shape, lines
        self._long = re.compile(rf'[^"\r\n{re.escape(shape.delimiter)}]{{9,}}')

    def __iter__(self) -> Iterator[str]:
        ended = False
        for line in self._lines:
            within = self.size > 0
            if within and ended and self._shape.is_row(line.partition('"')[0]):
                raise self._shape.open_quote(self.before)
            self.size += _bytes(line)
            if self.size > LONGEST_ROW:
                number = self._shape.above + self.before + 1
                raise too_long(f"{self._shape.path}, line {number}")
            ended = line.endswith("\n")
            if self.size < BLOCK >> 10:
                yield line
            else:
                yield self._long.sub("x", line) if '"' in line or not within else ""


def _bytes(line: str) -> int:
    return len(line) if line.isascii() else len(line.encode())


def _lines(path: Path, file: TextIOWrapper) -> Iterator[str]:
    """The lines; raises InvalidRecord at one that is too long."""
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_ROW + 1), ""), 1):
        if len(line) > LONGEST_ROW:
            raise too_long(f"{path}, line {number}")
        yield line


def _first(lines: Iterator[str]) -> Iterator[str]:
    """The lines among which the header is looked for: fewer where they are long."""
    size = 0
    for line in islice(lines, FIRST):
        yield line
        size += len(line)
        if size > LONGEST_ROW:
            return


def is_empty(place: str) -> InvalidRecord:
    """The refusal of a file that holds nothing."""
    return InvalidRecord(place, "is empty", "give a file with a header and rows")


def too_long(place: str) -> InvalidRecord:
    """The refusal of a file at a row that is too long."""
    return InvalidRecord(place, f"begins a row of more than {LONGEST_ROW >> 20} MB", SHORTER)


def open_quote(place: str) -> InvalidRecord:
    """The refusal of a file at a row whose quote is open."""
    return InvalidRecord(
        place,
        "has a quote that is not closed before the next rows",
        'close it, or write a quote within a text twice ("")',
    )


def uneven(values: int, columns: int) -> str:
    """Why a row is rejected that has more values than there are columns, or fewer."""
    return f"has {values} values for {columns} columns; write one value for each column"


def header_of(place: str, lines: list[str]) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the names of a header in the first line; raises InvalidRecord for too many
    names, or one that is too long.
    """
    delimiter = _delimiter(lines[0])
    return delimiter, _header(Path(place), lines, 0, delimiter)


def _header(path: Path, lines: list[str], above: int, delimiter: str) -> tuple[str, ...]:
    """The names in the line after those above; raises InvalidRecord for too many, or too long."""
    names = _names(path, lines, above, delimiter)
    if not names and "".join(lines[above : above + 1]).strip():
        problem = f"has a name of over {csv.field_size_limit():,} characters"
        raise InvalidRecord(f"{path}, line {above + 1}", problem, SHORTER)
    return names


def _names(path: Path, lines: list[str], above: int, delimiter: str) -> tuple[str, ...]:
    """The same, but nothing where one is too long."""
    rest = lines[above:] or [""]
    many = _outside(rest[0]).count(delimiter) >= MOST_COLUMNS
    names = () if many else _split(rest, delimiter)
    if many or len(names) > MOST_COLUMNS:
        raise too_many_columns(f"{path}, line {above + 1}")
    return names


def _known(encoding: str) -> str:
    try:
        b"a".decode(encoding, "replace")  # which codecs that make no text of bytes refuse
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        remedy = "name one such as utf-8, windows-1252, latin-1 or utf-16"
        raise InvalidRecord(f"encoding {encoding}", "is not known here", remedy) from None


def _marked(path: Path) -> str:
    """The encoding that the first bytes say, else UTF-8."""
    with _opened(path) as file:
        first = file.read(3)
    return next((name for mark, name in MARKS.items() if first.startswith(mark)), "utf-8")


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[TextIOWrapper]:
    """The file as text; what cannot be decoded is a refusal that names its line."""
    with _opened(path) as file, TextIOWrapper(file, encoding, newline="") as text:
        try:
            yield text
        except UnicodeError as error:
            raise not_decoded(path, encoding) from error


def not_decoded(path: Path, encoding: str) -> InvalidRecord:
    """The refusal of a file that is not of its encoding, with the first line that is not."""
    line = next(_undecoded(path, encoding), None)
    place = str(path) if line is None else f"{path}, line {line}"
    said = "UTF-8" if encoding.startswith("utf-8") else encoding
    remedy = "save it as UTF-8, or name its encoding, such as windows-1252"
    return InvalidRecord(place, f"is not {said} text", remedy)


def _undecoded(path: Path, encoding: str) -> Iterator[int]:
    with _opened(path) as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_ROW + 1), b""), 1):
            if len(line) > LONGEST_ROW:
                return
            try:
                line.decode(encoding)
            except UnicodeError:
                yield number


def _delimiter(line: str) -> str:
    """The sign that stands most often outside quotes."""
    return max(DELIMITERS, key=_outside(line).count)


def _outside(line: str) -> str:
    return "".join(line.split('"')[::2])


def _split(lines: list[str], delimiter: str) -> tuple[str, ...]:
    """The values of the first row."""
    with suppress(csv.Error, StopIteration):
        return tuple(next(csv.reader(lines, delimiter=delimiter)))
    return ()
