"""Records from a file or standard input: one JSON object, an array, or NDJSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allstatus.errors import InvalidRecord
from allstatus.record import parse_json


def read_records(path: str) -> Iterator[tuple[int | None, Any]]:
    """(number, value or InvalidRecord) for each record of a file; `-` is standard input.

    The number is the line in NDJSON, the position (from 1) in an array, None for a single record.
    """
    text = read_text(path, "JSON")
    try:
        value = parse_json(text)
    except InvalidRecord as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].rstrip().endswith("}"):
            raise
        if not _looks_like_ndjson(lines):
            raise error from None
        yield from ((number, _parse(line)) for number, line in lines)
        return
    if isinstance(value, list):
        yield from enumerate(value, 1)
    else:
        yield None, value


def _looks_like_ndjson(lines: list[tuple[int, str]]) -> bool:
    return sum(line.lstrip().startswith("{") for _, line in lines) * 2 > len(lines)


def _parse(line: str) -> Any:
    try:
        return parse_json(line)
    except InvalidRecord as error:
        return error


def read_text(path: str, kind: str) -> str:
    """The text of a file, or of standard input for `-`; raises InvalidRecord when it cannot be read.

    `kind` is what the file should be, for the message.
    """
    remedy = f"give the path of a {kind} file, or - for standard input"
    if path == "-":
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(path).read_bytes()
        except FileNotFoundError:
            raise InvalidRecord(path, "there is no such file", remedy) from None
        except IsADirectoryError:
            raise InvalidRecord(path, "is a folder", remedy) from None
        except PermissionError:
            raise InvalidRecord(path, "cannot be read", "check its permissions") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRecord(path, "is not UTF-8 text", "save it as UTF-8") from None
