"""All that two rule sets can tell apart: for every fact the classes of values that either treats
alike.

The number line of a percentage is cut at every limit of both rule sets into points and open
intervals; neighbours that no comparison tells apart are joined again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import prod

from allstatus.errors import RulesError
from allstatus.record.percent import Percent, format_number
from allstatus.rules.ruleset import RuleSet
from allstatus.rules.value_classes import each_value

MAX_POINTS = 50_000
Signature = tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class GridClass:
    """Values of one fact that no comparison tells apart; `verdicts` are those of each rule set's
    criteria on it.
    """

    values: tuple[object, ...]
    verdicts: Signature


@dataclass(frozen=True, slots=True)
class Axis:
    """One fact and the classes of its values, in order."""

    fact: str
    kind: str
    classes: tuple[GridClass, ...]

    def words(self, chosen: Iterable[int]) -> str:
        """The values of some classes in words."""
        values = [value for number in sorted(chosen) for value in self.classes[number].values]
        if self.kind == "percent":
            return " or ".join(_interval(run) for run in self._runs(values))
        return " or ".join(
            {True: "yes", False: "no"}.get(value, str(value))
            if isinstance(value, bool)
            else str(value)
            for value in values
        )

    def _runs(self, values: Sequence[object]) -> list[list[Percent]]:
        """Points and intervals that touch, together."""
        line = [value for group in self.classes for value in group.values]
        places = [(line.index(value), value) for value in values]
        runs = groupby(enumerate(places), key=lambda item: item[1][0] - item[0])
        return [[value for _, (_, value) in run if isinstance(value, Percent)] for _, run in runs]


@dataclass(frozen=True)
class FactSpace:
    """The product of all axes. A set of its points is a whole number, one bit a point."""

    axes: tuple[Axis, ...]

    @cached_property
    def size(self) -> int:
        """How many points there are."""
        return prod(len(axis.classes) for axis in self.axes)

    @cached_property
    def masks(self) -> tuple[tuple[int, ...], ...]:
        """For each axis and class, the set of points in that class."""
        masks, stride = [], 1
        for axis in self.axes:
            period = stride * len(axis.classes)
            everywhere = ((1 << self.size) - 1) // ((1 << period) - 1)
            block = (1 << stride) - 1
            masks.append(
                tuple(
                    (block << (number * stride)) * everywhere for number in range(len(axis.classes))
                )
            )
            stride = period
        return tuple(masks)

    def classes_of(self, point: int) -> list[int]:
        """The class of a point on each axis."""
        classes = []
        for axis in self.axes:
            point, number = divmod(point, len(axis.classes))
            classes.append(number)
        return classes


def shared_space(rulesets: Sequence[RuleSet]) -> FactSpace:
    """The space of the facts of all rule sets; raises RulesError when they cannot be laid side by
    side.
    """
    names = dict.fromkeys(name for ruleset in rulesets for name in ruleset.facts)
    space = FactSpace(tuple(_axis(name, rulesets) for name in names))
    if space.size > MAX_POINTS:
        raise RulesError(
            [
                f"{' and '.join(ruleset.directory.name for ruleset in rulesets)}: their facts make "
                f"{space.size:,} combinations, more than "
                f"{MAX_POINTS:,}; compare rule sets with fewer thresholds or values"
            ]
        )
    return space


def _axis(name: str, rulesets: Sequence[RuleSet]) -> Axis:
    kinds = {ruleset.facts[name].kind for ruleset in rulesets if name in ruleset.facts}
    if len(kinds) > 1:
        homes = " and ".join(ruleset.directory.name for ruleset in rulesets)
        raise RulesError(
            [
                f"{homes}: fact '{name}' is {' in one and '.join(sorted(kinds))} in the other; "
                f"give a fact of another type another name"
            ]
        )
    kind = kinds.pop()
    asked = [
        ruleset.criteria[criterion].condition
        for ruleset in rulesets
        for criterion in ruleset.criteria_of(name)
    ]
    limits = {condition.limit for condition in asked if condition.limit is not None}
    facts = [ruleset.facts[name] for ruleset in rulesets if name in ruleset.facts]
    values = dict.fromkeys(value for fact in facts for value in each_value(fact, limits))
    signatures = [(_signature(name, value, rulesets), value) for value in values]
    if kind != "percent":  # words need not be neighbours to be joined
        order = list(dict.fromkeys(signature for signature, _ in signatures))
        signatures.sort(key=lambda item: order.index(item[0]))
    classes = groupby(signatures, key=lambda item: item[0])
    return Axis(
        name,
        kind,
        tuple(
            GridClass(tuple(value for _, value in group), signature) for signature, group in classes
        ),
    )


def _signature(name: str, value: object, rulesets: Sequence[RuleSet]) -> Signature:
    return tuple(
        tuple(
            bool(ruleset.criteria[criterion].condition.holds(value))
            for criterion in ruleset.criteria_of(name)
        )
        for ruleset in rulesets
    )


def _interval(run: Sequence[Percent]) -> str:
    """A stretch of the line from 0 to 100 in words."""
    first, last = run[0], run[-1]
    low, high = format_number(first.low), format_number(last.high)
    if first is last and first.exact is not None:
        return f"exactly {low}"
    below = f"less than {high}" if last.high_open else f"at most {high}"
    above = f"more than {low}" if first.low_open else f"at least {low}"
    if first.low == 0 and not first.low_open:
        return below
    return above if last.high == 100 and not last.high_open else f"{above} and {below}"
