"""One component of a blood count: is it normal? The same for a record, FHIR, HL7 v2 and columns.

Plausibility first, then the laboratory's range in its own unit, its flag, and where it sent
neither, if allowed, the adult table of `codes/blood-count.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from allstatus.record.code_files import read_yaml
from allstatus.record.percent import Percent, format_number
from allstatus.record.reference_range import Limits, read_limits
from allstatus.record.remembered import remembered
from allstatus.record.sent_numbers import ENDLESS, Range, SentNumber, Unreadable, interval
from allstatus.record.units import CELLS, COMMON_UNIT, QUANTITIES, read_unit
from allstatus.record.value_class import value_class

CONFLICT = "cbc_flag_against_range"
FLAG_AGAINST_RANGE = (
    "The laboratory's flag contradicts its range, and nothing else settles the blood count."
)
FLAG_UNKNOWN = "is flagged {}, which is not known here"
ADULT_RANGES = "adult ranges"
ADULT_TABLE = (
    "Where the laboratory sent neither range nor flag, the adult ranges of codes/blood-count.yaml "
    "are used; a patient whose age is not known is taken for an adult."
)
ADULT_FROM = 18  # years; whom the adult ranges are for
ABNORMAL = frozenset({"L", "H", "LL", "HH", "A", "AA", "<", ">", "LU", "HU"})
ZERO, ONE = Fraction(0), Fraction(1)


class Person(NamedTuple):
    """What the ranges depend on: sex, whether the patient was an adult on the day, and whether the
    adult table may be used.
    """

    sex: str | None = None
    adult: bool = True
    adult_ranges: bool = True


@value_class
class CountVerdict:
    """Normal, not normal, or unknown (None) with the reason.

    `read` is the value in words, `number` the value in the common unit where both are exact;
    `conflict`: flag and range contradict each other; `by_default`: the adult table decided.
    """

    normal: bool | None
    read: str
    because: str
    conflict: bool = False
    by_default: bool = False
    number: Fraction | None = None


class _Value(NamedTuple):
    """A value in the common unit, or as sent where its unit cannot be converted (`factor` None)."""

    span: Percent
    unit: str | None
    factor: Fraction | None

    @property
    def words(self) -> str:
        return f"{_words(self.span)} {self.unit or '(no unit)'}"


class _Fitting(NamedTuple):
    """The laboratory's ranges for a patient, in the unit the value is in: none when it sent none,
    None when it sent what is not readable or not this patient's. They can be a component's when
    multiplied by something from `least` to `most`.
    """

    limits: tuple[Limits, ...] | None
    least: Fraction = ZERO
    most: Fraction = ENDLESS
    as_sent: bool = True  # whether that may be one
    shown: str = ""  # the first of them


def _fit(name: str, ranges: tuple[Range, ...], unit: str | None, sex: str | None) -> _Fitting:
    known = read_unit(unit) if unit else None
    factor = known.factor if known is not None and known.quantity in COMMON_UNIT else None
    fitting = [r for r in ranges if r.sex is None or r.sex == sex or sex not in ("female", "male")]
    try:
        limits = tuple(read_limits(given, unit, factor) for given in fitting)
    except Unreadable:
        return _Fitting(None)
    least, most, bounds = ZERO, ENDLESS, _table()[name]
    for given in limits:
        for limit, (low, high) in ((given.low, bounds.range_low), (given.high, bounds.range_high)):
            if limit is not None:
                least = max(least, low / limit) if limit else ENDLESS
                most = min(most, high / limit) if limit else ZERO
    as_sent, shown = least <= ONE <= most, str(limits[0]) if limits else ""
    return _Fitting(limits if limits or not ranges else None, least, most, as_sent, shown)


_same_fit = remembered(1 << 12)(_fit)


def judge(
    name: str,
    value: SentNumber | None,
    ranges: tuple[Range, ...],
    flags: tuple[str, ...],
    person: Person,
) -> CountVerdict:
    """Decide on a component such as `platelets`; what cannot be relied on is unknown, and why."""
    try:
        return _judge_again(name, value, ranges, flags, person)
    except TypeError:  # a value or a limit that is an object or a list
        return _judge(name, value, ranges, flags, person, _fit)


def is_adult(age: Any) -> bool:
    """Whether the adult ranges are for this age in years; an age not known is taken for one."""
    return age is None or bool(age >= ADULT_FROM)


def _judge(
    name: str,
    sent: SentNumber | None,
    ranges: tuple[Range, ...],
    flags: tuple[str, ...],
    person: Person,
    fit: Callable[..., _Fitting] = _same_fit,
) -> CountVerdict:
    said = {flag == "N" for flag in flags if flag == "N" or flag in ABNORMAL}
    if sent is None:
        because = f"flagged {', '.join(flags)} by the laboratory" if flags else "has no value"
        return CountVerdict(said.pop() if len(said) == 1 else None, "", because)
    try:
        value = _read_value(name, sent)
        fitting = fit(name, ranges, sent.unit, person.sex)
        _refuse_implausible(name, value, fitting)
        if value.factor is None and not fitting.limits:
            raise Unreadable(_why_unit(sent.unit))
    except Unreadable as error:
        return CountVerdict(None, "", str(error))
    verdict = _decide(value, fitting, flags, said) or _by_default(name, value, person)
    number = value.span.exact if value.factor is not None else None
    return CountVerdict(
        verdict.normal, value.words, verdict.because, verdict.conflict, verdict.by_default, number
    )


_judge_again = remembered(1 << 14)(_judge)  # laboratories send the same few values again and again


class _Verdict(NamedTuple):
    normal: bool | None
    because: str
    conflict: bool = False
    by_default: bool = False


def _decide(
    value: _Value,
    fitting: _Fitting,
    flags: tuple[str, ...],
    said: set[bool],
) -> _Verdict | None:
    """By what the laboratory sent; None where it sent neither range nor flag."""
    limits = fitting.limits
    if len(said) > 1:
        return _Verdict(None, "its flags contradict each other")
    foreign = any("|" in flag for flag in flags)  # of a system that is not HL7's
    by_flag = None if foreign else next(iter(said), None)
    by_range = None if not limits else _within(value.span, limits)
    if by_range is not None and by_flag is not None and by_range != by_flag:
        return _Verdict(None, "the flag contradicts the range", conflict=True)
    if by_range is not None and limits:
        return _Verdict(by_range, f"{_side(by_range)} the laboratory's range {fitting.shown}")
    if by_flag is not None:
        return _Verdict(by_flag, f"flagged {', '.join(flags)} by the laboratory")
    if limits is None:
        return _Verdict(
            None,
            "carries a reference range that cannot be read or is not this patient's, and no flag",
        )
    if limits:
        return _Verdict(None, "lies on both sides of a limit of the laboratory's ranges")
    if flags:
        return _Verdict(None, FLAG_UNKNOWN.format(", ".join(flags)))
    return None


def _by_default(name: str, value: _Value, person: Person) -> _Verdict:
    if not (person.adult_ranges and person.adult):
        reason = "switched off" if person.adult else "not for children"
        return _Verdict(None, f"no range and no flag; the adult table is {reason}")
    adult = _table()[name].adult
    spans = [adult[person.sex]] if person.sex in adult else list(adult.values())
    verdict = _within(value.span, spans)
    if verdict is None:
        return _Verdict(
            None, "no range and no flag; the adult table needs the sex or a more precise value"
        )
    shown = " or ".join(str(span) for span in spans)
    because = f"{_side(verdict)} the adult table's {shown} (no range and no flag sent)"
    return _Verdict(verdict, because, by_default=True)


def _read_value(name: str, sent: SentNumber) -> _Value:
    """The value in the component's common unit where its unit has one; raises Unreadable."""
    span, unit = interval(sent), read_unit(sent.unit) if sent.unit else None
    if unit is not None and unit.quantity not in QUANTITIES[name]:
        raise Unreadable(f"has a unit that is of another quantity ('{sent.unit}')")
    if unit is None or unit.quantity not in COMMON_UNIT:
        return _Value(span, sent.unit, None)
    if unit.factor != ONE:
        low = span.low * unit.factor
        high = low if span.high is span.low else span.high * unit.factor
        span = Percent(low, high, span.low_open, span.high_open)
    return _Value(span, COMMON_UNIT[unit.quantity], unit.factor)


def _why_unit(unit: str | None) -> str:
    if not unit:
        return "has no unit"
    if read_unit(unit) is not None:
        return f"is in {unit}, which is compared with a range in {unit} only"
    return f"has a unit that is not known here ('{unit}')"


def _refuse_implausible(name: str, value: _Value, fitting: _Fitting) -> None:
    """Raise Unreadable unless value and limits can be this component's in the unit they are in, or,
    where that has no factor, in any one unit.
    """
    bounds, low, high = _table()[name], value.span.low, value.span.high
    least, most = bounds.plausible
    none = bounds.zero and not low  # may be none at all
    if value.factor is not None:
        plausible, fits = (none or high >= least) and low <= most, fitting.as_sent
    else:
        least = ZERO if none or not high else least / high
        most = most / low if low else ENDLESS
        plausible = least <= most and bool(high or bounds.zero)
        fits = max(least, fitting.least) <= min(most, fitting.most)
    if not plausible:
        raise Unreadable(f"is not plausible: {value.words} (a slip of unit or sample?)")
    if not fits:
        raise Unreadable("carries a reference range that cannot be this test's")


def _within(span: Percent, limits: list[Limits] | tuple[Limits, ...]) -> bool | None:
    """Inside every range, outside every range, or unknown."""
    verdicts = {given.hold(span) for given in limits}
    return verdicts.pop() if len(verdicts) == 1 else None


class _Bounds(NamedTuple):
    """A component's entry of `codes/blood-count.yaml`, exactly."""

    plausible: tuple[Fraction, Fraction]
    zero: bool
    range_low: tuple[Fraction, Fraction]
    range_high: tuple[Fraction, Fraction]
    adult: dict[str | None, Limits]


@cache
def _table() -> dict[str, _Bounds]:
    return {
        name: _Bounds(
            _exact(entry["plausible"]),
            CELLS in QUANTITIES[name],
            _exact(entry["range_low"]),
            _exact(entry["range_high"]),
            {sex: Limits(*_exact(pair)) for sex, pair in entry["adult"].items()},
        )
        for name, entry in read_yaml("blood-count").items()
    }


def _exact(pair: Any) -> tuple[Fraction, Fraction]:
    return Fraction(str(pair[0])), Fraction(str(pair[1]))


def _side(normal: bool) -> str:
    return "within" if normal else "outside"


def _words(value: Percent) -> str:
    if value.low is value.high or value.low == value.high:
        return format_number(value.low)
    if value.high >= Fraction(10**8):
        return f"{'more than' if value.low_open else 'at least'} {format_number(value.low)}"
    start = f"{format_number(value.low)} to" if value.low else "at most"
    return f"{'less than' if value.high_open else start} {format_number(value.high)}"
