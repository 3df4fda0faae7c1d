"""Cases as values of facts: every side of every comparison, and the smallest partial case that
shows something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

from allstatus.table.boxes import fewest_boxes
from allstatus.table.case_set import CaseSet, has, union
from allstatus.table.decision_table import DecisionTable, Verdicts
from allstatus.table.fact_domain import FactPoint
from allstatus.verify.statements import Witness


@dataclass(frozen=True, slots=True)
class VerdictBox:
    """The cases with these verdicts (None: either way)."""

    verdicts: Verdicts
    cases: CaseSet


def fewest_verdict_boxes(table: DecisionTable, cases: CaseSet) -> list[VerdictBox]:
    """The fewest boxes, with the fewest verdicts in all, that hold these cases and no other case
    that can be.
    """
    found = []
    for box in fewest_boxes(table.grid, cases, table.everything & ~table.consistent):
        verdicts = tuple(None if len(classes) > 1 else 1 in classes for classes in box)
        found.append(VerdictBox(verdicts, table.grid.cases(box)))
    return found


class Space:
    """A decision table seen through the facts: `points` has each value that stands for others.

    `everything` are the cases whose criteria some values give, whatever the constraints say.
    """

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.points = {name: domain.points() for name, domain in table.domains.items()}
        self.everything = table.everything & ~union(table.without_value.values())
        self._distinct = {name: _first_of_each(points) for name, points in self.points.items()}

    def smallest(self, bad: CaseSet) -> Witness | None:
        """The fewest facts with values such that every case that can be with them is in `bad`; None
        when none is.
        """
        bad = bad & self.table.consistent
        if not bad:
            return None
        for size in range(len(self._distinct) + 1):
            for facts in combinations(self._distinct, size):
                for points in product(*(self._distinct[fact] for fact in facts)):
                    cases = self.table.consistent
                    for point in points:
                        cases = cases & self.cases(point)
                    if cases and not cases & ~bad:
                        return {point.fact: point.stated for point in points}
        raise AssertionError("every case that can be has values")

    def cases(self, point: FactPoint) -> CaseSet:
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

    def statuses_of(self, case: int) -> frozenset[str]:
        """The statuses of a case."""
        return frozenset(name for name, cases in self.table.statuses.items() if has(cases, case))


def _first_of_each(points: Sequence[FactPoint]) -> list[FactPoint]:
    """One point for each pattern of verdicts."""
    first = {point.pattern: point for point in reversed(points)}
    return [point for point in points if first[point.pattern] is point]
