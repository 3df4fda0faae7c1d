"""Two versions of a rule set side by side: how each status changed, and exactly which cases flip.

The relation of a status takes its words from Cedar's policy comparison: equivalent, narrower,
wider or incomparable, by the set of cases it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from allstatus.rules.ruleset import RuleSet
from allstatus.table.boxes import few_boxes
from allstatus.table.case_set import NO_CASE, CaseSet
from allstatus.table.decision_table import OUTSIDE, DecisionTable
from allstatus.verify.value_grid import FactSpace, shared_space

CANNOT_BE = "cannot_be"
Relation = Literal["equivalent", "narrower", "wider", "incomparable"]


@dataclass(frozen=True, slots=True)
class Flip:
    """Cases whose outcome changes, as boxes: the facts a box limits, with the values inside it."""

    was: str
    now: str
    boxes: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class RuleDiff:
    """What changed from one rule set to another, over every case of complete facts."""

    old: RuleSet
    new: RuleSet
    relations: dict[str, Relation]
    flips: tuple[Flip, ...]
    other: tuple[str, ...]


def compare(old: DecisionTable, new: DecisionTable) -> RuleDiff:
    """Decide every combination of facts by both tables; raises RulesError when there are too
    many.
    """
    space = shared_space([old.ruleset, new.ruleset])
    before, after = _outcomes(space, 0, old), _outcomes(space, 1, new)
    statuses = dict.fromkeys([*old.statuses, *new.statuses])
    relations = {name: _relation(before[name], after[name]) for name in statuses}
    impossible = before[CANNOT_BE] & after[CANNOT_BE]
    flips = []
    for was, now in permutations([*statuses, OUTSIDE, CANNOT_BE], 2):
        if cases := before[was] & after[now]:
            boxes = few_boxes(space, cases, impossible)
            flips.append(Flip(was, now, tuple(map(space.in_words, boxes))))
    other = tuple(_other_changes(old.ruleset, new.ruleset))
    return RuleDiff(old.ruleset, new.ruleset, relations, tuple(flips), other)


def _outcomes(space: FactSpace, side: int, table: DecisionTable) -> defaultdict[str, CaseSet]:
    """For each outcome the set of points that have it; `side` is the table's place in the space's
    signatures.
    """
    of_case = {number: _outcome(table, CaseSet(1 << number)) for number in range(len(table.cases))}
    bits = {name: 1 << number for number, name in enumerate(table.criteria)}
    numbers = [0]
    for axis in space.axes:  # the first axis runs fastest, as in FactSpace.masks
        asked = table.ruleset.criteria_of(axis.fact)
        steps = [
            sum(bits[name] for name, true in zip(asked, group.verdicts[side], strict=True) if true)
            for group in axis.classes
        ]
        numbers = [number + step for step in steps for number in numbers]
    points = defaultdict[str, CaseSet](lambda: NO_CASE)
    for outcome in dict.fromkeys(of_case.values()):
        members = "".join(
            "1" if of_case[number] == outcome else "0" for number in reversed(numbers)
        )
        points[outcome] = CaseSet(int(members, 2))
    return points


def _outcome(table: DecisionTable, case: CaseSet) -> str:
    if not case & table.consistent:
        return CANNOT_BE
    return next((name for name, cases in table.statuses.items() if cases & case), OUTSIDE)


def _relation(before: CaseSet, after: CaseSet) -> Relation:
    if before == after:
        return "equivalent"
    if not after & ~before:
        return "narrower"
    return "incomparable" if before & ~after else "wider"


def _other_changes(old: RuleSet, new: RuleSet) -> Iterator[str]:
    """What else a reader of decisions will notice: limits, assumptions and listed options."""
    for name in dict.fromkeys([*old.thresholds, *new.thresholds]):
        before, after = (
            rules.thresholds[name].limit if name in rules.thresholds else "none"
            for rules in (old, new)
        )
        if before != after:
            yield f"threshold {name}: {before} -> {after}"
    for name in dict.fromkeys([*old.facts, *new.facts]):
        was, now = (
            rules.facts[name].assume if name in rules.facts else None for rules in (old, new)
        )
        if (was and (was.value, was.when)) != (now and (now.value, now.when)):
            yield f"fact {name}: what is assumed when it is not reported changed"
    before_options, after_options = (
        {one["id"]: (status, one) for status, listed in rules.options.items() for one in listed}
        for rules in (old, new)
    )
    for option in dict.fromkeys([*before_options, *after_options]):
        if before_options.get(option) != after_options.get(option):
            how = "changed" if option in after_options else "dropped"
            yield f"option {option}: {how if option in before_options else 'added'}"
