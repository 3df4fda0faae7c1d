"""Sets of cases as conditions that never overlap, for languages in which a condition is a text.

What is known leaves a case of the set open exactly when it contradicts some condition in nothing,
so `possible` needs no three-valued logic at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from allstatus.table.boxes import Branch, disjoint_boxes
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import DecisionTable

Condition = Mapping[str, bool]


def conditions_of(table: DecisionTable, cases: CaseSet) -> list[Condition]:
    """Conditions on criteria that hold exactly these cases, none twice; few, by halving on the
    criteria that leave least to say.
    """
    answers = {True: cases, False: table.everything & ~cases}
    boxes = disjoint_boxes(table.grid, answers, _undecided)
    return [
        {table.criteria[axis]: classes == (1,) for axis, classes in fixed.items()}
        for fixed, inside in reversed(boxes)  # what is true before what is false
        if inside
    ]


def _undecided(branches: list[Branch[bool]]) -> int:
    """How many cases lie where both members and others do."""
    return sum(
        len(classes) * sum(cases.bit_count() for cases in left.values())
        for classes, left in branches
        if len(left) > 1
    )
