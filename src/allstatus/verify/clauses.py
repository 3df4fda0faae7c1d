"""Which clause of a status is needed, and by which case: each is dropped alone, and the status
compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import Status
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import DecisionTable


@dataclass(frozen=True, slots=True)
class Dropped:
    """A clause of a status in words, and the cases that change when it alone is dropped."""

    about: str
    words: str
    changes: CaseSet


def drop_each(table: DecisionTable) -> Iterator[Dropped]:
    """Every clause of every status, nested ones and each `unless` too, dropped alone."""
    for status in table.ruleset.statuses.values():
        for clause in status.clauses:
            for node in _droppable(clause):
                changes = _changes(table, status, node.path, None)
                yield Dropped(node.path, f"{status.name}: {_words(node)}", changes)
        for other in status.unless:
            changes, words = _changes(table, status, None, other), f"unless {other}"
            yield Dropped(f"{status.name}.unless.{other}", f"{status.name}: {words}", changes)


def _droppable(clause: Clause) -> Iterator[Clause]:
    """The clause and all below it, except what stands alone below a `not`."""
    yield clause
    while clause.kind == "not":
        clause = clause.children[0]
    for child in clause.children:
        yield from _droppable(child)


def _changes(table: DecisionTable, status: Status, path: str | None, unless: str | None) -> CaseSet:
    cases = table.consistent
    for clause in status.clauses:
        if clause.path != path:
            cases &= table.where(_without(clause, path))
    for other in status.unless:
        if other != unless:
            cases &= ~table.statuses[other]
    return cases ^ table.statuses[status.name]


def _without(clause: Clause, path: str | None) -> Clause:
    children = (_without(child, path) for child in clause.children if child.path != path)
    return replace(clause, children=tuple(children))


def _words(clause: Clause) -> str:
    if clause.kind == "criterion":
        return str(clause.criterion)
    if clause.kind == "not":
        return f"not {_words(clause.children[0])}"
    return f"{clause.kind} of ({', '.join(_words(child) for child in clause.children)})"
