"""Writing a command's result to a file, or to standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from allstatus.errors import InvalidRecord

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
    try:
        path.write_bytes(data)
    except OSError as error:
        problem, remedy = (
            f"cannot be written ({error.strerror})",
            "give a path in a folder that exists and is yours",
        )
        raise InvalidRecord(str(path), problem, remedy) from None
    return 0
