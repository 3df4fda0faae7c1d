"""What to ask next: the question that settles the answer at the least burden, worked out exactly.

Burdens are the rule set's, illustrative only. The mean counts every complete case that is still
possible alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from allstatus.record.value_class import value_class
from allstatus.table.assumptions import CellResolver, Resolution
from allstatus.table.fact_domain import ValueClass


@value_class
class LeastMean:
    """The first question of the plan that is least burdensome on average."""

    fact: str
    mean_burden: float


@value_class
class PossibleAnswer:
    """A class of answers (`region`: "marrow_blast_percent > 5") and what it leaves possible."""

    region: str
    possible: tuple[str, ...]


@value_class
class NextQuestion:
    """The question that settles the answer at the least burden at worst, answer by answer.

    `answered_by` are titles of tests; burdens are the rule set's, illustrative only.
    """

    fact: str
    question: str
    answered_by: tuple[str, ...]
    burdens: Literal["illustrative"]
    worst_burden: float
    mean_burden: float
    least_mean: LeastMean
    answers: tuple[PossibleAnswer, ...]


@value_class
class Plan:
    """Ask `fact` first (None: nothing more to ask).

    `worst` is the burden until the end at worst, `total` its sum over `cases`, the complete cases
    still possible; for `unsettled` of them the answer would still be open.
    """

    fact: str | None
    worst: int
    total: int
    cases: int
    unsettled: int

    @property
    def mean(self) -> float:
        """The burden on average."""
        return self.total / self.cases


class Questions:
    """Plans for one rule set; each situation is worked out once."""

    def __init__(self, resolver: CellResolver) -> None:
        self._resolver = resolver
        self._burdens = {name: fact.burden for name, fact in resolver.table.ruleset.facts.items()}
        self._plans: dict[tuple[Resolution, frozenset[str]], tuple[Plan, Plan]] = {}

    def plans(
        self, resolution: Resolution, unanswerable: frozenset[str] = frozenset()
    ) -> tuple[Plan, Plan]:
        """The plan with the least burden at worst, and the one with the least on average.

        Facts in `unanswerable` are not asked for; what can be settled without them is. Nothing is
        asked once the answer is settled.
        """
        key = (resolution, unanswerable)
        plans = self._plans.get(key)
        if plans is None:
            plans = self._plans[key] = self._work_out(resolution, unanswerable)
        return plans

    def answers(
        self, resolution: Resolution, fact: str
    ) -> list[tuple[ValueClass, tuple[str, ...]]]:
        """Each possible answer about a fact with the outcomes it would leave."""
        return [
            (answer, self._resolver.what_if(resolution, answer).cell.possible)
            for answer in self._resolver.open_answers(resolution, fact)
        ]

    def next_question(self, resolution: Resolution) -> NextQuestion | None:
        """The first question of the least burdensome plan; None when nothing is to be asked."""
        by_worst, by_mean = self.plans(resolution)
        if by_worst.fact is None or by_mean.fact is None:
            return None
        rules = self._resolver.table.ruleset
        fact = rules.facts[by_worst.fact]
        answers = [
            PossibleAnswer(answer.region, possible)
            for answer, possible in self.answers(resolution, fact.name)
        ]
        return NextQuestion(
            fact=fact.name,
            question=fact.question,
            answered_by=rules.test_titles(fact),
            burdens="illustrative",
            worst_burden=by_worst.worst,
            mean_burden=round(by_worst.mean, 2),
            least_mean=LeastMean(by_mean.fact, round(by_mean.mean, 2)),
            answers=tuple(answers),
        )

    def _work_out(self, resolution: Resolution, unanswerable: frozenset[str]) -> tuple[Plan, Plan]:
        cases = resolution.cell.completions.bit_count()
        if len(resolution.cell.possible) < 2:
            settled = Plan(None, 0, 0, cases, 0)
            return settled, settled
        stop = Plan(None, 0, 0, cases, cases)
        pairs = [(stop, stop), *self._candidates(resolution, unanswerable)]
        by_worst = min(
            (worst for worst, _ in pairs), key=lambda plan: (plan.unsettled, plan.worst, plan.mean)
        )
        by_mean = min(
            (mean for _, mean in pairs), key=lambda plan: (plan.unsettled, plan.mean, plan.worst)
        )
        return by_worst, by_mean

    def _candidates(
        self, resolution: Resolution, unanswerable: frozenset[str]
    ) -> Iterator[tuple[Plan, Plan]]:
        """For each fact that may be asked, both plans that begin with it."""
        for fact, burden in self._burdens.items():
            answers = [] if fact in unanswerable else self._resolver.open_answers(resolution, fact)
            if len(answers) > 1:
                after = [
                    self.plans(self._resolver.what_if(resolution, answer), unanswerable)
                    for answer in answers
                ]
                yield (
                    _then(fact, burden, [worst for worst, _ in after]),
                    _then(fact, burden, [mean for _, mean in after]),
                )


def _then(fact: str, burden: int, plans: list[Plan]) -> Plan:
    """Ask about a fact, then follow the plan for the answer given."""
    cases = sum(plan.cases for plan in plans)
    total = burden * cases + sum(plan.total for plan in plans)
    return Plan(
        fact,
        burden + max(plan.worst for plan in plans),
        total,
        cases,
        sum(plan.unsettled for plan in plans),
    )
