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
        path.write_bytes(data)  # a device or a pipe
    else:
        write_files({path: data})
    return 0
