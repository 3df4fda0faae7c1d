"""Numbers as they are sent, with comparator and unit, to exact intervals; or why that cannot be."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

from allstatus.errors import InvalidRecord
from allstatus.record.percent import BACKWARDS, UNKNOWN_COMPARATOR, Percent, exact_number, sign_of

ENDLESS = Fraction(10**12)
_WRITTEN = re.compile(r"\s*(?:(<=|>=|<|>|≤|≥)\s*)?(\d+(?:\.\d+)?)\s*")


class Unreadable(Exception):
    """Why a value says nothing that can be relied on."""


class SentNumber(NamedTuple):
    """A number with comparator and unit (`high`: the upper end of a range), or text, or codes.
    `sent` is how it looked; `cells` are those a share was counted among.
    """

    sent: str = ""
    number: object = None
    comparator: object = None
    unit: str | None = None
    high: object = None
    text: str | None = None
    cells: object = None
    codes: tuple[Any, ...] = ()


class Range(NamedTuple):
    """A laboratory's reference range, each limit with its own unit (None: that of the value)."""

    low: SentNumber | None = None
    high: SentNumber | None = None
    sex: str | None = None


def split_comparator(text: str) -> tuple[str | None, str] | None:
    """Comparator and number of a spelling such as `<0.1` or `4.5`; None for other text."""
    match = _WRITTEN.fullmatch(text)
    return (match[1], match[2]) if match else None


def number_of(value: object) -> Fraction:
    """A finite number from 0, exactly; raises Unreadable."""
    try:
        number = exact_number(value, "value", "")
    except InvalidRecord as error:
        raise Unreadable(error.problem) from None
    if number.numerator < 0:
        raise Unreadable("is negative")
    return number


def interval(sent: SentNumber) -> Percent:
    """The numbers that are meant, in the unit they were sent in; raises Unreadable."""
    if sent.number is None:
        raise Unreadable("is not a number")
    comparator = comparator_of(sent)
    low = number_of(sent.number)
    high = low if sent.high is None else number_of(sent.high)
    if comparator.startswith("<"):
        return Percent(Fraction(0), high, high_open=comparator == "<")
    if comparator.startswith(">"):
        return Percent(low, ENDLESS, low_open=comparator == ">")
    if high is not low and high < low:
        raise Unreadable(BACKWARDS)
    return Percent(low, high)


def comparator_of(sent: SentNumber) -> str:
    """Its comparator as `<`, `<=`, `>`, `>=` or nothing; raises Unreadable for any other."""
    sign = sign_of(sent.comparator)
    if sign is None:
        raise Unreadable(UNKNOWN_COMPARATOR)
    return sign
