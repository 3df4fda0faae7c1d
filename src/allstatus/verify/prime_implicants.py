"""A set of cases as the fewest boxes: each box fixes some criteria and leaves the others open.

Exact, by Quine and McCluskey: all prime boxes, then the smallest cover of them by search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from allstatus.table.decision_table import DecisionTable, Verdicts


@dataclass(frozen=True, slots=True)
class Box:
    """The cases with these verdicts (None: either way)."""

    verdicts: Verdicts
    cases: int

    @property
    def size(self) -> int:
        """How many criteria it fixes."""
        return sum(verdict is not None for verdict in self.verdicts)


def minimum_cover(table: DecisionTable, target: int) -> list[Box]:
    """The fewest boxes, with the fewest verdicts in all, that hold the target and no other case
    that can be.
    """
    return _fewest(prime_boxes(table, target), target) if target else []


def prime_boxes(table: DecisionTable, target: int) -> list[Box]:
    """Every box within the target (and cases that cannot be) that no wider such box contains."""
    allowed = target | table.everything & ~table.consistent
    inside = {}
    for verdicts in product((False, True, None), repeat=len(table.criteria)):
        cases = _cases(table, verdicts)
        if cases & target and not cases & ~allowed:
            inside[verdicts] = Box(verdicts, cases)
    return [
        box for box in inside.values() if not any(wider in inside for wider in _wider(box.verdicts))
    ]


def _cases(table: DecisionTable, verdicts: Verdicts) -> int:
    cases = table.everything
    for name, verdict in zip(table.criteria, verdicts, strict=True):
        if verdict is not None:
            cases &= table.where_true(name) if verdict else ~table.where_true(name)
    return cases


def _wider(verdicts: Verdicts) -> list[Verdicts]:
    return [
        (*verdicts[:i], None, *verdicts[i + 1 :])
        for i, verdict in enumerate(verdicts)
        if verdict is not None
    ]


def _fewest(boxes: Sequence[Box], target: int) -> list[Box]:
    for count in range(1, len(boxes) + 1):
        covers = _covers(boxes, target, count)
        if covers:
            return min(covers, key=lambda cover: sum(box.size for box in cover))
    raise AssertionError("the prime boxes cover the target")


def _covers(boxes: Sequence[Box], left: int, count: int) -> list[list[Box]]:
    """Every cover of what is left by at most `count` boxes, chosen case by case."""
    if not left:
        return [[]]
    if not count:
        return []
    case = left & -left
    choices = [box for box in boxes if box.cases & case]
    return [
        [box, *cover] for box in choices for cover in _covers(boxes, left & ~box.cases, count - 1)
    ]
