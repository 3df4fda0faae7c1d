"""Named assumptions: what an unreported fact is taken to be, where the rule set says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allstatus.rules.ruleset import Fact
from allstatus.table.decision_table import Cell, DecisionTable, Verdicts
from allstatus.table.fact_domain import ValueClass


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """A cell before and after the assumptions, which were made, and which the answer rests on.

    `unreported` are the facts an assumption may be made of.
    """

    stated: Cell
    cell: Cell
    unreported: frozenset[str]
    assumed: tuple[str, ...]
    used: tuple[str, ...]


class CellResolver:
    """Finds the cell of a set of verdicts; each combination is worked out once."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self._facts = table.ruleset.facts
        self._place = {name: number for number, name in enumerate(table.criteria)}
        self._known: dict[tuple[Verdicts, frozenset[str]], Resolution] = {}
        self.classes = {name: domain.classes for name, domain in table.domains.items()}
        self._cases = {
            fact: [(answer, table.cases_with(answer.verdicts)) for answer in answers]
            for fact, answers in self.classes.items()
        }
        self._assumed = {
            fact.name: self._verdicts_assumed(fact)
            for fact in self._facts.values()
            if fact.assume is not None
        }

    def resolve(self, verdicts: Verdicts, unreported: frozenset[str]) -> Resolution:
        """The cell of these verdicts after the assumptions that the unreported facts allow."""
        key = (verdicts, unreported)
        resolution = self._known.get(key)
        if resolution is None:
            resolution = self._known[key] = self._resolve(verdicts, unreported)
        return resolution

    def what_if(self, resolution: Resolution, *answers: ValueClass) -> Resolution:
        """What would follow if these facts had values of these classes, the rest as stated."""
        verdicts = list(resolution.stated.verdicts)
        unreported = resolution.unreported
        for answer in answers:
            for name, verdict in answer.verdicts.items():
                verdicts[self._place[name]] = verdict
            if answer.fact in unreported:
                unreported = unreported - {answer.fact}
        return self.resolve(tuple(verdicts), unreported)

    def open_answers(self, resolution: Resolution, fact: str) -> list[ValueClass]:
        """The classes of a fact that are still possible; one when the fact is known, none in a
        conflict.
        """
        return [
            answer for answer, cases in self._cases[fact] if resolution.cell.completions & cases
        ]

    def _resolve(self, verdicts: Verdicts, unreported: frozenset[str]) -> Resolution:
        stated = cell = self.table.cell(verdicts)
        assumed: list[str] = []
        for name in self._facts:
            if name in unreported and cell.completions:
                after = self._assume(name, cell)
                if after is not cell:
                    assumed.append(name)
                cell = after
        used = tuple(
            name
            for name in assumed
            if self._without(name, stated, assumed).possible != cell.possible
        )
        return Resolution(stated, cell, unreported, tuple(assumed), used)

    def _verdicts_assumed(self, fact: Fact) -> list[tuple[int, bool | None]]:
        """The place of each criterion on a fact, and its verdict on the value assumed."""
        assert fact.assume is not None
        conditions = self.table.domains[fact.name].conditions
        return [(self._place[n], c.holds(fact.assume.value)) for n, c in conditions.items()]

    def _without(self, omitted: str, cell: Cell, assumed: Sequence[str]) -> Cell:
        for name in assumed:
            if name != omitted:
                cell = self._assume(name, cell)
        return cell

    def _assume(self, name: str, cell: Cell) -> Cell:
        """The cell with the fact taken as its rule set says, or the same cell."""
        assumption = self._facts[name].assume
        if assumption is None or (
            assumption.when is not None and cell.completions & ~self.table.where(assumption.when)
        ):
            return cell
        verdicts = list(cell.closed)
        for criterion, verdict in self._assumed[name]:
            if verdicts[criterion] is None:
                verdicts[criterion] = verdict
        return cell if tuple(verdicts) == cell.closed else self.table.cell(tuple(verdicts))
