"""NDJSON as columns: each line a record, or an object with columns of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.refusals import no_object
from allstatus.record.row_bounds import LONGEST_ROW

LINES, BYTES = 1 << 14, 1 << 25  # read at a time, one by one
VALUES = 1 << 23  # at most, in all columns of lines read at a time, most of which may have none
TOO_LONG = b""
Unreadable = tuple[str, str]
Check = Callable[[dict[str, Any]], object]


def blocks(path: Path, columns: int = 1) -> Iterator[list[bytes]]:
    """The lines that hold anything, many at a time but fewer of many columns; `TOO_LONG` in the
    place of a line that is.
    """
    most = min(LINES, max(VALUES // columns, 1))
    with path.open("rb") as file:
        block, size = list[bytes](), 0
        for line in _lines(file):
            block.append(line)
            size += len(line)
            if len(block) == most or size > BYTES:
                yield block
                block, size = [], 0
        if block:
            yield block


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST_ROW + 1):
        if len(line) > LONGEST_ROW:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_ROW)
            yield TOO_LONG
        elif line.strip():
            yield line


def parse_lines(
    first_row: int, lines: list[bytes], columns: list[str], check: Check | None
) -> tuple[pa.RecordBatch, dict[int, Unreadable]]:
    """Lines of JSON as columns of text: numbers as they are spelled, objects and lists as JSON; and
    the lines that are none, by number, with the key at fault and why. `check` raises InvalidRecord
    for a line that is no record.
    """
    values: dict[str, list[str | None]] = {name: [] for name in columns}
    unreadable, rows = {}, 0
    for row, line in enumerate(lines, first_row):
        try:
            record = _object(line)
            if check is not None:
                check(record)
        except InvalidRecord as error:
            field = "" if error.field in ("record", "input") else error.field
            unreadable[row] = field, f"{error.problem}; {error.remedy}"
            continue
        for name, value in record.items():
            if (texts := values.get(name)) is not None:
                texts += [None] * (rows - len(texts))  # rows before, which do not have it
                texts.append(_spelled(value))
        rows += 1
    whole = (texts + [None] * (rows - len(texts)) for texts in values.values())
    arrays = [pa.array(texts, pa.string()) for texts in whole]
    return pa.RecordBatch.from_arrays(arrays, columns), unreadable


def keys_of(path: Path, known: Sequence[str]) -> list[str]:
    """The columns of an NDJSON file: the keys of its first lines, and the `known` ones, which
    may come later.
    """
    keys: dict[str, None] = {}
    for line in next(blocks(path), []):
        try:
            keys.update(dict.fromkeys(_object(line)))
        except InvalidRecord:
            continue
    split = any(key.startswith("cbc.") for key in keys)
    return list(keys | dict.fromkeys(key for key in known if not (split and key == "cbc")))


def _object(line: bytes) -> dict[str, Any]:
    if line == TOO_LONG:
        raise InvalidRecord("input", f"is longer than {LONGEST_ROW >> 20} MB", "shorten it")
    record = parse_json(line)
    if not isinstance(record, dict):
        raise no_object()
    return record


def _spelled(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, default=str) if isinstance(value, dict | list | bool) else str(value)
