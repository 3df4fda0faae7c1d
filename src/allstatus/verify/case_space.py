"""Cases as values of facts: every side of every comparison, and the smallest partial case that
shows something.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

from allstatus.table.decision_table import DecisionTable
from allstatus.table.fact_domain import FactPoint
from allstatus.verify.statements import Witness


class Space:
    """A decision table seen through the facts: `points` has each value that stands for others.

    `everything` are the cases whose criteria some values give, whatever the constraints say.
    """

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.points = {name: domain.points() for name, domain in table.domains.items()}
        self.everything = table.everything
        for cases in table.without_value.values():
            self.everything &= ~cases
        self._distinct = {name: _first_of_each(points) for name, points in self.points.items()}

    def smallest(self, bad: int) -> Witness | None:
        """The fewest facts with values such that every case that can be with them is in `bad`; None
        when none is.
        """
        bad &= self.table.consistent
        if not bad:
            return None
        for size in range(len(self._distinct) + 1):
            for facts in combinations(self._distinct, size):
                for points in product(*(self._distinct[fact] for fact in facts)):
                    cases = self.table.consistent
                    for point in points:
                        cases &= self.cases(point)
                    if cases and not cases & ~bad:
                        return {point.fact: point.stated for point in points}
        raise AssertionError("every case that can be has values")

    def cases(self, point: FactPoint) -> int:
        """The cases in which a fact has this value, as far as its criteria tell."""
        return self.table.cases_with(point.verdicts)

    def rising(self, fact: str) -> list[FactPoint]:
        """The points of a percentage, smallest first."""
        return sorted(self.points[fact], key=lambda point: point.number)

    def moved(self, case: int, point: FactPoint) -> int:
        """The number of the case that differs in this one fact's value."""
        for bit, name in enumerate(self.table.criteria):
            if name in point.verdicts:
                case = case | 1 << bit if point.verdicts[name] else case & ~(1 << bit)
        return case

    def members(self, cases: int) -> list[int]:
        """The numbers of the cases in a set."""
        return [number for number in range(len(self.table.cases)) if cases >> number & 1]

    def statuses_of(self, case: int) -> frozenset[str]:
        """The statuses of a case."""
        return frozenset(name for name, cases in self.table.statuses.items() if cases >> case & 1)


def _first_of_each(points: Sequence[FactPoint]) -> list[FactPoint]:
    """One point for each pattern of verdicts."""
    first = {point.pattern: point for point in reversed(points)}
    return [point for point in points if first[point.pattern] is point]
