"""Every spelling of a percentage, and every refusal."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from allstatus import InvalidRecord
from allstatus.record.percent import format_number, read_percent

LIMIT = Fraction(5)

ABOVE = [
    5.0000001,
    "5.000000000000000001",
    Decimal("5.000000000000000001"),
    "6",
    ">5",
    "11/200",
    "M3",
    "6-10",
    {"value": 6, "unit": "%"},
]
NOT_ABOVE = [
    5,
    5.0,
    4.9,
    "5",
    "5.0",
    "5 %",
    "5%",
    " 5 ",
    "<5",
    "<=5",
    "≤5",
    "10/200",
    "M1",
    "m1",
    "3-5",
    "3 to 5",
    0,
    -0.0,
    "0",
    {"value": "0.05", "unit": "1"},
    {"value": 5, "comparator": "<="},
    {"value": "10/200"},
    {"value": 4, "cells_counted": 200},
]
UNDECIDED = [">=5", "≥5", "<10", "5-10", "M2", "0-100", {"value": 10, "comparator": "<"}]
REFUSED = {
    "comma": "4,5",
    "negative": -1,
    "above 100": 140,
    "finite": math.nan,
    "infinity": math.inf,
    "true or false": True,
    "not a": "abc",
    "backwards": "10-5",
    "count of cells": "11/10",
    "no possible": "<0",
    "unknown unit": {"value": 5, "unit": "mg"},
    "unknown comparator": {"value": 5, "comparator": "~"},
    "unknown or missing keys": {"percent": 5},
    "percentage": None,
    "cells_counted": {"value": 5, "cells_counted": 0},
    "digits": Decimal("1e-2000"),
}


@pytest.mark.parametrize("value", ABOVE, ids=repr)
def test_above_the_limit(value: object) -> None:
    assert read_percent(value).compare(">", LIMIT) is True


@pytest.mark.parametrize("value", NOT_ABOVE, ids=repr)
def test_not_above_the_limit(value: object) -> None:
    assert read_percent(value).compare(">", LIMIT) is False


@pytest.mark.parametrize("value", UNDECIDED, ids=repr)
def test_on_no_one_side_of_the_limit(value: object) -> None:
    assert read_percent(value).compare(">", LIMIT) is None


@pytest.mark.parametrize(("words", "value"), REFUSED.items(), ids=list(REFUSED))
def test_refusals_say_what_is_wrong(words: str, value: object) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        read_percent(value)
    assert words in str(refusal.value)
    assert refusal.value.field == "marrow_blast_percent"


@pytest.mark.parametrize(
    ("operator", "spelling", "expected"),
    [
        (">", "5", False),
        (">=", "5", True),
        ("<", "5", False),
        ("<=", "5", True),
        ("==", "5", True),
        ("!=", "5", False),
        (">", "<10", None),
        ("==", "<10", None),
        ("==", "6", False),
        ("!=", ">5", True),
        ("<", "<5", True),
        (">=", "<5", False),
    ],
)
def test_operators(operator: str, spelling: str, expected: bool | None) -> None:
    assert read_percent(spelling).compare(operator, LIMIT) is expected


@pytest.mark.parametrize(
    ("value", "text"),
    [("5.10", "5.1"), ("10/300", "10/3"), ("0.000001", "0.000001"), ("100", "100")],
)
def test_numbers_are_written_exactly(value: str, text: str) -> None:
    exact = read_percent(value).exact
    assert exact is not None
    assert format_number(exact) == text


@pytest.mark.parametrize(
    ("value", "odd"),
    [("0.04", True), (0.5, True), ("0.04 %", False), ("1", False), (0, False), ("<0.05", True)],
)
def test_a_bare_value_below_one_is_marked(value: object, odd: bool) -> None:
    assert read_percent(value).looks_like_fraction is odd


def test_a_refusal_never_repeats_the_value() -> None:
    for value in (
        "17,25",
        -17.25,
        1725,
        "seventeen",
        "1725-17",
        {"value": 17.25, "unit": "furlong"},
    ):
        with pytest.raises(InvalidRecord) as refusal:
            read_percent(value)
        assert not any(part in str(refusal.value) for part in ("17", "25", "seventeen", "furlong"))
