"""A laboratory's range: its limits are within unless exclusive; whatever is odd is not read."""

from fractions import Fraction

import pytest

from allstatus.record.percent import read_percent
from allstatus.record.reference_range import Limits, is_range, read_limits
from allstatus.record.sent_numbers import Range, SentNumber, Unreadable

FOUR, ELEVEN, ONE = Fraction(4), Fraction(11), Fraction(1)
UNIT = "10*9/L"
HOLD = [  # limits, value, whether it lies within
    (Limits(FOUR, ELEVEN), "3.99", False),
    (Limits(FOUR, ELEVEN), "4", True),
    (Limits(FOUR, ELEVEN), "11", True),
    (Limits(FOUR, ELEVEN), "11.01", False),
    (Limits(FOUR, ELEVEN, above=True), "4", False),
    (Limits(FOUR, ELEVEN, below=True), "11", False),
    (Limits(FOUR, ELEVEN), "3-5", None),
    (Limits(FOUR, ELEVEN), "<4", False),
    (Limits(FOUR, ELEVEN), "<=4", None),
    (Limits(FOUR, None), ">11", True),
    (Limits(None, ELEVEN), "0", True),
    (Limits(None, ELEVEN), ">11", False),
]
WORDS = [
    (Limits(FOUR, ELEVEN), "4 to 11"),
    (Limits(FOUR, ELEVEN, above=True, below=True), "above 4 to below 11"),
    (Limits(FOUR), "from 4"),
    (Limits(FOUR, above=True), "above 4"),
    (Limits(None, ELEVEN), "to 11"),
    (Limits(None, ELEVEN, below=True), "below 11"),
]
TEXTS = [
    ("4-11", Limits(FOUR, ELEVEN)),
    ("(4 - 11)", Limits(FOUR, ELEVEN)),
    ("4 to 11 10*9/L", Limits(FOUR, ELEVEN)),
    ("4..11", Limits(FOUR, ELEVEN)),
    ("4–11", Limits(FOUR, ELEVEN)),
    ("4-4", Limits(FOUR, FOUR)),
    (">4", Limits(FOUR, None, above=True)),
    (">=4", Limits(FOUR, None)),
    ("≥ 4", Limits(FOUR, None)),
    ("<11", Limits(None, ELEVEN, below=True)),
    ("≤11", Limits(None, ELEVEN)),
]
UNREADABLE = [
    "11-4",
    "normal",
    "",
    "4",
    "-4-11",
    "4-11 g/dL",
    "4-11 furlongs",
    "<11 g/dL",
    ">4 furlongs",
]


def sent(number: object = None, comparator: object = None, unit: str | None = None) -> SentNumber:
    return SentNumber(number=number, comparator=comparator, unit=unit)


def read(given: Range, unit: str | None = UNIT, factor: Fraction | None = ONE) -> Limits:
    return read_limits(given, unit, factor)


@pytest.mark.parametrize(("limits", "value", "within"), HOLD)
def test_within_or_outside(limits: Limits, value: str, within: bool | None) -> None:
    assert limits.hold(read_percent(value)) is within


@pytest.mark.parametrize(("limits", "words"), WORDS)
def test_in_words(limits: Limits, words: str) -> None:
    assert str(limits) == words


@pytest.mark.parametrize(("text", "limits"), TEXTS)
def test_a_range_as_text(text: str, limits: Limits) -> None:
    assert read(Range(SentNumber(text, text=text))) == limits


@pytest.mark.parametrize("text", UNREADABLE)
def test_no_range(text: str) -> None:
    with pytest.raises(Unreadable):
        read(Range(SentNumber(text, text=text)))


def test_limits_with_comparators() -> None:
    given = Range(sent("4", ">"), sent("11", "<"))
    assert read(given) == Limits(FOUR, ELEVEN, above=True, below=True)
    assert read(Range(sent("4", ">="), sent("11", "<="))) == Limits(FOUR, ELEVEN)


@pytest.mark.parametrize(
    "given",
    [
        Range(),
        Range(sent("4", "<")),
        Range(None, sent("11", ">")),
        Range(sent("11"), sent("4")),
        Range(sent(None)),
        Range(sent("4", "~")),
    ],
)
def test_limits_that_are_none(given: Range) -> None:
    with pytest.raises(Unreadable):
        read(given)


def test_each_limit_has_its_own_unit() -> None:
    given = Range(sent("4000", unit="/uL"), sent("11"))
    assert read(given) == Limits(FOUR, ELEVEN)
    with pytest.raises(Unreadable, match="in another unit"):
        read(Range(sent("4", unit="g/dL")))


def test_without_a_factor_the_units_must_be_the_same() -> None:
    assert read(Range(sent("4")), "furlongs", None) == Limits(FOUR)
    assert read(Range(sent("4", unit=" furlongs")), "furlongs", None) == Limits(FOUR)
    with pytest.raises(Unreadable, match="in another unit"):
        read(Range(sent("4", unit="miles")), "furlongs", None)


def test_limits_in_another_spelling_of_a_unit_that_is_not_converted_are_in_it() -> None:
    given = Range(sent("7.5", unit="mmol/l"), sent("10", unit="MMOL/L"))
    assert read_limits(given, "mmol/L", None) == Limits(Fraction("7.5"), Fraction(10))


@pytest.mark.parametrize(
    ("text", "whole"),
    [("150-400", True), ("< 450", True), (">=150", True), ("see comment", False), ("", False)],
)
def test_a_text_that_is_a_range(text: str, *, whole: bool) -> None:
    assert is_range(text) is whole
