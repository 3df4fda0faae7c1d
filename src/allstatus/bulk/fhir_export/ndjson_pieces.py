"""The files of an export, cut into pieces that can be read side by side, and their lines."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from allstatus.errors import InvalidRecord

ENDINGS = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
PIECE = 1 << 26  # bytes of a file that one process reads in one go
BLOCK = 1 << 17  # bytes of a file read at a time
LONGEST = 1 << 26  # bytes of a line
LONGEST_REFERENCE = 1 << 10
REFERENCE = re.compile(rb'"reference" ?: ?"([^"\\]+)"')
MARK = b"\xef\xbb\xbf"
CUT_SHORT = "the compressed file ends here or is damaged; what followed is lost"
TOO_LONG = f"is longer than {LONGEST >> 20} MB"
_DAMAGED = EOFError, zlib.error, gzip.BadGzipFile  # what reading a compressed file raises
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a file: the lines that begin from byte `start` up to before `end` (None: to the end
    of the file).
    """

    number: int
    path: Path
    start: int = 0
    end: int | None = None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return (self.path.stat().st_size if self.end is None else self.end) - self.start


def find_files(folder: Path) -> tuple[list[Path], list[str]]:
    """(NDJSON files, names of what else there is), sorted; raises InvalidRecord when there is
    nothing to read.
    """
    try:
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except PermissionError:
        raise InvalidRecord(str(folder), "cannot be read", "check its permissions") from None
    files = [path for path in inside if path.name.lower().endswith(ENDINGS) and path.is_file()]
    if not files:
        remedy = (
            f"give the folder of a Bulk Data export, with files named *{', *'.join(ENDINGS)}; "
            f"`allstatus classify` reads bundles"
        )
        raise InvalidRecord(
            str(folder), "is a folder without a file of FHIR resources, one a line", remedy
        )
    for path in files:
        if not os.access(path, os.R_OK):
            raise InvalidRecord(str(path), "cannot be read", "check its permissions")
    return files, [path.name for path in inside if path not in files]


def cut(files: list[Path]) -> list[Piece]:
    """The pieces of these files, in order; a compressed file is one piece."""
    pieces: list[Piece] = []
    for path in files:
        starts = _starts(path)
        pieces += [
            Piece(len(pieces) + place, path, start, end)
            for place, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True))
        ]
    return pieces


def _starts(path: Path) -> list[int]:
    """Where pieces begin: with the first line after so many bytes."""
    starts = [0]
    with path.open("rb") as file:
        size = 0 if _is_compressed(file) else path.stat().st_size
        for place in range(PIECE, size, PIECE):
            file.seek(max(place - 1, starts[-1]))
            while (part := file.readline(BLOCK)) and not part.endswith(b"\n"):
                pass
            if starts[-1] < file.tell() < size:
                starts.append(file.tell())
    return starts


def _is_compressed(file: BufferedReader) -> bool:
    """Whether a file is, which is then at its begin."""
    sign = file.read(2)
    file.seek(0)
    return sign == b"\x1f\x8b"


def read_piece(piece: Piece) -> Iterator[list[bytes]]:
    """The lines of a piece with their ends, some at a time; in the place of one that cannot be
    read, why, and to whom it refers.
    """
    begin = piece.start == 0
    try:
        for lines in _open(piece):
            if begin and lines[0].startswith(MARK):
                lines[0] = lines[0].removeprefix(MARK)
            begin = False
            yield lines
    except OSError:
        raise InvalidRecord(
            str(piece.path),
            "cannot be read to its end",
            "check the disk and its permissions, and run again",
        ) from None


def _open(piece: Piece) -> Iterator[list[bytes]]:
    with piece.path.open("rb") as file:
        packed = _is_compressed(file)
        file.seek(piece.start)
        yield from _lines(gzip.GzipFile(fileobj=file) if packed else file, piece.end)


def found_in(piece: Piece, look: Callable[..., Iterable[_Found]], *more: Any) -> list[_Found]:
    """What is found by looking at the lines of a piece, in its order."""
    return [one for lines in read_piece(piece) for one in look(lines, *more)]


def numbered(piece: Piece) -> Iterator[tuple[int, bytes]]:
    """The lines of a piece, each with its number."""
    return enumerate(chain.from_iterable(read_piece(piece)), 1)


def _lines(file: BufferedReader | gzip.GzipFile, end: int | None) -> Iterator[list[bytes]]:
    """The lines before a place where one ends; of a compressed file, as far as it is not damaged.
    A long line is put together.
    """
    begun, too_long = list[bytes](), False
    while True:
        try:
            block = file.read1(BLOCK if end is None else min(BLOCK, end - file.tell()))
        except _DAMAGED:
            yield [CUT_SHORT.encode()]
            return
        if not block:
            break
        first, *lines = BytesIO(block).readlines()
        begun.append(first)
        if first.endswith(b"\n"):
            lines.insert(0, _rest(begun) if too_long else b"".join(begun))
            begun, too_long = [], False
        elif sum(map(len, begun)) > LONGEST:
            begun, too_long = [*_references(begun), first[-LONGEST_REFERENCE:]], True
        if lines and not lines[-1].endswith(b"\n"):
            begun.append(lines.pop())
        if lines:
            yield lines
    if begun:
        yield [_rest(begun) if too_long else b"".join(begun)]


def _rest(parts: list[bytes]) -> bytes:
    return b" ".join([TOO_LONG.encode(), *sorted(_references(parts))])


def why_spoilt(line: bytes) -> str | None:
    """Why a line is in the place of one that cannot be read; None for any other."""
    return next((why for why in (TOO_LONG, CUT_SHORT) if line.startswith(why.encode())), None)


def _references(parts: list[bytes]) -> set[bytes]:
    return {found[0] for found in REFERENCE.finditer(b"".join(parts))}
