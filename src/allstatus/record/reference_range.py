"""A laboratory's reference range: one or two limits, each with or without its own value."""

from __future__ import annotations

import re
from fractions import Fraction

from allstatus.record.percent import Percent, format_number
from allstatus.record.remembered import remembered
from allstatus.record.sent_numbers import (
    Range,
    SentNumber,
    Unreadable,
    comparator_of,
    number_of,
)
from allstatus.record.units import COMMON_UNIT, plain_unit, read_unit
from allstatus.record.value_class import value_class

ONE = Fraction(1)
_NUMBER = r"(\d+(?:\.\d+)?)"
_BETWEEN = re.compile(rf"\(?{_NUMBER}\s*(?:-|–|—|_|to|\.\.)\s*{_NUMBER}\)?\s*(.*)", re.I | re.S)
_OR_EQUAL = re.compile(r"^\s*([<>])\s*or\s*=", re.I)  # as in "> OR = 150"
_ONE_LIMIT = re.compile(rf"(<=|>=|<|>|≤|≥)\s*{_NUMBER}\s*(.*)", re.S)
_EXCLUSIVE = {"": False, "<=": False, ">=": False, "<": True, ">": True}
_NO_RANGE = "carries a reference range that cannot be read"


@value_class
class Limits:
    """What is normal: from `low` to `high`, with the limits themselves unless they are exclusive.

    None is no limit on that side: a range with one limit is whole.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    above: bool = False
    below: bool = False

    def hold(self, value: Percent) -> bool | None:
        """Whether every (True), no (False) or some (None) value of an interval lies within."""
        too_low = self.low is not None and value.compare("<=" if self.above else "<", self.low)
        too_high = self.high is not None and value.compare(">=" if self.below else ">", self.high)
        if too_low or too_high:
            return False
        return True if too_low is False and too_high is False else None

    def __str__(self) -> str:
        low, high = (None if n is None else format_number(n) for n in (self.low, self.high))
        low = f"{'above ' if self.above else ''}{low}" if low else ""
        high = f"{'below ' if self.below else ''}{high}" if high else ""
        if low and high:
            return f"{low} to {high}"
        return (
            (low if self.above else f"from {low}") if low else high if self.below else f"to {high}"
        )


def read_limits(given: Range, unit: str | None, factor: Fraction | None) -> Limits:
    """A range in the unit its value is in; raises Unreadable when it cannot be.

    `unit` is the value's as sent, which a limit without one has too; `factor` is what the value was
    multiplied by for the common unit, or None where it stays as sent.
    """
    low, high = given.low, given.high
    if low is not None and low.text is not None:
        low, high = _from_text(low.text)
    if low is None and high is None:
        raise Unreadable(_NO_RANGE)
    below, above = _limit(low, ">", unit, factor), _limit(high, "<", unit, factor)
    if below[0] is not None and above[0] is not None and below[0] > above[0]:
        raise Unreadable(_NO_RANGE)
    return Limits(below[0], above[0], below[1], above[1])


def _limit(
    sent: SentNumber | None, side: str, unit: str | None, factor: Fraction | None
) -> tuple[Fraction | None, bool]:
    """The limit, and whether it is itself outside; a comparator of the other side is no limit."""
    if sent is None:
        return None, False
    comparator = comparator_of(sent)
    if sent.number is None or (comparator and comparator[0] != side):
        raise Unreadable(_NO_RANGE)
    return number_of(sent.number) * _scale(sent.unit or unit, unit, factor), _EXCLUSIVE[comparator]


def _scale(own: str | None, unit: str | None, factor: Fraction | None) -> Fraction:
    """What a limit in its own unit is multiplied by to be in the value's; raises Unreadable."""
    known, value = read_unit(own) if own else None, read_unit(unit) if unit else None
    if factor is not None and known is not None and value is not None:
        if known.quantity == value.quantity and known.quantity in COMMON_UNIT:
            return known.factor
    elif factor is None and (value == known if known else _spelled(own) == _spelled(unit)):
        return ONE
    raise Unreadable("carries a reference range in another unit")


def _spelled(unit: str | None) -> str:
    return plain_unit(unit or "")


@remembered(1024)
def is_range(text: str) -> bool:
    """Whether a text is a range and nothing else."""
    try:
        return any(_from_text(text))
    except Unreadable:
        return False


def _from_text(text: str) -> tuple[SentNumber | None, SentNumber | None]:
    """A range written as text, such as `4300 to 10800`."""
    text = _OR_EQUAL.sub(r"\1=", text)
    if match := _BETWEEN.fullmatch(text.strip()):
        low, high = (
            SentNumber(text, n, None, match[3].strip() or None) for n in match.groups()[:2]
        )
        return low, high
    if match := _ONE_LIMIT.fullmatch(text.strip()):
        limit = SentNumber(text, match[2], match[1], match[3].strip() or None)
        return (None, limit) if match[1][0] in "<≤" else (limit, None)
    raise Unreadable(_NO_RANGE)
