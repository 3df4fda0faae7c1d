"""How a CSV file is written: encoding, delimiter and where its header stands, told from its first
lines; and why one cannot be read, with the line.
"""

from __future__ import annotations

import codecs
import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, cast

import numpy as np

from allstatus.errors import InvalidRecord

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
        first. Raises InvalidRecord for an empty file, and where a line is not of the encoding.
        """
        encoding = _known(encoding) if encoding else _marked(path)
        with _text(path, encoding) as file:
            lines = list(islice(file, FIRST))
        if not any(line.strip() for line in lines):
            raise InvalidRecord(str(path), "is empty", "give a file with a header and rows")
        stated = lines[0].strip().strip('"')
        if stated.lower().startswith("sep=") and len(stated) == len("sep=;"):
            return cls(path, encoding, stated[-1], 1, _split(lines[1:2] or [""], stated[-1]))
        wanted = {name.casefold() for name in known}
        for above, line in enumerate(lines):
            delimiter = _delimiter(line)
            names = _split(lines[above:], delimiter)
            if wanted & {name.strip().casefold() for name in names}:
                return cls(path, encoding, delimiter, above, names)
        delimiter = _delimiter(lines[0])
        return cls(path, encoding, delimiter, 0, _split(lines, delimiter))

    def check(self) -> None:
        """Raise InvalidRecord, with the line, where a text is opened by a quote and not closed, or
        goes on over lines that are rows of their own, or where a line is not of the encoding.
        """
        if not self._goes_over_lines():
            return
        with _text(self.path, self.encoding) as file:
            lines = islice(file, self.above, None)
            rows, last = csv.reader(lines, delimiter=self.delimiter, strict=True), 0
            try:
                for row in rows:
                    if rows.line_num > last + 1 and self._swallows(row):
                        raise self._open_quote(last)
                    last = rows.line_num
            except csv.Error:
                raise self._open_quote(last) from None

    def _swallows(self, row: list[str]) -> bool:
        """Whether a text of several lines holds one that is a row by itself."""
        columns = len(self.names)
        inner = (line for text in row if "\n" in text for line in text.split("\n")[1:])
        return columns > 1 and any(line.count(self.delimiter) >= columns - 1 for line in inner)

    def _open_quote(self, before: int) -> InvalidRecord:
        return InvalidRecord(
            f"{self.path}, line {self.above + before + 1}",
            "has a quote that is not closed before the next rows",
            'close it, or write a quote within a text twice ("")',
        )

    def _goes_over_lines(self) -> bool:
        """Whether a line ends within quotes anywhere."""
        open_before = 0
        with _text(self.path, self.encoding) as file:
            for block in iter(lambda: file.read(BLOCK), ""):
                if '"' not in block:
                    if open_before & 1:
                        return True
                    continue
                signs = np.frombuffer(block.encode(), np.uint8)
                quotes = np.cumsum(signs == ord('"'), dtype=np.int64) + open_before
                if (quotes[signs == ord("\n")] & 1).any():
                    return True
                open_before = int(quotes[-1])
        return bool(open_before & 1)


def _known(encoding: str) -> str:
    try:
        b"a".decode(encoding, "replace")  # which codecs that make no text of bytes refuse
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        remedy = "name one such as utf-8, windows-1252, latin-1 or utf-16"
        raise InvalidRecord(f"--encoding {encoding}", "is not known here", remedy) from None


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
    remedy = "save it as UTF-8, or say what it is, such as --encoding windows-1252"
    return InvalidRecord(place, f"is not {said} text", remedy)


def _undecoded(path: Path, encoding: str) -> Iterator[int]:
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeError:
                yield number


def _delimiter(line: str) -> str:
    """The sign that stands most often outside quotes."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _split(lines: list[str], delimiter: str) -> tuple[str, ...]:
    """The values of the first row."""
    with suppress(csv.Error, StopIteration):
        return tuple(next(csv.reader(lines, delimiter=delimiter)))
    return ()
