"""Dates as charts write them: to the year, month, day or second, with or without a time zone."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeVar

from allstatus.record.remembered import remembered
from allstatus.record.value_class import value_class

_FHIR = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"(Z| ?UTC|[+-]\d\d(?::?\d\d)?)?)?)?)?"  # the zone as databases write it, too
)
_YEARS = range(1800, 9999)  # years 1 and 9999 are what systems write for no date
_HL7 = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(\d{2,6}(?:\.\d+)?)?)?)?([+-]\d{4})?")


class Timed(Protocol):
    """Something that has a day."""

    @property
    def when(self) -> When:
        """When it is, or may be."""


T = TypeVar("T", bound=Timed)


class PointInTime(NamedTuple):
    """A day and time of day as written, and in UTC where the time zone is known: two of which it is
    known compare by it, two times of day of which one names no zone by their days only, any others
    as written.
    """

    day: date
    clock: str
    utc: datetime | None = None

    def _beside(self, other: PointInTime) -> tuple[Any, Any]:
        if self.utc is not None and other.utc is not None:
            return self.utc, other.utc
        if (self.utc or other.utc) and self.timed and other.timed:
            return self.day, other.day
        return self[:2], other[:2]

    @property
    def timed(self) -> bool:
        """Whether it has a time of day."""
        return self.clock not in ("", "~")

    def __lt__(self, other: PointInTime) -> bool:  # type: ignore[override]
        mine, theirs = self._beside(other)
        return bool(mine < theirs)

    def __gt__(self, other: PointInTime) -> bool:  # type: ignore[override]
        return other < self

    def __le__(self, other: PointInTime) -> bool:  # type: ignore[override]
        return not other < self

    def __ge__(self, other: PointInTime) -> bool:  # type: ignore[override]
        return not self < other

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PointInTime):
            return False
        mine, theirs = self._beside(other)
        return bool(mine == theirs)

    def __hash__(self) -> int:
        return 0  # equal ones may be written on two days


@value_class
class When:
    """A date as written. `first` and `last` are the days it can mean; the day is taken as written,
    in its own time zone. `utc` is its time where it has one with a time zone.
    """

    text: str
    first: date
    last: date
    clock: str = ""
    zoned: bool = True
    utc: datetime | None = None

    @property
    def vague(self) -> bool:
        """Known to the month or year only."""
        return self.first != self.last

    @property
    def shown(self) -> str:
        """The day, or as much of it as is known."""
        return self.text if self.vague else self.first.isoformat()

    @property
    def begin(self) -> PointInTime:
        """The first moment it can mean."""
        return PointInTime(self.first, self.clock, self.utc)

    @property
    def end(self) -> PointInTime:
        """The last moment it can mean: without a clock, the end of its last day."""
        return PointInTime(self.last, self.clock or "~", self.utc)

    @property
    def order(self) -> tuple[PointInTime, str]:
        """Sorts dates; a vague one counts as its last day."""
        return PointInTime(self.last, self.clock, self.utc), self.text


def spanning(first: When, last: When) -> When:
    """From the first day of one to the last day of another: what they date lies within."""
    return When(f"{first.text} to {last.text}", first.first, last.last)


def may_be_one(one: When | None, other: When | None) -> bool:
    """Whether two times may be the same, as far as each is known."""
    if one is None or other is None:
        return True
    clocks = {one.clock, other.clock} - {""}
    return one.first <= other.last and other.first <= one.last and len(clocks) < 2


def shifted(day: date, by: timedelta) -> date:
    """A day so much later, or earlier, within the calendar.

    >>> shifted(date(9999, 12, 31), timedelta(days=14)).isoformat()
    '9999-12-31'
    """
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta() else date.min


def of_age(born: When, years: int) -> When | None:
    """The year in which one who was born then is of an age; None beyond the calendar.

    >>> of_age(When("1980-02-29", date(1980, 2, 29), date(1980, 2, 29)), 45).text
    '2025-02-28 to 2026-02-28'
    """
    ends = [
        (day.year + more, day.month, min(day.day, monthrange(2001, day.month)[1]))
        for day, more in ((born.first, years), (born.last, years + 1))
    ]
    try:
        first, last = (date(*end) for end in ends)
    except (ValueError, OverflowError):
        return None
    return When(f"{first} to {last}", first, last)


def last_day(whens: Iterable[When | None]) -> date | None:
    """The earliest of the last days that bound a time."""
    return min((when.last for when in whens if when is not None), default=None)


def last_ones(items: Iterable[T]) -> list[T]:
    """Those of which each may be the latest, as none of the others begins after its end."""
    items = list(items)
    if len(items) < 2:
        return items
    begun = [item.when.begin for item in items]
    zoned = [moment for moment in begun if moment.utc is not None]
    other = [moment for moment in begun if moment.utc is None]
    groups = (zoned, itemgetter(2)), (zoned, itemgetter(0)), (other, itemgetter(0, 1))
    latest = [max(group, key=key) for group, key in groups if group]
    last = [item for item in items if not any(item.when.end < late for late in latest)]
    return last or items  # where each is before another, by zones


@remembered(8192)
def read_when(text: str) -> When | None:
    """A FHIR date, dateTime or instant, or an HL7 v2 time stamp; None when it is none of these.

    >>> read_when("2026-02").last.isoformat(), read_when("20260105093000").clock
    ('2026-02-28', '093000')
    """
    match = _FHIR.fullmatch(text.strip()) or _HL7.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, clock, zone = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if first.year not in _YEARS:
        return None
    last_month = int(month or 12)
    last = first if day else date(first.year, last_month, monthrange(first.year, last_month)[1])
    clock = (clock or "").replace(":", "")
    return When(text.strip(), first, last, clock, not clock or bool(zone), _utc(first, clock, zone))


def _utc(day: date, clock: str, zone: str | None) -> datetime | None:
    if not (clock and zone):
        return None
    try:
        hour, minute, second = int(clock[:2]), int(clock[2:4] or 0), int(clock[4:6] or 0)
        part = int(f"{clock[7:]:0<6}"[:6]) if len(clock) > 6 else 0
        at = datetime(day.year, day.month, day.day, hour, minute, second, part, UTC)
        return at - _ahead(zone)
    except (ValueError, OverflowError):  # no such time of day
        return None


@lru_cache(maxsize=256)
def _ahead(zone: str) -> timedelta:
    """How far a time zone is ahead of UTC."""
    far = zone.replace(":", "") if zone[0] in "+-" else "+00"
    hours, minutes = int(far[1:3]), int(far[3:] or 0)
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
