"""All that two rule sets can tell apart: for every fact the classes of values that either treats
alike.

The number line of a percentage is cut at every limit of both rule sets into points and open
intervals; neighbours that no comparison tells apart are joined again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from allstatus.errors import RulesError
from allstatus.record.percent import Percent, format_number
from allstatus.rules.ruleset import RuleSet
from allstatus.table.boxes import Box, Grid
from allstatus.table.fact_domain import FactDomain, Pattern, domains_of, joined

MAX_POINTS = 50_000
YES_NO = {"True": "yes", "False": "no"}
Signature = tuple[Pattern, ...]


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
            return " or ".join(_words(joined(run)) for run in self._runs(values))
        return " or ".join(YES_NO.get(str(value), str(value)) for value in values)

    def _runs(self, values: Sequence[object]) -> list[list[Percent]]:
        """Points and intervals that touch, together."""
        line = [value for group in self.classes for value in group.values]
        places = [(line.index(value), value) for value in values]
        runs = groupby(enumerate(places), key=lambda item: item[1][0] - item[0])
        return [[value for _, (_, value) in run if isinstance(value, Percent)] for _, run in runs]


class FactSpace(Grid):
    """The product of all axes."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        super().__init__([len(axis.classes) for axis in axes])
        self.axes = tuple(axes)

    def in_words(self, box: Box) -> dict[str, str]:
        """The facts a box limits, with the values inside it."""
        return {
            axis.fact: axis.words(classes)
            for axis, classes in zip(self.axes, box, strict=True)
            if len(classes) < len(axis.classes)
        }


def shared_space(rulesets: Sequence[RuleSet]) -> FactSpace:
    """The space of the facts of all rule sets; raises RulesError when they cannot be laid side by
    side.
    """
    domains = [domains_of(ruleset) for ruleset in rulesets]
    names = dict.fromkeys(name for of_one in domains for name in of_one)
    space = FactSpace(
        tuple(_axis(name, [of_one.get(name) for of_one in domains], rulesets) for name in names)
    )
    if space.size > MAX_POINTS:
        raise RulesError(
            [
                f"{' and '.join(ruleset.directory.name for ruleset in rulesets)}: their facts make "
                f"{space.size:,} combinations, more than "
                f"{MAX_POINTS:,}; compare rule sets with fewer thresholds or values"
            ]
        )
    return space


def _axis(name: str, domains: Sequence[FactDomain | None], rulesets: Sequence[RuleSet]) -> Axis:
    """The classes of a fact's values that some rule set tells apart."""
    asked = [domain for domain in domains if domain is not None]
    kind, *others = sorted({domain.fact.kind for domain in asked})
    if others:
        homes = " and ".join(ruleset.directory.name for ruleset in rulesets)
        raise RulesError(
            [
                f"{homes}: fact '{name}' is {' in one and '.join([kind, *others])} in the other; "
                f"give a fact of another type another name"
            ]
        )
    limits = {limit for domain in asked for limit in domain.limits}
    values = dict.fromkeys(value for domain in asked for value in domain.values(limits))

    def signature(value: object) -> Signature:
        return tuple(() if domain is None else domain.pattern(value) for domain in domains)

    line = list(values)
    if kind != "percent":  # words need not be neighbours to be joined
        order = list(dict.fromkeys(map(signature, line)))
        line.sort(key=lambda value: order.index(signature(value)))
    classes = [GridClass(tuple(alike), one) for one, alike in groupby(line, key=signature)]
    return Axis(name, kind, tuple(classes))


def _words(interval: Percent) -> str:
    """A stretch of the line from 0 to 100 in words."""
    low, high = format_number(interval.low), format_number(interval.high)
    if interval.exact is not None:
        return f"exactly {low}"
    below = f"less than {high}" if interval.high_open else f"at most {high}"
    above = f"more than {low}" if interval.low_open else f"at least {low}"
    if interval.low == 0 and not interval.low_open:
        return below
    return above if interval.high == 100 and not interval.high_open else f"{above} and {below}"
