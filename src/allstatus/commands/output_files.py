"""Writing a command's result to a file, or to standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import typer

from allstatus.record.whole_files import write_files

OutOption: Any = typer.Option(
    "-o", "--output", metavar="FILE", help="Where to write; - is standard output."
)


def write_out(path: Path, data: bytes) -> int:
    """Write bytes and return exit status 0; raises InvalidRecord where the file cannot be
    written.
    """
    if str(path) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return 0
    if os.path.exists(path) and not (path.is_file() or path.is_dir()):
        _write_to_pipe(path, data)
    else:
        write_files({path: data})
    return 0


def _write_to_pipe(path: Path, data: bytes) -> None:
    """Write to a device or a pipe; raises OSError at once where nobody reads that."""
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(handle, True)
    with open(handle, "wb") as file:
        file.write(data)
