"""JSON exactly as it is written, and each thing that is refused."""

import json
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus import InvalidRecord
from allstatus.record import exact_json
from allstatus.record.exact_json import LONG, is_plain, parse_json, unstatable

READ: list[tuple[str | bytes, Any]] = [
    ("5.000000000000000001", Decimal("5.000000000000000001")),
    ("5", 5),
    ("5e-3", Decimal("0.005")),
    (b'\xef\xbb\xbf{"a": [true, null]}', {"a": [True, None]}),
    ('{"a": {"b": 1}, "b": 1}', {"a": {"b": 1}, "b": 1}),
    ('"\u00e9"'.encode(), "é"),
    ('"\\ud83d\\ude00"', "😀"),
    ("[" * 300 + "]" * 300, json.loads("[" * 300 + "]" * 300)),
    ("9" * 1001, int("9" * 1001)),
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
    ('["\\ud83d\\ude00", ' + "9" * 1001 + "]", "holds a number of too many digits"),
    ("1e99999999999999999999", "holds a number of too many digits"),
    ('"\\ud800"', "holds half a character"),
    ('"\ud800"', "holds half a character"),
]
BLANKS = " " * LONG  # what is long enough is first read by another parser
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(("text", "value"), READ)
def test_what_is_read(text: str | bytes, value: Any) -> None:
    for one in (text, _longer(text)):
        found = parse_json(one)
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_is_refused(text: str | bytes, why: str) -> None:
    for one in (text, _longer(text)):
        with pytest.raises(InvalidRecord, match=why.partition(" at line")[0]):
            parse_json(one)


@given(VALUES)
def test_long_texts_are_read_as_short_ones_are(value: Any) -> None:
    text = _json(value)
    assert repr(parse_json(text + BLANKS)) == repr(parse_json(text))


def test_without_a_faster_parser_all_is_read_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_json, "_jiter", lambda: None)
    assert parse_json("[1.50]" + BLANKS) == [Decimal("1.50")]


def _longer(text: str | bytes) -> str | bytes:
    return text + BLANKS if isinstance(text, str) else text + BLANKS.encode()


def _json(value: Any) -> str:
    """A value as JSON, decimals as they are written."""
    if isinstance(value, dict):
        pairs = [
            f"{json.dumps(key, ensure_ascii=False)}: {_json(item)}" for key, item in value.items()
        ]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


HELD = st.one_of(
    st.none() | st.booleans() | st.floats() | st.decimals(allow_nan=True),
    st.integers() | st.integers(1, 9).map(lambda digit: -digit * 10**1001),
    st.text(st.characters(exclude_categories=())),
    st.just(Decimal("sNaN")),
)
NESTED = st.recursive(
    HELD, lambda part: st.lists(part) | st.dictionaries(st.text() | st.just("\ud800"), part)
)


@given(NESTED)
def test_what_is_plain_at_a_glance_is_plain_with_care(value: Any) -> None:
    with patch.object(exact_json, "is_plain", lambda _: False):
        careful = unstatable(value)
    assert unstatable(value) == careful
    assert not is_plain(value) or careful is None
