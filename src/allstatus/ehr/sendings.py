"""Several sendings of one result, of which the last holds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import accumulate
from typing import Any

from allstatus.ehr.chart import IN_ERROR, Result, in_doubt
from allstatus.ehr.dates import PointInTime, When

SUPERSEDED = "superseded by a later sending of the same result"
BY_IDENTIFIER = "identifier "  # how a name begins that is one
MAYBE_CORRECTED = "one of several sent together, and a later sending may have corrected it"


def without_superseded(results: list[Result]) -> Iterable[Result]:
    """Every result; of several sendings of one named result all but the last are void, or in doubt
    where the last may be of another one of them.
    """
    once: set[str] = set()
    several: dict[str, list[Result]] = {}
    for result in results:
        for name in result.names:
            if name in once:
                several[name] = []
            once.add(name)
    if not several:
        return results
    for result in results:
        for name in result.names:
            if name in several:
                several[name].append(result)
    return _last(results, several)


def _last(results: list[Result], named: dict[str, list[Result]]) -> Iterator[Result]:
    several = {name: _Sendings(sent) for name, sent in named.items()}
    # a sending in error may stand for the result, or for itself alone
    firm = {name: _Sendings(r for r in sent if r.void != IN_ERROR) for name, sent in named.items()}
    days = {name: _ByDay(named[name]) for name in named if name.startswith(BY_IDENTIFIER)}
    for result in results:
        names = [name for name in result.names if name in several]
        found = [several[name].replacing(result) for name in names]
        if any(
            firm[name].replacing(result) == SUPERSEDED
            and (name not in days or days[name].meant(result))
            for name in names
        ):
            yield replace(result, void=result.void or SUPERSEDED)
        elif any(found):
            yield in_doubt(result, MAYBE_CORRECTED)
        else:
            yield result


def _sent(result: Result) -> tuple[When | None, bool]:
    return result.sent or result.issued or result.when, result.corrected


class _Sendings:
    """Sendings under one name, by time: a later one, or a correction that may be of the same time,
    replaces.
    """

    def __init__(self, results: Iterable[Result]) -> None:
        self._together = Counter(map(_sent, results))
        timed = [(when, fixes, n) for (when, fixes), n in self._together.items() if when]
        self._most = max((n for *_, n in timed), default=0)
        self._begun = _Largest((when.begin, n) for when, _, n in timed)
        self._fixed = _Largest((when.end, n) for when, fixes, n in timed if fixes)

    def replacing(self, result: Result) -> str:
        """What later sendings make of a result: none here are fewer than were sent with it, so each
        of these has its own.
        """
        when, corrected = _sent(result)
        if when is None:
            later = max(self._most, 0 if corrected else self._together[None, True])
        else:
            fixed = 0 if corrected else self._fixed.after(when.begin, at=True)
            later = max(self._begun.after(when.end), fixed)
        if not later:
            return ""
        return SUPERSEDED if later >= self._together[when, corrected] else MAYBE_CORRECTED


class _ByDay:
    """Sendings under one identifier, which some give to all results of a test: one of another day
    is another result, and one of a day that is not known may be, unless it is a correction.
    """

    def __init__(self, results: Iterable[Result]) -> None:
        of: dict[date | None, list[Result]] = {}
        for result in results:
            of.setdefault(_day(result), []).append(result)
        fixes = [one for sent in of.values() for one in sent if one.corrected]
        self._fixes = _Sendings(fixes)
        self._of = {day: _Sendings(sent) for day, sent in of.items()}

    def meant(self, result: Result) -> bool:
        """Whether a later sending is of its day, or corrects it, or its day is not known."""
        day = _day(result)
        if day is None:
            return True
        return bool(self._of[day].replacing(result) or self._fixes.replacing(result))


def _day(result: Result) -> date | None:
    when = result.when
    return None if when is None or when.vague else when.first


class _Largest:
    """Numbers at points in time, of which the largest after one is asked for."""

    def __init__(self, numbers: Iterable[tuple[PointInTime, int]]) -> None:
        points = list(numbers)
        zoned = [(point, n) for point, n in points if point.utc is not None]
        zoneless = [(point, n) for point, n in points if point.utc is None]
        self._zoned = _sorted((point.utc, n) for point, n in zoned)
        self._zoned_days = _sorted((point.day, n) for point, n in zoned)
        self._zoned_written = _sorted((point[:2], n) for point, n in zoned)
        self._zoneless = _sorted((point[:2], n) for point, n in zoneless)
        self._timed_days = _sorted((point.day, n) for point, n in zoneless if point.timed)
        self._untimed = _sorted((point[:2], n) for point, n in zoneless if not point.timed)

    def after(self, point: PointInTime, *, at: bool = False) -> int:
        """The largest number after a point, or at it too; 0 when there is none."""
        if point.utc is None:
            zoned = (
                _first(self._zoned_days, point.day, at)
                if point.timed
                else _first(self._zoned_written, point[:2], at)
            )
            return max(zoned, _first(self._zoneless, point[:2], at))
        days, untimed = (self._timed_days, point.day), (self._untimed, point[:2])
        zoneless = max(_first(*days, at), _first(*untimed, at))
        return max(_first(self._zoned, point.utc, at), zoneless)


def _sorted(numbers: Iterable[tuple[Any, int]]) -> tuple[list[Any], list[int]]:
    """(the keys in order, the largest number from each of them on, and 0 at the end)."""
    ordered = sorted(numbers)
    largest = list(accumulate((n for _, n in reversed(ordered)), max, initial=0))
    return [key for key, _ in ordered], largest[::-1]


def _first(numbers: tuple[list[Any], list[int]], key: Any, at: bool) -> int:
    keys, largest = numbers
    return largest[bisect_left(keys, key) if at else bisect_right(keys, key)]
