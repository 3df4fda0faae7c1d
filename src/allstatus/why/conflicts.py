"""Why no case is possible: the fewest constraints that together exclude what was stated."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from allstatus.table.decision_table import Cell, DecisionTable


def clashing_constraints(table: DecisionTable, cell: Cell) -> list[dict[str, Any]]:
    """Each constraint of the smallest set that rules the stated facts out; empty when none does."""
    if cell.completions:
        return []
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
                return [_entry(table, name, set(known)) for name in names]
    facts = [table.ruleset.criteria[name].condition.fact for name in known]
    return [
        {
            "constraint": "one_value",
            "facts": facts,
            "because": "No value of a fact satisfies what is stated of it.",
        }
    ]


def _entry(table: DecisionTable, name: str, known: set[str]) -> dict[str, Any]:
    constraint = table.ruleset.constraints[name]
    asked = sorted((constraint.condition.criteria() | constraint.consequence.criteria()) & known)
    return {
        "constraint": name,
        "facts": [table.ruleset.criteria[c].condition.fact for c in asked],
        "because": constraint.because,
    }
