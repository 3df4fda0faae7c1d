"""Where a percentage or number passes from one state to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from allstatus.bulk.cells import FactStates
from allstatus.record.percent import HUNDRED, ZERO, Percent
from allstatus.rules.ruleset import HIGHEST


@dataclass(frozen=True, slots=True)
class Cut:
    """`value >= limit`, or `value > limit` when `beyond`."""

    limit: Fraction
    beyond: bool

    def passed_by(self, value: Fraction) -> bool:
        """Whether a value, in the fact's unit, lies on the far side of the cut."""
        return value > self.limit if self.beyond else value >= self.limit


@dataclass(frozen=True, slots=True)
class Scale:
    """The cuts in rising order, and the state before, between and after them (None: no
    record can say it).
    """

    cuts: tuple[Cut, ...]
    states: tuple[int | None, ...]


def number_scale(states: FactStates, whole: int = 100) -> Scale:
    """The scale of a percentage or number: the cuts between its states from 0 to its highest, and
    nothing outside; 100 % is written as `whole`, which is 1 for fractions.
    """
    cuts: list[Cut] = []
    passed: list[int | None] = [None]
    for cut, state in _steps(states):
        if state != passed[-1]:
            cuts.append(Cut(cut.limit * whole / HUNDRED, cut.beyond))
            passed.append(state)
    return Scale(tuple(cuts), tuple(passed))


def _steps(states: FactStates) -> Iterator[tuple[Cut, int | None]]:
    bounds = sorted({ZERO, *states.limits, HIGHEST[states.fact.kind]})
    for low, high in zip(bounds, [*bounds[1:], None], strict=True):
        yield Cut(low, beyond=False), states.state_of(Percent(low, low))
        between = None if high is None else Percent(low, high, low_open=True, high_open=True)
        yield Cut(low, beyond=True), None if between is None else states.state_of(between)
