"""Values as sent to exact numbers, or a plain reason why they cannot be read."""

from __future__ import annotations

import re
from fractions import Fraction

from allstatus.ehr.chart import Quantity
from allstatus.ehr.codes import table
from allstatus.errors import InvalidRecord
from allstatus.record.percent import Percent, exact_number, read_percent
from allstatus.record.units import RATIO, UNITS

COMPARATORS = {
    None: "",
    "": "",
    "=": "",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "≤": "<=",
    "≥": ">=",
}
ENDLESS = Fraction(10**12)
_PERCENT_TEXT = re.compile(
    # <5 %, 5-10 %
    r"\s*(?:(?:<=|>=|<|>|≤|≥)?\s*\d+(?:\.\d+)?(?:\s*(?:-|–|to)\s*\d+(?:\.\d+)?)?\s*%"
    r"|M[123]|\d{1,6}\s*/\s*\d{1,6})\s*",  # M1, 10/200
    re.IGNORECASE,
)


_WRITTEN = re.compile(r"\s*(<=|>=|<|>|≤|≥)?\s*(\d+(?:\.\d+)?)\s*")


def written(text: str, unit: str | None) -> Quantity:
    """A value written as text with its unit beside it: a number with or without comparator, else
    text that stays text.
    """
    shown = f"{text} {unit}" if unit else text
    match = _WRITTEN.fullmatch(text)
    return Quantity(shown, match[2], match[1], unit) if match else Quantity(shown, text=text)


class Unreadable(Exception):
    """Why a value says nothing that can be relied on."""


def number_of(value: object) -> Fraction:
    """A finite number from 0, exactly; raises Unreadable."""
    try:
        number = exact_number(value, "value", "")
    except InvalidRecord as error:
        raise Unreadable(error.problem) from None
    if number < 0:
        raise Unreadable("is negative")
    return number


def interval(quantity: Quantity) -> Percent:
    """The numbers a quantity can mean, in the unit it was sent in; raises Unreadable."""
    if quantity.number is None:
        raise Unreadable("is not a number")
    if not isinstance(quantity.comparator, str | None) or quantity.comparator not in COMPARATORS:
        raise Unreadable("has an unknown comparator")
    low = number_of(quantity.number)
    high = low if quantity.high is None else number_of(quantity.high)
    comparator = COMPARATORS[quantity.comparator]
    if comparator.startswith("<"):
        return Percent(Fraction(0), high, high_open=comparator == "<")
    if comparator.startswith(">"):
        return Percent(low, ENDLESS, low_open=comparator == ">")
    if high < low:
        raise Unreadable("is a range that runs backwards")
    return Percent(low, high)


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
    dimension, factor = UNITS.get(quantity.unit or "", ("", Fraction(0)))
    if dimension != RATIO:
        raise Unreadable(
            "has no unit"
            if not quantity.unit
            else f"has a unit that is not a percentage ('{quantity.unit}')"
        )
    unit = "%" if factor == 1 else "1"
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
