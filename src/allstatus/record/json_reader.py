"""Records from a file or standard input: one JSON object, an array, or NDJSON; and whether a text
is a chart.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.hl7_charsets import decode_hl7
from allstatus.record.regular_file import no_file, refuse_no_file

FHIR, HL7V2, TABLE = "fhir", "hl7v2", "table"
TABLE_COLUMNS = ("date", "code")  # what a table of dated results must have
Numbered = Iterator[tuple[int | None, Any]]


def read_records(path: str) -> Numbered:
    """(number, value or InvalidRecord) for each record of a file; `-` is standard input.

    The number is the line in NDJSON, the position (from 1) in an array, None for a single record.
    """
    return split_records(read_text(path, "JSON"))


def split_records(text: str, *, together: bool = False) -> Numbered:
    """The same for text already read; an array whose items are to be read `together` is refused
    where one of them is.
    """
    try:
        value = parse_json(text)
    except InvalidRecord as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if _looks_like_ndjson([line for _, line in lines]):
            yield from ((number, _parse(line)) for number, line in lines)
            return
        items = [(number, _parse(item)) for number, item in enumerate(_items(text), 1)]
        refused = ((number, item) for number, item in items if isinstance(item, InvalidRecord))
        if not items:
            raise error from None
        if together:
            for number, item in refused:
                raise InvalidRecord(f"item {number}", item.problem, item.remedy) from None
        yield from items
        return
    if isinstance(value, list):
        yield from enumerate(value, 1)
    else:
        yield None, value


_HEADER = re.compile(r"[\ufeff\v\s]*(?:MSH|FHS|BHS)[^\w\s,;]")  # and what separates its fields


def chart_kind(text: str) -> str | None:
    """`hl7v2`, `table` or `fhir` when a text is a chart; None for anything else, such as
    records.
    """
    if _HEADER.match(text):
        return HL7V2
    heading = {
        name.strip(' "').lower()
        for name in re.split("[,;\t]", text.lstrip("\ufeff\r\n").partition("\n")[0][:1000])
    }
    if heading.issuperset(TABLE_COLUMNS):
        return TABLE
    return FHIR if '"resourceType"' in text else None


def holds_bundle_lines(path: str) -> bool:
    """Whether a file is named as NDJSON and its first line is a whole FHIR bundle."""
    if not path.endswith((".ndjson", ".jsonl")) or no_file(path):
        return False
    with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline()
    return chart_kind(first) == FHIR and '"Bundle"' in first


def read_lines(path: str) -> Numbered:
    """(number, value or InvalidRecord) for each line of an NDJSON file, one at a time."""
    refuse_no_file(path)
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _parse(line)


def _looks_like_ndjson(lines: list[str]) -> bool:
    """Whether a line is an object by itself, and the first does not open what others go on with."""
    whole = (line.startswith("{") and line.rstrip().endswith("}") for line in lines)
    first = lines[0].strip() if lines else "{"
    opens = first == "{" or (first.startswith("[") and not first.endswith("]"))
    return len(lines) > 1 and not opens and any(whole)


_SPACE = r"[ \t\r\n]*"
_FIRST, _NEXT, _LAST = (re.compile(f"{_SPACE}{sign}{_SPACE}") for sign in (r"\[", ",", r"\]"))
_ITEM = json.JSONDecoder(parse_int=len, parse_float=len, strict=False)


def _items(text: str) -> list[str]:
    """The items of an array as they are written, though some hold what is refused; none where the
    text is no array, or does not tell where each of them ends.
    """
    items: list[str] = []
    at = 0
    try:
        while before := (_NEXT if items else _FIRST).match(text, at):
            _, at = _ITEM.raw_decode(text, before.end())
            items.append(text[before.end() : at])
    except (ValueError, RecursionError):
        return []
    return items if _LAST.fullmatch(text, at) else []


def _parse(line: str | bytes) -> Any:
    try:
        return parse_json(line)
    except InvalidRecord as error:
        return error


def read_text(path: str, kind: str) -> str:
    """The text of a file, or of standard input for `-`; raises InvalidRecord when it cannot be
    read.

    `kind` is what the file should be, for the message.
    """
    if path == "-":
        return decode(b"" if sys.stdin is None else sys.stdin.buffer.read(), path)
    refuse_no_file(path, kind, ", or - for standard input")
    try:
        return decode(Path(path).read_bytes(), path)
    except OSError as error:
        why = f"cannot be read ({(error.strerror or 'unknown').lower()})"
        raise InvalidRecord(path, why, "check its permissions") from None


def decode(data: bytes, path: str) -> str:
    """UTF-8 with or without its mark; HL7 v2 messages in the character sets they name."""
    if (messages := decode_hl7(data)) is not None:
        return messages
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRecord(path, "is not UTF-8 text", "save it as UTF-8") from None
