"""One component of a blood count: is it normal? Plausibility first, then range, flag and, if
allowed, the adult table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from allstatus.ehr.chart import Quantity, Range, Result
from allstatus.ehr.codes import read_yaml
from allstatus.ehr.sent_values import Unreadable, interval, number_of
from allstatus.record.percent import Percent, format_number
from allstatus.record.units import DIMENSION, UNITS

CONFLICT = "cbc_flag_against_range"
ABNORMAL = {"L", "H", "LL", "HH", "A", "AA", "<", ">", "LU", "HU"}
COMMON_UNIT = {"cells": "10*9/L", "mass concentration": "g/dL", "ratio": "%"}
ONE = Fraction(1)
_TEXT_RANGE = re.compile(
    r"\(?(\d+(?:\.\d+)?)\s*(?:-|–|—|_|to|\.\.)\s*(\d+(?:\.\d+)?)\)?\s*(.*)", re.I
)
_TEXT_LIMIT = re.compile(r"(<=|>=|<|>|≤|≥)\s*(\d+(?:\.\d+)?)\s*(.*)")


@dataclass(frozen=True, slots=True)
class Person:
    """What the adult ranges depend on: sex, and whether the patient was an adult on the day."""

    sex: str | None = None
    adult: bool = True
    default_ranges: bool = True


@dataclass(frozen=True, slots=True)
class CountVerdict:
    """Normal, not normal, or unknown (None) with the reason; `conflict` when flag and range
    contradict each other.
    """

    normal: bool | None
    read: str
    because: str
    conflict: bool = False
    by_default: bool = False


def judge(name: str, result: Result, person: Person) -> CountVerdict:
    """Decide on a component such as `platelets`; a value that cannot be relied on is unknown, with
    the reason.
    """
    sent = name, result.value, result.ranges, result.flags, person
    try:
        return _judge_again(*sent)
    except TypeError:  # a value that is an object or a list
        return _judge(*sent)


def _judge(
    name: str, sent: Quantity, ranges: tuple[Range, ...], flags: tuple[str, ...], person: Person
) -> CountVerdict:
    try:
        value = _convert(interval(sent), sent.unit, name)
        read = f"{_words(value)} {COMMON_UNIT[DIMENSION[name]]}"
        _plausible(name, value)
        limits = list(_limits(name, ranges, sent.unit, person.sex))
    except Unreadable as error:
        return CountVerdict(None, "", str(error))
    by_range = _within(value, limits)
    by_flag = _flag(flags)
    if by_range is not None and by_flag is not None and by_range != by_flag:
        return CountVerdict(None, read, "the flag contradicts the range", conflict=True)
    if by_range is not None:
        return CountVerdict(
            by_range, read, f"{_side(by_range)} the laboratory's range {_span(limits[0])}"
        )
    if by_flag is not None:
        return CountVerdict(by_flag, read, f"flagged {', '.join(flags)} by the laboratory")
    if ranges and not limits:
        return CountVerdict(
            None,
            read,
            "carries a reference range that cannot be read or is not this patient's, and no flag",
        )
    return _by_default(name, value, read, person)


_judge_again = lru_cache(maxsize=1 << 14)(
    _judge
)  # laboratories send the same few values, units and ranges again and again


def _by_default(name: str, value: Percent, read: str, person: Person) -> CountVerdict:
    if not (person.default_ranges and person.adult):
        reason = (
            "the adult table is switched off"
            if person.adult
            else "the adult table is not for children"
        )
        return CountVerdict(None, read, f"no range and no flag; {reason}")
    adult = read_yaml("blood-count")[name]["adult"]
    spans = _bounds(name)["adult"] if person.sex not in adult else [_bounds(name)[person.sex][0]]
    verdicts = {_within(value, [span]) for span in spans}
    if len(verdicts) > 1 or None in verdicts:
        return CountVerdict(
            None,
            read,
            "no range and no flag; the adult table needs the sex or a more precise value",
        )
    normal = bool(verdicts.pop())
    shown = " or ".join(_span(span) for span in spans)
    return CountVerdict(
        normal,
        read,
        f"{_side(normal)} the adult table's {shown} (no range and no flag sent)",
        by_default=True,
    )


def _factor(unit: str | None, name: str) -> Fraction:
    """What a number in this unit is multiplied by; raises Unreadable for a unit that cannot be this
    component's.
    """
    if not unit:
        raise Unreadable("has no unit")
    dimension, factor = UNITS.get(unit, ("", ONE))
    if dimension != DIMENSION[name]:
        raise Unreadable(
            f"has a unit that is {'of another quantity' if dimension else 'not known here'} "
            f"('{unit}')"
        )
    return factor


def _convert(value: Percent, unit: str | None, name: str) -> Percent:
    factor = _factor(unit, name)
    if factor == ONE:
        return value
    return Percent(value.low * factor, value.high * factor, value.low_open, value.high_open)


def _plausible(name: str, value: Percent) -> None:
    low, high = _bounds(name)["plausible"][0]
    too_low = value.low == value.high and 0 < value.low < low
    if too_low or value.low > high:
        raise Unreadable(
            f"is not plausible: {_words(value)} {COMMON_UNIT[DIMENSION[name]]} (a slip of unit or "
            f"sample?)"
        )


def _limits(
    name: str, ranges: tuple[Range, ...], unit: str | None, sex: str | None
) -> Iterator[tuple[Fraction | None, Fraction | None]]:
    """The laboratory's ranges in the common unit; raises Unreadable for one that cannot belong to
    this test.
    """
    fitting = [r for r in ranges if r.sex is None or r.sex == sex or sex not in ("female", "male")]
    bounds = _bounds(name)
    for given in fitting:
        low, high = _limit_pair(given, unit, name)
        for limit, key in ((low, "range_low"), (high, "range_high")):
            if limit is not None and not bounds[key][0][0] <= limit <= bounds[key][0][1]:
                raise Unreadable("carries a reference range that cannot be this test's")
        if low is not None or high is not None:
            yield low, high


def _limit_pair(
    given: Range, unit: str | None, name: str
) -> tuple[Fraction | None, Fraction | None]:
    if given.low is not None and given.low.text is not None:
        return _text_limits(given.low.text, unit, name)
    low, high = (
        None
        if limit is None or limit.number is None
        else _scaled(number_of(limit.number), _factor(limit.unit or unit, name))
        for limit in (given.low, given.high)
    )
    return low, high


def _scaled(number: Fraction, factor: Fraction) -> Fraction:
    return number if factor == ONE else number * factor


def _text_limits(text: str, unit: str | None, name: str) -> tuple[Fraction | None, Fraction | None]:
    """A range written as text, such as `4300 to 10800`; unreadable text is no range."""
    if match := _TEXT_RANGE.fullmatch(text.strip()):
        numbers, rest = match.groups()[:2], match[3]
    elif match := _TEXT_LIMIT.fullmatch(text.strip()):
        numbers, rest = ((None, match[2]) if match[1][0] in "<≤" else (match[2], None)), match[3]
    else:
        return None, None
    if rest.strip() and rest.strip() not in UNITS:
        return None, None
    own = rest.strip() or unit
    low, high = (
        None if number is None else number_of(number) * _factor(own, name) for number in numbers
    )
    return low, high


def _within(value: Percent, limits: list[tuple[Fraction | None, Fraction | None]]) -> bool | None:
    """Inside every range, outside every range, or unknown; limits are inclusive."""
    verdicts = {_inside(value, low, high) for low, high in limits}
    return verdicts.pop() if len(verdicts) == 1 else None


def _inside(value: Percent, low: Fraction | None, high: Fraction | None) -> bool | None:
    below = None if low is None else value.compare("<", low)
    above = None if high is None else value.compare(">", high)
    if below or above:
        return False
    return True if below is False and above is False else None


def _flag(flags: tuple[str, ...]) -> bool | None:
    said = {flag == "N" for flag in flags if flag == "N" or flag in ABNORMAL}
    return said.pop() if len(said) == 1 else None


@cache
def _bounds(name: str) -> dict[str | None, list[tuple[Fraction, Fraction]]]:
    """The limits of `codes/blood-count.yaml`, exactly: each key's, `adult` all of the adult
    table's, and each sex its own.
    """
    entry = read_yaml("blood-count")[name]
    bounds = {key: [_exact(entry[key])] for key in ("plausible", "range_low", "range_high")}
    return (
        bounds
        | {"adult": [_exact(pair) for pair in entry["adult"].values()]}
        | {k: [_exact(v)] for k, v in entry["adult"].items()}
    )


def _exact(pair: Any) -> tuple[Fraction, Fraction]:
    return Fraction(str(pair[0])), Fraction(str(pair[1]))


def _side(normal: bool) -> str:
    return "within" if normal else "outside"


def _span(limits: tuple[Fraction | None, Fraction | None]) -> str:
    low, high = (None if limit is None else format_number(limit) for limit in limits)
    return f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}"


def _words(value: Percent) -> str:
    if value.low == value.high:
        return format_number(value.low)
    if value.high >= Fraction(10**8):
        return f"{'more than' if value.low_open else 'at least'} {format_number(value.low)}"
    start = f"{format_number(value.low)} to" if value.low else "at most"
    return f"{'less than' if value.high_open else start} {format_number(value.high)}"
