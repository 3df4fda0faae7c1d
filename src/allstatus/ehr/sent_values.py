"""Values as sent to exact numbers, or a plain reason why they cannot be read."""

from __future__ import annotations

import re
from fractions import Fraction

from allstatus.ehr.chart import Quantity
from allstatus.ehr.codes import table
from allstatus.errors import InvalidRecord
from allstatus.record.percent import Percent, read_percent
from allstatus.record.sent_numbers import Unreadable, interval, split_comparator
from allstatus.record.units import RATIO, read_unit

__all__ = ["Unreadable"]

_PERCENT_TEXT = re.compile(
    # <5 %, 5-10 %
    r"\s*(?:(?:<=|>=|<|>|≤|≥)?\s*\d+(?:\.\d+)?(?:\s*(?:-|–|to)\s*\d+(?:\.\d+)?)?\s*%"
    r"|M[123]|\d{1,6}\s*/\s*\d{1,6})\s*",  # M1, 10/200
    re.IGNORECASE,
)


def written(text: str, unit: str | None) -> Quantity:
    """A value written as text with its unit beside it: a number with or without comparator, else
    text that stays text.
    """
    shown = f"{text} {unit}" if unit else text
    found = split_comparator(text)
    return Quantity(shown, found[1], found[0], unit) if found else Quantity(shown, text=text)


def percent_of(quantity: Quantity) -> Percent:
    """A share of cells in percent, exactly; raises Unreadable when it is text, without a unit, or
    out of bounds.
    """
    try:
        return _percent(quantity)
    except InvalidRecord as error:
        raise Unreadable(error.problem) from None


def _percent(quantity: Quantity) -> Percent:
    if quantity.codes:
        grade = table("results").find(quantity.codes)
        if grade is None or grade.topic["grade"] is None:
            raise Unreadable("is a coded answer that gives no percentage")
        return read_percent(grade.topic["grade"])
    if quantity.text is not None:
        if not _PERCENT_TEXT.fullmatch(quantity.text):
            raise Unreadable("is text, which is quoted and not read")
        return read_percent(quantity.text.strip())
    if quantity.cells is not None:
        return read_percent(f"{quantity.number}/{quantity.cells}")
    known = read_unit(quantity.unit) if quantity.unit else None
    if known is None or known.quantity != RATIO:
        raise Unreadable(
            "has no unit"
            if not quantity.unit
            else f"has a unit that is not a percentage ('{quantity.unit}')"
        )
    unit = "%" if known.factor == 1 else "1"
    if quantity.high is None:
        interval(quantity)
        return read_percent(
            {"value": quantity.number, "comparator": quantity.comparator, "unit": unit}
        )
    if unit == "1":
        raise Unreadable("is a range of fractions")
    return read_percent(f"{quantity.number}-{quantity.high}")


def found_any(quantity: Quantity) -> bool:
    """Whether a count or share is above zero; raises Unreadable when it cannot tell."""
    if quantity.codes:
        answer = table("results").find(quantity.codes)
        says = answer.topic["says"] if answer else None
        if says is None:
            raise Unreadable("is a coded answer that says neither present nor absent")
        return bool(says == "present")
    if quantity.cells is not None:
        return bool(percent_of(quantity).low > 0)
    above = (percent_of(quantity) if quantity.text is not None else interval(quantity)).compare(
        ">", Fraction(0)
    )
    if above is None:
        raise Unreadable("does not say whether there are any")
    return above
