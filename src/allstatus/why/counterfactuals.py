"""What would change the answer: for each other outcome, the fewest facts that would have to be
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Annotated, Any, Literal

from pydantic import Field

from allstatus.table.assumptions import CellResolver, Resolution
from allstatus.table.decision_table import OUTSIDE
from allstatus.table.fact_domain import ValueClass

About = Literal["finding", "history"]


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact of a counterfactual: its value now (`from` in JSON), the region it would be in."""

    fact: str
    from_: Annotated[Any, Field(alias="from")]
    to_region: str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """With these facts otherwise, and the rest as stated, the outcome would be `to`.

    `about` is `history` when a fact concerns what has happened: then it can only be a correction.
    """

    to: str
    changes: tuple[FactChange, ...]
    about: About


@dataclass(frozen=True, slots=True)
class Change:
    """With these facts in these regions, and the rest as stated, the outcome would be `to`."""

    to: str
    answers: tuple[ValueClass, ...]
    about: About

    def counterfactual(self, values: Mapping[str, Any]) -> Counterfactual:
        """The same beside the facts' values now."""
        changes = [FactChange(a.fact, values[a.fact], a.region) for a in self.answers]
        return Counterfactual(self.to, tuple(changes), self.about)


def smallest_changes(resolver: CellResolver, resolution: Resolution) -> tuple[Change, ...]:
    """Every smallest change to each outcome that is not the present one; findings before history.

    `about` is `history` when a change concerns what has happened: then it can only be a correction
    of the record.
    """
    order = (*resolver.table.statuses, OUTSIDE)
    wanted = {outcome for outcome in order if (outcome,) != resolution.cell.possible}
    found: list[Change] = []
    others = _other_answers(resolver, resolution)
    for size in range(1, len(others) + 1):
        reached = set()
        for answers in _choices(others, size):
            possible = resolver.what_if(resolution, *answers).cell.possible
            if len(possible) == 1 and possible[0] in wanted:
                found.append(Change(possible[0], answers, _about(resolver, answers)))
                reached.add(possible[0])
        wanted -= reached
        if not wanted:
            break
    return tuple(
        sorted(found, key=lambda change: (order.index(change.to), change.about == "history"))
    )


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


def _choices(others: list[list[ValueClass]], size: int) -> Iterator[tuple[ValueClass, ...]]:
    for facts in combinations(others, size):
        yield from product(*facts)


def _about(resolver: CellResolver, answers: tuple[ValueClass, ...]) -> About:
    facts = resolver.table.ruleset.facts
    return (
        "history" if any(facts[answer.fact].about == "history" for answer in answers) else "finding"
    )
