"""Percentages as exact rational intervals, from every spelling laboratories send.

A measurement is never a binary float: `5.000000000000000001` is above 5, and `10/200` is 5.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import TypeGuard

from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import MAX_BITS, MAX_DIGITS
from allstatus.record.remembered import remembered
from allstatus.record.value_class import value_class

ZERO, HUNDRED = Fraction(0), Fraction(100)
BACKWARDS = "is a range that runs backwards"
NOTHING_LEFT = "leaves no possible value"
UNKNOWN_COMPARATOR = "has an unknown comparator"
SPELLED = (int, float, Decimal, str)
MOST_CELLS = 1_000_000  # as many as `10/200` can say

_SIGNS = dict.fromkeys((None, "", "="), "") | {sign: sign for sign in ("<", "<=", ">", ">=")}
_SIGNS |= {"≤": "<=", "≥": ">="}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,4})?")
_SPELLING = re.compile(r"(<=|>=|<|>|=)?\s*(\S+?)\s*(%)?")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*%?")
_COUNT = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})")
MARROW = "marrow_blast_percent"
_REMEDY = (
    'give a percentage from 0 to 100 such as 5, "4.9", "<5", ">=5", "5-10", "5 %", '
    '"10/200" (cells), "M1" or "unknown"'
)


@value_class
class Percent:
    """A percentage known to lie between `low` and `high` (an open end excludes its bound).

    `text` is the value as it was sent, `cells_counted` the cells behind it where known.
    """

    low: Fraction
    high: Fraction
    low_open: bool = False
    high_open: bool = False
    text: str = ""
    cells_counted: int | None = None
    looks_like_fraction: bool = False

    def __hash__(self) -> int:
        return hash(self.text or self.low.numerator)  # cheaper than of fractions

    @property
    def exact(self) -> Fraction | None:
        """The value itself when it is a single number."""
        return self.low if self.low is self.high or self.low == self.high else None

    def compare(self, operator: str, limit: Fraction) -> bool | None:
        """Whether every (True), no (False) or some (None) value in the interval satisfies it."""
        if operator == ">":
            return self._above(limit)
        if operator == "<=":
            return _negated(self._above(limit))
        if operator == "<":
            return self._below(limit)
        if operator == ">=":
            return _negated(self._below(limit))
        return self._equal(limit) if operator == "==" else _negated(self._equal(limit))

    def _above(self, limit: Fraction) -> bool | None:
        if self.low > limit or (self.low_open and self.low == limit):
            return True
        return False if self.high is self.low or self.high <= limit else None

    def _below(self, limit: Fraction) -> bool | None:
        if self.high < limit or (self.high_open and self.high == limit):
            return True
        return False if self.low is self.high or self.low >= limit else None

    def _equal(self, limit: Fraction) -> bool | None:
        if self.low == self.high == limit:
            return True
        return False if self._above(limit) or self._below(limit) else None

    def describe(self) -> str:
        """The interval in plain signs, e.g. `4.9`, `less than 5`, `5 to 25`."""
        if self.exact is not None:
            return format_number(self.exact)
        if self.low == ZERO and not self.low_open:
            return f"{'less than' if self.high_open else 'at most'} {format_number(self.high)}"
        if self.high == HUNDRED and not self.high_open:
            return f"{'more than' if self.low_open else 'at least'} {format_number(self.low)}"
        return f"{format_number(self.low)} to {format_number(self.high)}"


def _negated(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


# The morphologic grades' own bounds (NCI Thesaurus C137698, C140330), not this page's limit.
MARROW_GRADES = {
    "M1": Percent(ZERO, Fraction(5)),
    "M2": Percent(Fraction(5), Fraction(25)),
    "M3": Percent(Fraction(25), HUNDRED, low_open=True),
}


@lru_cache(maxsize=4096)
def format_number(value: Fraction) -> str:
    """A rational as a decimal where it ends, else as a fraction: `4.9`, `100/3`."""
    digits = _decimal_places(value.denominator)
    if digits is None:
        return f"{value.numerator}/{value.denominator}"
    scaled = abs(value.numerator) * 10**digits // value.denominator
    whole, rest = divmod(scaled, 10**digits)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}" + (f".{rest:0{digits}d}" if digits else "")


def _decimal_places(denominator: int) -> int | None:
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def exact_number(value: object, field: str, remedy: str) -> Fraction:
    """A finite rational from an int, Decimal, float (by its shortest decimal form) or text.

    Raises InvalidRecord for booleans, NaN, infinities, text that is no number, and numbers of
    more than 1,000 digits.
    """
    if isinstance(value, bool):
        raise InvalidRecord(field, "is true or false, not a number", remedy)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidRecord(field, "is not a finite number (NaN or infinity)", remedy)
        value = float.__repr__(value)  # as numpy writes "np.float64(5.0)"
    if isinstance(value, str):
        if "," in value:
            raise InvalidRecord(field, "has a comma", "write a decimal point (.); " + remedy)
        if not _NUMBER.fullmatch(value):
            raise InvalidRecord(field, "is not a number", remedy)
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise InvalidRecord(field, "is not a number", remedy) from None
    if isinstance(value, Decimal):
        return _from_decimal(value, field, remedy)
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise InvalidRecord(field, f"has more than {MAX_DIGITS} digits", remedy)
        return Fraction(value)
    raise InvalidRecord(field, "is not a number", remedy)


def _from_decimal(value: Decimal, field: str, remedy: str) -> Fraction:
    if not value.is_finite():
        raise InvalidRecord(field, "is not a finite number (NaN or infinity)", remedy)
    _, digits, exponent = value.as_tuple()
    if isinstance(exponent, int) and (abs(exponent) > MAX_DIGITS or len(digits) > MAX_DIGITS):
        raise InvalidRecord(field, f"has more than {MAX_DIGITS} digits", remedy)
    return Fraction(*value.as_integer_ratio())


def sign_of(comparator: object) -> str | None:
    """A comparator however it is spelled as `<`, `<=`, `>`, `>=` or nothing; None for any other."""
    return _SIGNS.get(comparator) if isinstance(comparator, str | None) else None


def grades_of(field: str) -> Mapping[str, Percent]:
    """The grades that state a percentage: those of the marrow's blasts, and of nothing else."""
    return MARROW_GRADES if field == MARROW else {}


def _remedy(field: str) -> str:
    return _REMEDY if grades_of(field) else _REMEDY.replace(', "M1" or', " or")


def read_percent(value: object, field: str = MARROW) -> Percent:
    """Read a percentage from a number, a spelling or {value, comparator, unit, cells_counted}.

    Returns an interval in percent; raises InvalidRecord naming `field`, the problem and the remedy.
    """
    if isinstance(value, Percent):
        return value
    if isinstance(value, bool):
        raise InvalidRecord(field, "is true or false, not a percentage", _remedy(field))
    if isinstance(value, SPELLED):
        return _read(
            type(value).__name__, value if isinstance(value, str) else repr(value), value, field
        )
    if isinstance(value, Mapping):
        return _from_object(value, field)
    raise InvalidRecord(field, "is not a percentage", _remedy(field))


@remembered(4096)
def _read(kind: str, key: str, value: int | float | Decimal | str, field: str) -> Percent:  # noqa: ARG001
    if isinstance(value, str):
        return _from_text(value.strip(), field)
    return _at(exact_number(value, field, _remedy(field)), "", str(value), field, bare=True)


def _from_text(text: str, field: str) -> Percent:
    if grade := grades_of(field).get(text.upper()):
        return replace(grade, text=text)
    if match := _COUNT.fullmatch(text):
        return _from_count(int(match[1]), int(match[2]), text, field)
    if match := _RANGE.fullmatch(text):
        low, high = (exact_number(part, field, _remedy(field)) for part in match.groups())
        if low > high:
            raise InvalidRecord(field, BACKWARDS, "put the lower number first")
        _check(low, high, field)
        return Percent(low, high, text=text)
    match = _SPELLING.fullmatch(text.replace("≤", "<=").replace("≥", ">="))
    if match is None:
        raise InvalidRecord(field, "is not a percentage", _remedy(field))
    comparator, number, sign = match.groups()
    value = exact_number(number, field, _remedy(field))
    return _at(value, comparator or "", text, field, bare=sign is None)


def _from_count(blasts: int, cells: int, text: str, field: str) -> Percent:
    if cells == 0 or blasts > cells:
        raise InvalidRecord(
            field, "is not a count of cells", "write blasts/cells counted, such as 10/200"
        )
    share = Fraction(100 * blasts, cells)
    return Percent(share, share, text=text, cells_counted=cells)


def _from_object(value: Mapping[object, object], field: str) -> Percent:
    unknown = set(value) - {"value", "comparator", "unit", "cells_counted"}
    if unknown or "value" not in value:
        raise InvalidRecord(
            field,
            "is an object with unknown or missing keys",
            "use {value, comparator, unit, cells_counted}",
        )
    unit, comparator, cells = value.get("unit"), value.get("comparator"), value.get("cells_counted")
    if not (unit is None or (isinstance(unit, str) and unit in ("%", "1"))):
        raise InvalidRecord(
            field, "has an unknown unit", 'use unit "%" or "1" (a fraction of all cells)'
        )
    sign = sign_of(comparator)
    if sign is None:
        raise InvalidRecord(field, UNKNOWN_COMPARATOR, "use <, <=, >= or >")
    if not (cells is None or _is_count(cells)):
        raise InvalidRecord(
            field,
            "has no usable cells_counted",
            f"give the number of cells counted, a whole number from 1 to {MOST_CELLS}",
        )
    if comparator in (None, "") and unit in (None, "%") and isinstance(value["value"], str):
        percent = read_percent(value["value"], field)
        return percent if cells is None else replace(percent, cells_counted=cells)
    number = exact_number(value["value"], field, _remedy(field)) * (100 if unit == "1" else 1)
    text = f"{sign}{value['value']}{' (of 1)' if unit == '1' else ''}"
    percent = _at(number, sign, text, field, bare=unit is None)
    return percent if cells is None else replace(percent, cells_counted=cells)


def _is_count(cells: object) -> TypeGuard[int]:
    if isinstance(cells, bool) or not isinstance(cells, int):
        return False
    return 1 <= cells <= MOST_CELLS


def _at(number: Fraction, comparator: str, text: str, field: str, *, bare: bool) -> Percent:
    low = ZERO if comparator.startswith("<") else number
    high = HUNDRED if comparator.startswith(">") else number
    if (comparator == "<" and number == 0) or (comparator == ">" and number == HUNDRED):
        raise InvalidRecord(field, NOTHING_LEFT, _remedy(field))
    _check(low, high, field)
    return Percent(
        low,
        high,
        comparator == ">",
        comparator == "<",
        text,
        looks_like_fraction=bare and 0 < number < 1,
    )


def _check(low: Fraction, high: Fraction, field: str) -> None:
    if low.numerator < 0 or high.numerator < 0:
        raise InvalidRecord(field, "is negative", _remedy(field))
    if high > HUNDRED or (low is not high and low > HUNDRED):
        raise InvalidRecord(field, "is above 100 %", _remedy(field))
