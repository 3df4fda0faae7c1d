"""Files as Arrow opens them, by their bytes: a file's name need not be UTF-8."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa


def native(path: Path, mode: str = "rb") -> pa.NativeFile:
    """An open file; raises OSError where it cannot be opened."""
    return pa.OSFile(os.fsencode(path), mode)


def mapped(path: Path) -> pa.NativeFile:
    """A file whose bytes are read where they lie; raises OSError where it cannot be opened."""
    return pa.memory_map(os.fsencode(path))


def unpacked(path: Path) -> pa.NativeFile:
    """A file to be read from start to end, uncompressed where its name ends in .gz."""
    file = native(path)
    return pa.CompressedInputStream(file, "gzip") if path.suffix.lower() == ".gz" else file


def written_name(path: Path) -> str:
    """A file's name as it can be written: bytes that are not UTF-8 are spelled out."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")
