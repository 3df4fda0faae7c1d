"""On which unknown facts it depends whether a case is one of a set of cases."""

from __future__ import annotations

from itertools import permutations

from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import DecisionTable
from allstatus.table.fact_domain import ValueClass


def facts_that_part(table: DecisionTable, completions: CaseSet, cases: CaseSet) -> tuple[str, ...]:
    """The facts on which it depends whether a completion lies in `cases`: another value of one
    alone leads out. Where none does so alone, every open fact.
    """
    inside, outside = completions & cases, completions & ~cases
    parting = tuple(
        name
        for name, domain in table.domains.items()
        if any(
            _moved(table, inside, one, other) & outside
            for one, other in permutations(domain.classes, 2)
        )
    )
    return parting or tuple(name for name in table.domains if _is_open(table, name, completions))


def _moved(table: DecisionTable, cases: CaseSet, one: ValueClass, other: ValueClass) -> CaseSet:
    """Those of the cases where a fact is of one class, with the fact in another instead."""
    step = _number(table, other) - _number(table, one)
    held = cases & table.cases_with(one.verdicts)
    return CaseSet(held << step if step > 0 else held >> -step)


def _number(table: DecisionTable, value: ValueClass) -> int:
    """What a class of values adds to the number of its cases."""
    return sum(1 << n for n, name in enumerate(table.criteria) if value.verdicts.get(name))


def _is_open(table: DecisionTable, fact: str, completions: CaseSet) -> bool:
    classes = table.domains[fact].classes
    return sum(bool(completions & table.cases_with(one.verdicts)) for one in classes) > 1
