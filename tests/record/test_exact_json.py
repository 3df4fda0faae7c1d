"""JSON exactly as it is written, and each thing that is refused."""

from decimal import Decimal
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.record.exact_json import parse_json

READ: list[tuple[str | bytes, Any]] = [
    ("5.000000000000000001", Decimal("5.000000000000000001")),
    ("5", 5),
    ("5e-3", Decimal("0.005")),
    (b'\xef\xbb\xbf{"a": [true, null]}', {"a": [True, None]}),
    ('{"a": {"b": 1}, "b": 1}', {"a": {"b": 1}, "b": 1}),
    ('"\u00e9"'.encode(), "é"),
]
REFUSED: list[tuple[str | bytes, str]] = [
    ('{"a": 1, "a": 1}', "has the same key twice"),
    ('[{"b": {"a": 1, "a": 2}}]', "has the same key twice"),
    ("NaN", "holds NaN or Infinity"),
    ('{"a": -Infinity}', "holds NaN or Infinity"),
    ("{", "is not valid JSON at line 1 column 2"),
    ('{"a": 1,\n"b" 2}', "is not valid JSON at line 2 column 5"),
    ("", "is empty"),
    (b'"\xe9"', "is not UTF-8 text"),
    ("[" * 100_000, "is nested too deeply"),
    ("9" * 5000, "holds a number of too many digits"),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_what_is_read(text: str | bytes, value: Any) -> None:
    found = parse_json(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_is_refused(text: str | bytes, why: str) -> None:
    with pytest.raises(InvalidRecord, match=why):
        parse_json(text)
