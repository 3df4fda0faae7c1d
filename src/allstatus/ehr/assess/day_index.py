"""What a chart's reading holds, found by its day without looking at all the rest."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Generic

from allstatus.ehr.dates import T, shifted
from allstatus.ehr.evidence.chart_reading import ChartReading, Finding
from allstatus.ehr.evidence.doubt import Doubt, stays
from allstatus.record.value_class import value_class

# Times written in two time zones compare by their instants: two days so far apart always compare
# as they are written (the clock and zone of each move it by less than six days).
ZONES = timedelta(days=11)


class DayIndex(Generic[T]):
    """Things by the last day each may be of; what is found comes in the order it was given in."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        self.items = tuple(items)
        lasts = [item.when.last for item in self.items]
        self._order = sorted(range(len(lasts)), key=lasts.__getitem__)
        self._lasts = [lasts[n] for n in self._order]
        self._vague = [n for n in self._order if self.items[n].when.vague]
        self.first = self._lasts[0] if self._lasts else None

    def between(self, first: date | None = None, last: date | None = None) -> list[T]:
        """Those whose last day lies between two days, both included; None is without end."""
        return [self.items[n] for n in sorted(self._order[slice(*self._span(first, last))])]

    def touching(self, first: date | None, last: date | None) -> list[T]:
        """Those that may lie on a day between the two, both included."""
        if not self.items:
            return []
        start, end = self._span(first, last)
        found = self._order[start:end]
        if last is not None:
            found += [n for n in self._vague if self._spans(n, first, last)]
        return [self.items[n] for n in sorted(found)]

    def latest(self, last: date | None, fits: Callable[[T], bool] | None = None) -> list[T]:
        """Of those that fit and lie no later than a day, every one that may be the latest."""
        found: list[int] = []
        since = limit = date.min
        for n in reversed(self._order[: self._span(None, last)[1]]):
            item = self.items[n]
            if item.when.last < limit:
                break
            if fits is None or fits(item):
                found.append(n)
                since = max(since, item.when.first)
                limit = shifted(since, -ZONES)
        return [self.items[n] for n in sorted(found)]

    def _span(self, first: date | None, last: date | None) -> tuple[int, int]:
        start = 0 if first is None else bisect_left(self._lasts, first)
        return start, len(self._lasts) if last is None else bisect_right(self._lasts, last)

    def _spans(self, n: int, first: date | None, last: date) -> bool:
        when = self.items[n].when
        return when.first <= last < when.last and (first is None or first <= when.last)


EMPTY: DayIndex[Finding] = DayIndex()
NO_DOUBT: DayIndex[Doubt] = DayIndex()


@value_class
class ReadingIndex:
    """A chart's reading by day: counts by component, what lies outside the marrow by site, signs by
    name, doubts, results of the rule set's own facts and answers by fact. `lasting` are the signs
    that may be there beyond their day.
    """

    marrow: DayIndex[Finding]
    components: Mapping[str, DayIndex[Finding]]
    sites: Mapping[str, DayIndex[Finding]]
    signs: Mapping[str, DayIndex[Finding]]
    passing: DayIndex[Finding]
    lasting: DayIndex[Finding]
    directed: DayIndex[Finding]
    doubts: Mapping[str, DayIndex[Doubt]]
    own: Mapping[str, DayIndex[Finding]]
    answers: Mapping[str, DayIndex[Doubt]]
    place: Mapping[int, int]

    @classmethod
    def of(cls, reading: ChartReading) -> ReadingIndex:
        """The index of what was read."""
        outside = [item for item in reading.outside if not item.when.vague]
        return cls(
            _index(reading.marrow),
            by(reading.counts, lambda item: item.name),
            by(outside, lambda item: item.site),
            by(reading.signs, lambda item: item.name),
            _index([item for item in reading.signs if not _may_last(item)]),
            _index([item for item in reading.signs if _may_last(item)]),
            _index(reading.directed),
            {fact: DayIndex(doubts) for fact, doubts in reading.doubts.items()},
            by(reading.own, lambda item: item.name),
            by(reading.answers, lambda answer: answer.fact),
            {id(item): place for place, item in enumerate(reading.signs)},
        )

    def signs_since(self, start: date, until: date | None) -> list[Finding]:
        """Signs recorded since a day, and those before it that may be there still."""
        found = self.passing.between(start, until) + self.lasting.between(None, until)
        return sorted(found, key=lambda item: self.place[id(item)])


def _index(items: list[Finding]) -> DayIndex[Finding]:
    return DayIndex(items) if items else EMPTY


def _may_last(sign: Finding) -> bool:
    return sign.until is not None or stays(sign.evidence)


def by(items: Iterable[T], key: Callable[[T], str]) -> dict[str, DayIndex[T]]:
    """An index of each group of things, by its key."""
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return {name: DayIndex(group) for name, group in found.items()}
