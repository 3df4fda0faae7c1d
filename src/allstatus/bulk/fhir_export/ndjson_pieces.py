"""The files of an export, cut into pieces that can be read side by side, and their lines."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from allstatus.errors import InvalidRecord

ENDINGS = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
PIECE = 1 << 26  # bytes of a file that one process reads in one go
BLOCK = (
    1 << 16
)  # bytes read at a time: more would be given back to the system, and fetched again, each time
LONGEST = 1 << 26  # bytes of a line
LONGEST_REFERENCE = 1 << 10
REFERENCE = re.compile(rb'"reference" ?: ?"([^"\\]+)"')
MARK = b"\xef\xbb\xbf"
CUT_SHORT = "the compressed file ends here or is damaged; what followed is lost"
TOO_LONG = f"is longer than {LONGEST >> 20} MB"
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


@dataclass(frozen=True, slots=True)
class Lines:
    """The text of whole lines, each with its end; or no text, why the next line cannot be read
    (`spoilt`), and to whom it refers (`left`).
    """

    text: bytes = b""
    spoilt: str = ""
    left: bytes = b""

    def split(self) -> list[bytes]:
        """The lines without their ends."""
        return self.text.split(b"\n")[:-1]


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


def size_of(files: list[Path]) -> int:
    """Bytes of these files on disk."""
    return sum(path.stat().st_size for path in files)


def cut(files: list[Path]) -> list[Piece]:
    """The pieces of these files, in order; a compressed file is one piece."""
    pieces: list[Piece] = []
    for path in files:
        size = path.stat().st_size
        cuts = [0] if _is_compressed(path) else list(range(0, max(size, 1), PIECE))
        ends = [*cuts[1:], None]
        pieces += [
            Piece(len(pieces) + place, path, start, end)
            for place, (start, end) in enumerate(zip(cuts, ends, strict=True))
        ]
    return pieces


def read_piece(piece: Piece) -> Iterator[Lines]:
    """The lines of a piece, a block at a time."""
    mark = MARK if piece.start == 0 else b""
    for lines in _whole_lines(_blocks(piece)):
        yield lines if lines.spoilt else Lines(_plain_ends(lines.text.removeprefix(mark)))
        mark = b""


def found_in(piece: Piece, look: Callable[..., Iterable[_Found]], *more: Any) -> list[_Found]:
    """What is found by looking at the text of a piece, a block at a time, in its order."""
    return [one for lines in read_piece(piece) for one in look(lines.text, *more)]


def _whole_lines(blocks: Iterator[bytes | None]) -> Iterator[Lines]:
    """Blocks cut after the last line that ends in each; what follows goes before the next block."""
    begun: list[bytes] = []  # of the line that has not ended yet
    too_long = False
    for block in blocks:
        if block is None:
            yield Lines(spoilt=CUT_SHORT)
            return
        start, end = 0, block.rfind(b"\n") + 1
        if not end:
            begun.append(block)
            if sum(map(len, begun)) > LONGEST:
                begun, too_long = [*_references(begun), begun[-1][-LONGEST_REFERENCE:]], True
            continue
        if too_long:
            start = block.index(b"\n") + 1
            yield _too_long([*begun, block[:start]])
            begun = []
        yield Lines(b"".join([*begun, block[start:end]]))
        begun, too_long = [block[end:]], False
    if too_long:
        yield _too_long(begun)
    elif any(begun):
        yield Lines(b"".join([*begun, b"\n"]))


def _references(parts: list[bytes]) -> set[bytes]:
    return {found[0] for found in REFERENCE.finditer(b"".join(parts))}


def _too_long(parts: list[bytes]) -> Lines:
    return Lines(spoilt=TOO_LONG, left=b" ".join(sorted(_references(parts))))


def _plain_ends(text: bytes) -> bytes:
    """Lines without the returns that may end each; a file that has them has one at the end of its
    first line.
    """
    return (
        text.replace(b"\r\n", b"\n") if text.find(b"\r\n", 0, text.find(b"\n") + 1) >= 0 else text
    )


def _is_compressed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _blocks(piece: Piece) -> Iterator[bytes | None]:
    """Blocks of text; None where a compressed file is damaged."""
    try:
        yield from _open_blocks(piece)
    except OSError:
        raise InvalidRecord(
            str(piece.path),
            "cannot be read to its end",
            "check the disk and its permissions, and run again",
        ) from None


def _open_blocks(piece: Piece) -> Iterator[bytes | None]:
    with piece.path.open("rb") as file:
        if _is_compressed(piece.path):
            yield from _inflate(file)
            return
        if piece.start > 0:
            file.seek(piece.start - 1)
            for _ in _rest_of_line(file):  # it began in the piece before
                pass
        yield from _plain(file, piece)


def _plain(file: BinaryIO, piece: Piece) -> Iterator[bytes | None]:
    """Up to the end of the line that begins before the piece's end."""
    while piece.end is None or (left := piece.end - file.tell()) > 0:
        block = file.read(BLOCK if piece.end is None else min(BLOCK, left))
        if not block:
            return
        yield block
        if piece.end is not None and file.tell() == piece.end and not block.endswith(b"\n"):
            yield from _rest_of_line(file)


def _rest_of_line(file: BinaryIO) -> Iterator[bytes]:
    while part := file.readline(BLOCK):
        yield part
        if part.endswith(b"\n"):
            return


def _inflate(file: BinaryIO) -> Iterator[bytes | None]:
    """The text of one gzip member after the other, a block at a time; zeros may follow the last."""
    try:
        with gzip.open(file) as packed:
            while block := packed.read1(BLOCK):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield None
