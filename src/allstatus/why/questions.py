"""What to ask next: the question that settles the answer at the least burden, worked out exactly.

Burdens are the rule set's, illustrative only. The mean counts every complete case that is still
possible alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from allstatus.assume import Resolution, Resolver
from allstatus.rules.values import ValueClass

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Ask `fact` first (None: nothing more to ask); the burden at worst and on average until the end.

    `unsettled` counts the complete cases for which the answer would still be open then.
    """

    fact: str | None
    worst: Fraction = NOTHING
    mean: Fraction = NOTHING
    unsettled: int = 0


SETTLED = Plan(None)


class Questions:
    """Plans for one rule set; each situation is worked out once."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._burdens = {name: Fraction(fact.burden) for name, fact in resolver.table.ruleset.facts.items()}
        self._plans: dict[tuple[Resolution, frozenset[str]], tuple[Plan, Plan]] = {}

    def plans(self, resolution: Resolution, unanswerable: frozenset[str] = frozenset()) -> tuple[Plan, Plan]:
        """The plan with the least burden at worst, and the one with the least on average.

        Facts in `unanswerable` are not asked for; what can be settled without them is. Nothing is
        asked once the answer is settled.
        """
        key = (resolution, unanswerable)
        plans = self._plans.get(key)
        if plans is None:
            plans = self._plans[key] = self._work_out(resolution, unanswerable)
        return plans

    def answers(self, resolution: Resolution, fact: str) -> list[tuple[ValueClass, tuple[str, ...]]]:
        """Each possible answer about a fact with the outcomes it would leave."""
        return [
            (answer, self._resolver.what_if(resolution, answer).cell.possible)
            for answer in self._resolver.open_answers(resolution, fact)
        ]

    def _work_out(self, resolution: Resolution, unanswerable: frozenset[str]) -> tuple[Plan, Plan]:
        if len(resolution.cell.possible) < 2:
            return SETTLED, SETTLED
        stop = Plan(None, unsettled=resolution.cell.completions.bit_count())
        pairs = [(stop, stop), *self._candidates(resolution, unanswerable)]
        by_worst = min((worst for worst, _ in pairs), key=lambda plan: (plan.unsettled, plan.worst, plan.mean))
        by_mean = min((mean for _, mean in pairs), key=lambda plan: (plan.unsettled, plan.mean, plan.worst))
        return by_worst, by_mean

    def _candidates(self, resolution: Resolution, unanswerable: frozenset[str]) -> Iterator[tuple[Plan, Plan]]:
        """For each fact that may be asked, both plans that begin with it."""
        table = self._resolver.table
        for fact, burden in self._burdens.items():
            answers = [] if fact in unanswerable else self._resolver.open_answers(resolution, fact)
            if len(answers) < 2:
                continue
            after = [
                (
                    (resolution.cell.completions & table.cases_with(answer.verdicts)).bit_count(),
                    self.plans(self._resolver.what_if(resolution, answer), unanswerable),
                )
                for answer in answers
            ]
            cases = sum(count for count, _ in after)
            first, second = (
                Plan(
                    fact,
                    burden + max(plans[policy].worst for _, plans in after),
                    burden + sum((count * plans[policy].mean for count, plans in after), NOTHING) / cases,
                    sum(plans[policy].unsettled for _, plans in after),
                )
                for policy in (0, 1)
            )
            yield first, second
