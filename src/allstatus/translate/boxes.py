"""Sets of cases as boxes, for languages in which a condition is a text.

A box fixes some criteria. What is known leaves a case of the set open exactly when it contradicts
some box of the set in nothing, so `possible` needs no three-valued logic at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from allstatus.table.decision_table import DecisionTable

Box = Mapping[str, bool]


def boxes_of(table: DecisionTable, cases: int) -> list[Box]:
    """Boxes that hold exactly these cases, none twice; few, by halving on the criteria that leave
    least to say.
    """
    return list(_halve(table, cases, {}))


def _halve(table: DecisionTable, cases: int, fixed: Box) -> Iterator[Box]:
    here = table.cases_with(fixed)
    if not here & cases:
        return
    if not here & ~cases:
        yield fixed
        return
    free = [name for name in table.criteria if name not in fixed]
    split = min(free, key=lambda name: _mixed(table, cases, fixed, name))
    for verdict in (True, False):
        yield from _halve(table, cases, {**fixed, split: verdict})


def _mixed(table: DecisionTable, cases: int, fixed: Box, name: str) -> int:
    """How many cases lie in a half that holds both members and others."""
    halves = [table.cases_with({**fixed, name: verdict}) for verdict in (True, False)]
    return sum(half.bit_count() for half in halves if half & cases and half & ~cases)
