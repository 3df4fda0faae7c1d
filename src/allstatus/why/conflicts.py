"""Why no case is possible: the fewest constraints that together exclude what was stated."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from allstatus.record.value_class import value_class
from allstatus.table.decision_table import Cell, DecisionTable


@value_class
class Conflict:
    """Facts that contradict each other: the id of the constraint they break, and why it holds."""

    constraint: str
    facts: tuple[str, ...]
    because: str


def clashing_constraints(table: DecisionTable, cell: Cell) -> tuple[Conflict, ...]:
    """Each constraint of the smallest set that rules the stated facts out; empty when none does."""
    if cell.completions:
        return ()
    known = {
        name: verdict
        for name, verdict in zip(table.criteria, cell.verdicts, strict=True)
        if verdict is not None
    }
    stated = table.cases_with(known)
    for size in range(1, len(table.broken) + 1):
        for names in combinations(table.broken, size):
            left = stated
            for name in names:
                left &= ~table.broken[name]
            if not left:
                return tuple([_entry(table, name, set(known)) for name in names])
    because = "No value of a fact satisfies what is stated of it."
    return (Conflict("one_value", _facts(table, known), because),)


def _entry(table: DecisionTable, name: str, known: set[str]) -> Conflict:
    constraint = table.ruleset.constraints[name]
    asked = sorted((constraint.condition.criteria() | constraint.consequence.criteria()) & known)
    return Conflict(name, _facts(table, asked), constraint.because)


def _facts(table: DecisionTable, criteria: Iterable[str]) -> tuple[str, ...]:
    return tuple([table.ruleset.criteria[name].condition.fact for name in criteria])
