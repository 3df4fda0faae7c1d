"""The threshold strip in numbers: where a limit, a measurement and its counting error lie on a
line.

Places are in percent of the strip's width. What is not on the limit is never drawn on it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from allstatus.record.percent import HUNDRED, ZERO, Percent
from allstatus.record.value_class import value_class

BESIDE = 2  # the least distance from the limit at which anything else is drawn
End = Literal["closed", "open", "cut"]  # cut: it goes on beyond the strip


@value_class
class Span:
    """A stretch of a strip; `start` equals `end` for a single value."""

    start: float
    end: float
    start_end: End = "closed"
    end_end: End = "closed"


@value_class
class Strip:
    """A line from the percentage `low` to `high`, with the limit and what was measured on it."""

    low: Fraction
    high: Fraction
    limit: Fraction

    def place(self, number: Fraction) -> float:
        """Where a percentage is drawn; beyond an end, at that end."""
        place, limit = self._share(number), self._share(self.limit)
        if number != self.limit and abs(place - limit) < BESIDE:
            place = limit + BESIDE if number > self.limit else limit - BESIDE
        return round(float(min(max(place, ZERO), HUNDRED)), 2)

    def span(
        self, low: Fraction, high: Fraction, low_open: bool = False, high_open: bool = False
    ) -> Span | None:
        """Where an interval is drawn; None when all of it is beyond the strip."""
        if high < self.low or low > self.high:
            return None
        return Span(
            self.place(low),
            self.place(high),
            "cut" if low < self.low else _end(low_open),
            "cut" if high > self.high else _end(high_open),
        )

    def _share(self, number: Fraction) -> Fraction:
        return HUNDRED * (number - self.low) / (self.high - self.low)


def whole(limit: Fraction) -> Strip:
    """All percentages."""
    return Strip(ZERO, HUNDRED, limit)


def around(limit: Fraction, value: Percent) -> Strip | None:
    """The widest strip with the limit in its middle, where it shows more of the value than the
    whole does.
    """
    half = min(limit, HUNDRED - limit)
    ends = (
        [value.low]
        if value.exact is not None
        else [end for end in (value.low, value.high) if ZERO < end < HUNDRED]
    )
    near = any(abs(end - limit) <= half for end in ends)
    return Strip(limit - half, limit + half, limit) if near and ZERO < 2 * half < HUNDRED else None


def _end(is_open: bool) -> End:
    return "open" if is_open else "closed"
