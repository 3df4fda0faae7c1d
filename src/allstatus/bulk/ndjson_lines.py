"""NDJSON as columns: each line a record, or an object with columns of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.refusals import no_object

LINES = 1 << 14  # read at a time, one by one
Unreadable = tuple[str, str]
Check = Callable[[dict[str, Any]], object]


def blocks(path: Path) -> Iterator[list[bytes]]:
    """The lines that hold anything, many at a time."""
    with path.open("rb") as file:
        lines = (line for line in file if line.strip())
        while block := list(islice(lines, LINES)):
            yield block


def parse_lines(
    first_row: int, lines: list[bytes], columns: list[str], check: Check | None
) -> tuple[pa.RecordBatch, dict[int, Unreadable]]:
    """Lines of JSON as columns of text: numbers as they are spelled, objects and lists as JSON; and
    the lines that are none, by number, with the key at fault and why. `check` raises InvalidRecord
    for a line that is no record.
    """
    values: dict[str, list[str | None]] = {name: [] for name in columns}
    unreadable = {}
    for row, line in enumerate(lines, first_row):
        try:
            record = _object(line)
            if check is not None:
                check(record)
        except InvalidRecord as error:
            field = "" if error.field in ("record", "input") else error.field
            unreadable[row] = field, f"{error.problem}; {error.remedy}"
            continue
        for name, texts in values.items():
            texts.append(_spelled(record.get(name)))
    arrays = [pa.array(texts, pa.string()) for texts in values.values()]
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
    record = parse_json(line)
    if not isinstance(record, dict):
        raise no_object()
    return record


def _spelled(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, default=str) if isinstance(value, dict | list | bool) else str(value)
