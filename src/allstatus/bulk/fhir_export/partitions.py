"""Lines put down on disk by patient, so that each patient's can be read together in bounded
memory.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from zlib import crc32

NAMES = "names.json"
PENDING = 1 << 23  # bytes kept in memory before they are written
PATIENTS, SHELVES = 128, 16  # patients on a shelf at most, and shelves before one is filled
REFERRED = (1 << 32) - 1  # the rank of a line about no patient of the shelf, but referred to there
_HEADER = struct.Struct("<IIQI")


class Kept(NamedTuple):
    """A line with its patient's rank and its place: which piece, and which line of it."""

    rank: int
    piece: int
    number: int
    line: bytes


@dataclass(frozen=True, slots=True)
class Partitions:
    """Patients by rank, in the order of their names, a shelf for some that follow each other; those
    who are one person have one rank.

    The names lie on disk with the lines, so that what is sent to another process stays small.
    """

    folder: Path
    people: int
    edition: int = 0  # by which other processes see that the names are others

    @classmethod
    def build(
        cls, folder: Path, names: Iterable[str], called: Mapping[str, str] = MappingProxyType({})
    ) -> Partitions:
        """Empty shelves for these patients, `called` as said where they are linked; what was in the
        folder is gone.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        people = {called.get(name, name) for name in names}
        ordered = sorted(people)
        linked = {name: other for name, other in called.items() if name != other in people}
        text = json.dumps([ordered, linked])
        (folder / NAMES).write_text(text, "utf-8")
        return cls(folder, len(ordered), crc32(text.encode()))

    @property
    def names(self) -> list[str]:
        """The patients by rank."""
        return _names(self)[0]

    @property
    def ranks(self) -> dict[str, int]:
        """The rank of each patient, by name."""
        return _names(self)[1]

    def called(self, name: str) -> str:
        """What a patient is called: one of several of a person by the one name."""
        rank = self.ranks.get(name)
        return name if rank is None else self.names[rank]

    @property
    def count(self) -> int:
        """How many shelves."""
        return -(-self.people // self.width)

    @property
    def width(self) -> int:
        """How many patients are on a shelf."""
        return max(1, min(PATIENTS, self.people // SHELVES))

    def shelf_of(self, rank: int) -> int:
        """Where a patient's lines lie."""
        return rank // self.width

    def ranks_of(self, shelf: int) -> range:
        """The patients whose lines lie on a shelf."""
        return range(shelf * self.width, min((shelf + 1) * self.width, self.people))

    def read(self, shelf: int | str) -> Iterator[Kept]:
        """Every line of a shelf, in no order; a shelf with a name holds lines that wait."""
        for path in self._files(shelf):
            with path.open("rb") as file:
                while header := file.read(_HEADER.size):
                    rank, piece, number, length = _HEADER.unpack(header)
                    yield Kept(rank, piece, number, file.read(length))

    def size(self, shelf: int) -> int:
        """Bytes on a shelf."""
        return sum(path.stat().st_size for path in self._files(shelf))

    def _files(self, shelf: int | str) -> list[Path]:
        return sorted(self.folder.glob(f"shelf-{shelf}.*"))


class PartitionFiles:
    """Writes one process's lines to the shelves."""

    def __init__(self, shelves: Partitions, name: str) -> None:
        self._shelves, self._name = shelves, name
        self._pending: dict[int | str, list[bytes]] = {}
        self._bytes = 0

    def put(self, kept: Kept, shelf: int | str | None = None) -> None:
        """Add a line, to its patient's shelf where no other is named; raises OSError when the disk
        is full.
        """
        if shelf is None:
            shelf = self._shelves.shelf_of(kept.rank)
        rank, piece, number, line = kept
        header = _HEADER.pack(rank, piece, number, len(line))
        self._pending.setdefault(shelf, []).extend((header, line))
        self._bytes += len(header) + len(line)
        if self._bytes > PENDING:
            self.flush()

    def flush(self) -> None:
        """Write what is pending."""
        for shelf, parts in self._pending.items():
            with (self._shelves.folder / f"shelf-{shelf}.{self._name}").open("ab") as file:
                file.write(b"".join(parts))
        self._pending, self._bytes = {}, 0


@lru_cache(maxsize=1)
def _names(shelves: Partitions) -> tuple[list[str], dict[str, int]]:
    names: list[str]
    names, linked = json.loads((shelves.folder / NAMES).read_text("utf-8"))
    ranks = {name: rank for rank, name in enumerate(names)}
    return names, ranks | {name: ranks[other] for name, other in linked.items()}
