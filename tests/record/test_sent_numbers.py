"""Numbers as sent, to exact intervals: both sides of each comparator, and every refusal."""

from decimal import Decimal
from fractions import Fraction

import pytest

from allstatus.record.sent_numbers import (
    ENDLESS,
    SentNumber,
    Unreadable,
    comparator_of,
    interval,
    number_of,
    split_comparator,
)

Ends = tuple[Fraction, Fraction, bool, bool]
ZERO, FIVE, NINE = Fraction(0), Fraction(5), Fraction(9)

INTERVALS: list[tuple[SentNumber, Ends]] = [
    (SentNumber(number="5"), (FIVE, FIVE, False, False)),
    (SentNumber(number=5, comparator="="), (FIVE, FIVE, False, False)),
    (SentNumber(number=Decimal("5.0"), comparator=""), (FIVE, FIVE, False, False)),
    (SentNumber(number="5", comparator="<"), (ZERO, FIVE, False, True)),
    (SentNumber(number="5", comparator="<="), (ZERO, FIVE, False, False)),
    (SentNumber(number="5", comparator="≤"), (ZERO, FIVE, False, False)),
    (SentNumber(number="5", comparator=">"), (FIVE, ENDLESS, True, False)),
    (SentNumber(number="5", comparator=">="), (FIVE, ENDLESS, False, False)),
    (SentNumber(number="5", comparator="≥"), (FIVE, ENDLESS, False, False)),
    (SentNumber(number="5", high="9"), (FIVE, NINE, False, False)),
    (SentNumber(number="5", high="5"), (FIVE, FIVE, False, False)),
]
UNREADABLE = [
    (SentNumber(text="many"), "is not a number"),
    (SentNumber(number="5", comparator="~"), "has an unknown comparator"),
    (SentNumber(number="5", comparator=["<"]), "has an unknown comparator"),
    (SentNumber(number=-1), "is negative"),
    (SentNumber(number="5", high=-1), "is negative"),
    (SentNumber(number="9", high="5"), "is a range that runs backwards"),
]
SPELLINGS = [
    ("4.5", (None, "4.5")),
    (" <0.1 ", ("<", "0.1")),
    (">= 5", (">=", "5")),
    ("≤5", ("≤", "5")),
    ("4,5", None),
    ("-1", None),
    ("= 5", None),
    ("5 g/dL", None),
    ("", None),
]


@pytest.mark.parametrize(("sent", "ends"), INTERVALS, ids=lambda value: repr(value)[:60])
def test_an_interval(sent: SentNumber, ends: Ends) -> None:
    found = interval(sent)
    assert (found.low, found.high, found.low_open, found.high_open) == ends


@pytest.mark.parametrize(("sent", "why"), UNREADABLE, ids=[why for _, why in UNREADABLE])
def test_what_cannot_be_relied_on(sent: SentNumber, why: str) -> None:
    with pytest.raises(Unreadable, match=f"^{why}$"):
        interval(sent)


@pytest.mark.parametrize(("text", "parts"), SPELLINGS)
def test_comparator_and_number(text: str, parts: tuple[str | None, str] | None) -> None:
    assert split_comparator(text) == parts


def test_a_number_is_exact() -> None:
    assert number_of("5.000000000000000001") == FIVE + Fraction(1, 10**18)
    assert number_of(0) == ZERO


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "many", [5], None])
def test_no_number(value: object) -> None:
    with pytest.raises(Unreadable):
        number_of(value)


def test_no_comparator_is_none() -> None:
    assert comparator_of(SentNumber(number=5)) == ""
