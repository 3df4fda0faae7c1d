"""All 2,187 cells of the adult rules, with what each leaves possible found by its definition."""

from itertools import product
from typing import Any

from allstatus.table.decision_table import OUTSIDE
from allstatus.table.fact_domain import ValueClass
from shipped import RULES

TABLE, RESOLVER, EXPLAINER = RULES.table, RULES.resolver, RULES.explainer
FACTS = tuple(RULES.ruleset.facts)
PLACE = {name: number for number, name in enumerate(TABLE.criteria)}
Verdicts = tuple[bool | None, ...]


def outcomes_of(known: dict[str, bool]) -> set[str]:
    """What a set of criteria leaves possible, found case by case."""
    return {
        (TABLE.firings[number].statuses or (OUTSIDE,))[0]
        for number, case in enumerate(TABLE.cases)
        if TABLE.consistent >> number & 1
        and all(case[name] is verdict for name, verdict in known.items())
    }


def criteria_by_fact(known: dict[str, bool]) -> dict[str, dict[str, bool]]:
    grouped: dict[str, dict[str, bool]] = {}
    for name, verdict in known.items():
        grouped.setdefault(RULES.ruleset.criteria[name].condition.fact, {})[name] = verdict
    return grouped


def merged(parts: Any) -> dict[str, bool]:
    return {name: verdict for part in parts for name, verdict in part.items()}


def known_of(cell: Verdicts) -> dict[str, bool]:
    return {
        name: verdict
        for name, verdict in zip(TABLE.criteria, cell, strict=True)
        if verdict is not None
    }


def with_answers(cell: Verdicts, answers: tuple[ValueClass, ...]) -> Verdicts:
    changed = list(cell)
    for answer in answers:
        for name, verdict in answer.verdicts.items():
            changed[PLACE[name]] = verdict
    return tuple(changed)


def outcomes_of_cells() -> dict[Verdicts, frozenset[str]]:
    """What each cell leaves possible, by union over its completions."""
    found: dict[Verdicts, frozenset[str]] = {}
    for number, case in enumerate(TABLE.cases):
        alone = (
            frozenset({(TABLE.firings[number].statuses or (OUTSIDE,))[0]})
            if TABLE.consistent >> number & 1
            else frozenset()
        )
        found[tuple(case.values())] = alone
    for cell in sorted(
        product((False, True, None), repeat=len(TABLE.criteria)), key=lambda cell: cell.count(None)
    ):
        if None in cell:
            place = cell.index(None)
            found[cell] = frozenset().union(
                *(found[(*cell[:place], answer, *cell[place + 1 :])] for answer in (False, True))
            )
    return found
