"""Work of a run that is kept to be gone on with: with its length and a checksum of the run, its
name and itself, so that what was cut short, spoilt, renamed or is of another run is done again
instead of trusted.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

from allstatus.record.regular_file import no_file
from allstatus.record.whole_files import PARTIAL

_SEAL = struct.Struct("<QI")  # length of what follows, and CRC-32 of what it is of and of it
ABOUT = "about.json"  # says in the folder of a run's work which run it is
BLOCK = 1 << 20


def keep(path: Path, data: bytes | memoryview) -> None:
    """Keep a piece of work, whole or not at all; raises OSError where it cannot be written."""
    partial = path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")
    with partial.open("wb") as file:
        file.write(_seal(path, data))
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def recall(path: Path) -> bytes | None:
    """A piece of work as it was kept; None where there is none, or not all of it."""
    try:
        sealed = b"" if no_file(path) else path.read_bytes()
    except OSError:
        return None
    data = sealed[_SEAL.size :]
    return data if sealed[: _SEAL.size] == _seal(path, data) else None


def _seal(path: Path, data: bytes | memoryview) -> bytes:
    said = next((f / ABOUT for f in path.parents[:2] if (f / ABOUT).is_file()), None)
    of = os.fsencode(path.name) + (b"" if said is None else said.read_bytes())
    return _SEAL.pack(len(data), zlib.crc32(data, zlib.crc32(of)))


def sums_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Length and CRC-32 of each file of a folder, by name."""
    return {path.name: _sum(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _sum(path: Path) -> tuple[int, int]:
    length = total = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            length, total = length + len(block), zlib.crc32(block, total)
    return length, total
