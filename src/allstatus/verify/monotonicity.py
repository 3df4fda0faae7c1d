"""What rising and falling percentages do to a status, every other fact staying as it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from allstatus.table.case_set import CaseSet, has, members, set_of
from allstatus.table.fact_domain import FactPoint
from allstatus.verify.case_space import Space
from allstatus.verify.promises import Promise
from allstatus.verify.statements import Counterexample, Witness


def broken(space: Space, promise: Promise) -> Iterator[Counterexample]:
    """Each part of a promise that does not hold, with the smallest case that breaks it."""
    sides = space.rising(promise.fact)
    for word, kept in promise.directions():
        moves = list(combinations(sides if word == "rising" else sides[::-1], 2))
        for status in kept:
            yield from _leaves(space, promise.fact, word, status, moves)
    for threshold, which in promise.limit_belongs.items():
        limit = space.table.ruleset.thresholds[threshold].value
        at = next(side for side in sides if side.number == limit)
        below = [side for side in sides if side.number < limit]
        above = [side for side in sides if side.number > limit]
        for beside in below[-1:] if which == "below" else above[:1]:
            if cases := _differ(space, at, beside):
                problem = f"{promise.fact} at {at.stated} gets another answer than {which} it"
                found = _at(space, cases, promise.fact, at)
                yield Counterexample(f"limit_belongs.{threshold}", problem, found)


def as_they_stand(space: Space) -> str:
    """The directions that hold, for a rule set that promises none."""
    rules, found = space.table.ruleset, []
    statuses = tuple(rules.statuses)
    for fact in (name for name, fact in rules.facts.items() if fact.kind == "percent"):
        left = {failure.about for failure in broken(space, Promise(fact, statuses, statuses, {}))}
        rising, falling = (
            tuple(s for s in statuses if f"{word}_keeps.{s}" not in left)
            for word in ("rising", "falling")
        )
        found.append(str(Promise(fact, rising, falling, {})))
    return ". ".join(found) or "they ask for no percentage"


def _leaves(
    space: Space, fact: str, word: str, status: str, moves: list[tuple[FactPoint, FactPoint]]
) -> Iterator[Counterexample]:
    table = space.table
    holds = table.statuses[status]
    for start, end in moves:
        left = table.consistent & ~holds
        leaving = members(holds & space.cases(start))
        if cases := set_of(case for case in leaving if has(left, space.moved(case, end))):
            problem = f"{fact} {word} from {start.stated} to {end.stated} leaves {status}"
            yield Counterexample(f"{word}_keeps.{status}", problem, _at(space, cases, fact, start))
            return


def _differ(space: Space, at: FactPoint, beside: FactPoint) -> CaseSet:
    """The cases at one value whose status is another at the other value."""
    consistent = space.table.consistent
    moved = {case: space.moved(case, beside) for case in members(consistent & space.cases(at))}
    return set_of(
        case
        for case, other in moved.items()
        if has(consistent, other) and space.statuses_of(case) != space.statuses_of(other)
    )


def _at(space: Space, cases: CaseSet, fact: str, side: FactPoint) -> Witness:
    """The smallest case, with the percentage at the very value in question."""
    return {**(space.smallest(cases) or {}), fact: side.stated}
