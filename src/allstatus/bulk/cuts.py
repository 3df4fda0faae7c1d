"""Where a column of numbers passes from one state of a percentage to the next, exactly, for every type of number.

A binary float reads as its shortest decimal form, as in a record. That reading keeps the order of the floats (each
lies among the reals that round to its own float, and those sets do not overlap), so for every limit, whether or not
it is a float itself, there is a first float that reads as beyond it; one comparison with that float decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allstatus.bulk.cells import FactStates
from allstatus.measurement import HUNDRED, ZERO, Percent

Numbers = NDArray[np.floating | np.integer]


@dataclass(frozen=True, slots=True)
class Cut:
    """`value >= limit`, or `value > limit` when `beyond`."""

    limit: Fraction
    beyond: bool

    def passed_by(self, value: Fraction) -> bool:
        return value > self.limit if self.beyond else value >= self.limit


@dataclass(frozen=True, slots=True)
class Scale:
    """The cuts in rising order, and the state before, between and after them (None: no percentage)."""

    cuts: tuple[Cut, ...]
    states: tuple[int | None, ...]

    def places(self, values: Numbers, decimals: int = 0) -> NDArray[np.uint8]:
        """How many cuts each value has passed: a place in `states`. NaN passes none.

        Whole numbers are taken as multiples of 10**-decimals.
        """
        places = np.zeros(len(values), np.uint8)
        for cut in self.cuts:
            places += values >= first_past(cut, values.dtype, decimals)
        return places


def percent_scale(states: FactStates) -> Scale:
    """The scale of a percentage: the cuts between its states from 0 to 100, and nothing outside."""
    cuts: list[Cut] = []
    passed: list[int | None] = [None]
    for cut, state in _steps(states):
        if state != passed[-1]:
            cuts.append(cut)
            passed.append(state)
    return Scale(tuple(cuts), tuple(passed))


def _steps(states: FactStates) -> Iterator[tuple[Cut, int | None]]:
    bounds = sorted({ZERO, *states.limits, HUNDRED})
    for low, high in zip(bounds, [*bounds[1:], None], strict=True):
        yield Cut(low, beyond=False), states.state_of(Percent(low, low))
        after = None if high is None else states.state_of(Percent(low, high, low_open=True, high_open=True))
        yield Cut(low, beyond=True), after


def first_past(cut: Cut, kind: np.dtype[np.floating | np.integer], decimals: int = 0) -> Any:
    """The first number of a type that reads as past the cut."""
    if kind.kind != "f":
        scaled = cut.limit * 10**decimals
        return math.floor(scaled) + 1 if cut.beyond else math.ceil(scaled)
    number = kind.type(float(cut.limit))
    while cut.passed_by(Fraction(str(number))):
        number = np.nextafter(number, kind.type(-math.inf))
    while not cut.passed_by(Fraction(str(number))):
        number = np.nextafter(number, kind.type(math.inf))
    return number
