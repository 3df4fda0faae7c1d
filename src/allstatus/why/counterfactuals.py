"""What would change the answer: for each other outcome, the fewest facts that would have to be
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
from typing import Annotated, Any, Literal

from pydantic import Field

from allstatus.record.value_class import value_class
from allstatus.table.assumptions import CellResolver, Resolution
from allstatus.table.case_set import CaseSet, union
from allstatus.table.decision_table import OUTSIDE, Cell, DecisionTable
from allstatus.table.fact_domain import ValueClass

About = Literal["finding", "history"]


@value_class
class FactChange:
    """One fact of a counterfactual: its value now (`from` in JSON), the region it would be in."""

    fact: str
    from_: Annotated[Any, Field(alias="from")]
    to_region: str


@value_class
class Counterfactual:
    """With these facts otherwise, and the rest as stated, the outcome would be `to`.

    `about` is `history` when a fact concerns what has happened: what has not may still come, what
    has can only be corrected.
    """

    to: str
    changes: tuple[FactChange, ...]
    about: About


@value_class
class Change:
    """With these facts in these regions, and the rest as stated, the outcome would be `to`."""

    to: str
    answers: tuple[ValueClass, ...]
    about: About

    def counterfactual(self, values: Mapping[str, Any]) -> Counterfactual:
        """The same beside the facts' values now."""
        changes = [FactChange(a.fact, values[a.fact], a.region) for a in self.answers]
        return Counterfactual(self.to, tuple(changes), self.about)


@value_class
class FactAnswer:
    """An answer to what is not known of a fact, as a class of its values (`cbc == normal`)."""

    fact: str
    region: str


@value_class
class AnswerAway:
    """With these answers, and the rest as stated, the outcome would be this one.

    It says nothing of how likely the answers are.
    """

    answers: tuple[FactAnswer, ...]
    outcome: Literal["determined", "outside_definitions"]
    status: str | None


@value_class
class Settling:
    """With these answers to what is not known, the outcome would be `to`."""

    to: str
    answers: tuple[ValueClass, ...]

    def answer_away(self) -> AnswerAway:
        """The same as it stands in a decision."""
        answers = tuple([FactAnswer(one.fact, one.region) for one in self.answers])
        if self.to == OUTSIDE:
            return AnswerAway(answers, OUTSIDE, None)
        return AnswerAway(answers, "determined", self.to)


def smallest_changes(resolver: CellResolver, resolution: Resolution) -> tuple[Change, ...]:
    """Every smallest change to each outcome that is not the present one; findings before history.

    `about` is `history` when a change concerns what has happened.
    """
    order = (*resolver.table.statuses, OUTSIDE)
    wanted = {outcome for outcome in order if (outcome,) != resolution.cell.possible}
    reached = _fewest(resolver, resolution, _other_answers(resolver, resolution), wanted)
    found = [Change(to, answers, _about(resolver, answers)) for to, answers in reached]
    return tuple(
        sorted(found, key=lambda change: (order.index(change.to), change.about == "history"))
    )


def settling_answers(resolver: CellResolver, resolution: Resolution) -> tuple[Settling, ...]:
    """For each outcome that is still possible, the fewest answers to what is not known that leave
    it alone; the smaller sets first, then in the rule set's order.
    """
    possible = resolution.cell.possible
    if len(possible) < 2:
        return ()
    answers = [resolver.open_answers(resolution, fact) for fact in resolver.classes]
    unknown = [choices for choices in answers if len(choices) > 1]
    found = _fewest(resolver, resolution, unknown, set(possible))
    found.sort(key=lambda entry: (len(entry[1]), possible.index(entry[0])))
    return tuple([Settling(to, chosen) for to, chosen in found])


def _fewest(
    resolver: CellResolver,
    resolution: Resolution,
    choices: list[list[ValueClass]],
    wanted: set[str],
) -> list[tuple[str, tuple[ValueClass, ...]]]:
    """Every smallest set of answers that leaves one of the wanted outcomes alone possible."""
    found: list[tuple[str, tuple[ValueClass, ...]]] = []
    table = resolver.table
    stated = [_as_stated(table, resolution.stated, answers) for answers in choices]
    for size in range(1, len(choices) + 1):
        goal = union(table.cases_of(outcome) for outcome in wanted)
        for changed in combinations(range(len(choices)), size):
            if not _left(goal, stated, changed):
                continue  # as it is mostly: the facts that stay as they are rule it out
            for answers in product(*[choices[fact] for fact in changed]):
                possible = resolver.what_if(resolution, *answers).cell.possible
                if len(possible) == 1 and possible[0] in wanted:
                    found.append((possible[0], answers))
        wanted = wanted - {outcome for outcome, _ in found}
        if not wanted:
            break
    return found


def _other_answers(resolver: CellResolver, resolution: Resolution) -> list[list[ValueClass]]:
    """For each fact the classes it could be in and is not known to be in."""
    cell = resolution.cell if resolution.cell.completions else resolution.stated
    now = dict(zip(resolver.table.criteria, cell.closed, strict=True))
    return [
        [
            answer
            for answer in answers
            if any(now[name] is not held for name, held in answer.verdicts.items())
        ]
        for answers in resolver.classes.values()
    ]


def _as_stated(table: DecisionTable, cell: Cell, answers: list[ValueClass]) -> CaseSet:
    """The cases that agree with what is stated of the fact that these would answer."""
    asked = {name for answer in answers for name in answer.verdicts}
    stated = zip(table.criteria, cell.verdicts, strict=True)
    return table.cases_with({n: held for n, held in stated if n in asked and held is not None})


def _left(goal: CaseSet, stated: list[CaseSet], changed: tuple[int, ...]) -> CaseSet:
    """The cases of a goal that agree with what is stated of all facts but those changed."""
    for fact, cases in enumerate(stated):
        if fact not in changed:
            goal = goal & cases
    return goal


def _about(resolver: CellResolver, answers: tuple[ValueClass, ...]) -> About:
    facts = resolver.table.ruleset.facts
    return (
        "history" if any(facts[answer.fact].about == "history" for answer in answers) else "finding"
    )
