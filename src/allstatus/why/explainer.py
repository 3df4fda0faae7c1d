"""Everything that explains an answer, for one decision table; what depends on the cell alone is
kept.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from allstatus.table.assumptions import CellResolver, Resolution
from allstatus.table.decision_table import DecisionTable
from allstatus.why.conflicts import Conflict, clashing_constraints
from allstatus.why.counterfactuals import (
    Change,
    Settling,
    settling_answers,
    smallest_changes,
)
from allstatus.why.other_definitions import OtherDefinitions
from allstatus.why.parting_facts import facts_that_part
from allstatus.why.questions import NextQuestion, Questions
from allstatus.why.reasons import (
    derived_values,
    irrelevant_facts,
    missing_facts,
    sufficient_reasons,
    what_it_follows_from,
)
from allstatus.why.trace import Tracer, WhyNot


class Explainer:
    """Explains the resolutions of one resolver."""

    def __init__(self, table: DecisionTable, resolver: CellResolver) -> None:
        self.table, self.resolver = table, resolver
        self.tracer = Tracer(table)
        self.limited = [c for c in table.ruleset.criteria.values() if c.condition.limit is not None]
        self.questions = Questions(resolver)
        self.elsewhere = OtherDefinitions(table.ruleset)
        self._known: dict[Resolution, Explanation] = {}

    def explain(self, resolution: Resolution) -> Explanation:
        """The explanation of a resolution; each part is worked out when first asked for."""
        explanation = self._known.get(resolution)
        if explanation is None:
            explanation = self._known[resolution] = Explanation(self, resolution)
        return explanation


class Explanation:
    """What can be said of a resolution whatever the exact values behind it.

    `forms` are for `document`: the JSON by kind of decision, with gaps for the exact values; `said`
    is for those who put it into words (`shared` beside `Decision`).
    """

    def __init__(self, explainer: Explainer, resolution: Resolution) -> None:
        self._explainer, self._resolver, self._resolution = (
            explainer,
            explainer.resolver,
            resolution,
        )
        self.forms: dict[tuple[str, bool, object], Any] = {}
        self.said: dict[object, Any] = {}

    @cached_property
    def derived(self) -> dict[str, Any]:
        """The value that a constraint forces on each fact that was not stated, where it forces
        one.
        """
        return derived_values(self._resolver, self._resolution)

    @cached_property
    def depends_on(self) -> dict[str, tuple[str, ...]]:
        """For each region this may lie in, the facts on which that depends."""
        table, cell = self._explainer.table, self._resolution.cell
        return {
            name: facts_that_part(table, cell.completions, table.regions[name])
            for name in cell.possible_regions
        }

    @cached_property
    def settling(self) -> tuple[Settling, ...]:
        """The fewest answers to what is not known that would settle it, for each outcome."""
        return settling_answers(self._resolver, self._resolution)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Unknown facts with an answer that would change what is possible."""
        return missing_facts(self._resolver, self._resolution)

    @cached_property
    def irrelevant(self) -> tuple[str, ...]:
        """Unknown facts that cannot change the answer."""
        return irrelevant_facts(self._resolver, self._resolution, self.missing)

    @cached_property
    def reasons(self) -> tuple[tuple[str, ...], ...]:
        """Subset-minimal sets of known facts that force the outcome."""
        return sufficient_reasons(self._resolver, self._resolution)

    def follows_from(self, criterion: str) -> tuple[str, ...]:
        """The criteria of known facts from which another's verdict follows; none where its own fact
        says it.
        """
        return what_it_follows_from(self._resolver, self._resolution, criterion)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The smallest changes of facts to each other outcome."""
        return smallest_changes(self._resolver, self._resolution)

    @cached_property
    def clashes(self) -> tuple[Conflict, ...]:
        """The fewest constraints that what is stated breaks."""
        return clashing_constraints(self._explainer.table, self._resolution.stated)

    @cached_property
    def why_not(self) -> tuple[WhyNot, ...]:
        """For each status not reached: the clauses that decide against it and the facts it waits
        for.
        """
        return self._explainer.tracer.why_not(self._resolution.cell)

    @cached_property
    def ask_next(self) -> NextQuestion | None:
        """The first question of the least burdensome plan, and what each answer would leave
        possible.
        """
        return self._explainer.questions.next_question(self._resolution)
