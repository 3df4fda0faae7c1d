"""Cases as values of facts: every side of every comparison, and the smallest partial case that
shows something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import combinations, product
from typing import Any

from allstatus.record.percent import Percent, format_number
from allstatus.rules.ruleset import Fact
from allstatus.rules.value_classes import representatives
from allstatus.table.decision_table import DecisionTable
from allstatus.verify.statements import Witness


@dataclass(frozen=True, slots=True)
class ValueSide:
    """A value that stands for all values of a fact with the same verdicts; `cases` are the cases
    with them.
    """

    value: object
    verdicts: Mapping[str, bool]
    cases: int

    @property
    def number(self) -> Fraction:
        """The value of a percentage."""
        assert isinstance(self.value, Percent)
        return self.value.low

    @property
    def shown(self) -> Any:
        """The value as a record may state it."""
        return format_number(self.value.low) if isinstance(self.value, Percent) else self.value


class Space:
    """A decision table seen through the facts: `sides` has every side of a fact.

    `everything` are the cases whose criteria some values give, whatever the constraints say.
    """

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.sides = {name: self._sides(fact) for name, fact in table.ruleset.facts.items()}
        self.everything = reduce(
            int.__and__,
            (reduce(int.__or__, (s.cases for s in sides)) for sides in self.sides.values()),
        )
        self._distinct = {name: _first_of_each(sides) for name, sides in self.sides.items()}

    def smallest(self, bad: int) -> Witness | None:
        """The fewest facts with values such that every case that can be with them is in `bad`; None
        when none is.
        """
        bad &= self.table.consistent
        if not bad:
            return None
        for size in range(len(self._distinct) + 1):
            for facts in combinations(self._distinct, size):
                for sides in product(*(self._distinct[fact] for fact in facts)):
                    cases = reduce(
                        lambda cases, side: cases & side.cases, sides, self.table.consistent
                    )
                    if cases and not cases & ~bad:
                        return {fact: side.shown for fact, side in zip(facts, sides, strict=True)}
        raise AssertionError("every case that can be has values")

    def rising(self, fact: str) -> list[ValueSide]:
        """The sides of a percentage, smallest first."""
        return sorted(self.sides[fact], key=lambda side: side.number)

    def moved(self, case: int, side: ValueSide) -> int:
        """The number of the case that differs in this one fact's value."""
        for bit, name in enumerate(self.table.criteria):
            if name in side.verdicts:
                case = case | 1 << bit if side.verdicts[name] else case & ~(1 << bit)
        return case

    def members(self, cases: int) -> list[int]:
        """The numbers of the cases in a set."""
        return [number for number in range(len(self.table.cases)) if cases >> number & 1]

    def statuses_of(self, case: int) -> frozenset[str]:
        """The statuses of a case."""
        return frozenset(name for name, cases in self.table.statuses.items() if cases >> case & 1)

    def _sides(self, fact: Fact) -> tuple[ValueSide, ...]:
        asked = [
            self.table.ruleset.criteria[name] for name in self.table.ruleset.criteria_of(fact.name)
        ]
        values = representatives(
            fact, [c.condition.limit for c in asked if c.condition.limit is not None]
        )
        sides = [
            self._side(value, {c.name: bool(c.condition.holds(value)) for c in asked})
            for value in values
        ]
        return tuple(sides)

    def _side(self, value: object, verdicts: Mapping[str, bool]) -> ValueSide:
        return ValueSide(value, verdicts, self.table.cases_with(verdicts))


def _first_of_each(sides: tuple[ValueSide, ...]) -> tuple[ValueSide, ...]:
    """One side for each set of cases."""
    first: dict[int, ValueSide] = {}
    for side in sides:
        first.setdefault(side.cases, side)
    return tuple(first.values())
