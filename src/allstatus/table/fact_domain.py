"""The values of a fact, divided where its criteria divide them: the answers that can differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement, groupby, pairwise, product
from typing import Any

from allstatus.record.frozen import Frozen, FrozenDict
from allstatus.record.percent import HUNDRED, ZERO, Percent, format_number
from allstatus.record.value_class import value_class
from allstatus.rules.once import once_for_rules
from allstatus.rules.ruleset import HIGHEST, Criterion, Fact, RuleSet

Pattern = tuple[bool | None, ...]


@value_class
class ValueClass(Frozen):
    """All values of a fact on which its criteria have the same verdicts.

    `region` says which in words (`marrow_blast_percent > 5`), `sample` is one of them, `value` is
    the only one or the words without the fact's name.
    """

    fact: str
    region: str
    verdicts: Mapping[str, bool]
    sample: Any
    value: Any


@value_class
class FactPoint:
    """A single value of a fact, with the verdict of each of the fact's criteria on it."""

    fact: str
    value: Any
    verdicts: Mapping[str, bool]

    @property
    def pattern(self) -> Pattern:
        """The verdicts alone: two values with the same pattern get the same answers."""
        return tuple(self.verdicts.values())

    @property
    def number(self) -> Fraction:
        """The value of a percentage or number."""
        assert isinstance(self.value, Percent)
        return self.value.low

    @property
    def stated(self) -> Any:
        """The value as a record states it: a number as a decimal string."""
        return format_number(self.value.low) if isinstance(self.value, Percent) else self.value


class FactDomain:
    """One fact's values as far as its criteria tell them apart; `limits` are what they compare it
    with, smallest first.
    """

    def __init__(self, fact: Fact, criteria: Iterable[Criterion]) -> None:
        self.fact = fact
        own = [c for c in criteria if c.condition.fact == fact.name]
        self.conditions = FrozenDict((c.name, c.condition) for c in own)
        limits = {condition.limit for condition in self.conditions.values()}
        self.limits = tuple(sorted(limit for limit in limits if limit is not None))

    def pattern(self, value: object) -> Pattern:
        """The verdict of each criterion on a value; None where the value does not decide it."""
        return tuple([condition.holds(value) for condition in self.conditions.values()])

    def verdicts(self, value: object) -> dict[str, bool]:
        """The verdict of each criterion on a value that decides all of them."""
        return {name: condition.holds(value) is True for name, condition in self.conditions.items()}

    def possible_verdicts(self) -> Iterator[dict[str, bool]]:
        """The verdicts that its values give, each once."""
        for pattern in dict.fromkeys(map(self.pattern, self.values())):
            yield {
                name: holds is True for name, holds in zip(self.conditions, pattern, strict=True)
            }

    def values(self, further: Iterable[Fraction] = ()) -> list[Any]:
        """Every value; of a number each limit and the open interval on each side of it.

        `further` are limits beside the fact's own.
        """
        if self.fact.kind == "yes_no":
            return [False, True]
        if self.fact.kind == "choice":
            return list(self.fact.values)
        bounds = sorted({ZERO, HIGHEST[self.fact.kind], *self.limits, *further})
        line = [_single(ZERO)]
        for low, high in pairwise(bounds):
            line += [Percent(low, high, low_open=True, high_open=True), _single(high)]
        return line

    def points(self, further: Iterable[Fraction] = ()) -> list[FactPoint]:
        """Every value of a yes/no fact or choice; of a number each limit, then the middle between
        each two. `further` are limits beside the fact's own.
        """
        values = self.values(further)
        if self.fact.kind in HIGHEST:
            between = [_single((v.low + v.high) / 2) for v in values if v.exact is None]
            values = [v for v in values if v.exact is not None] + between
        return [self.point(value) for value in values]

    def point(self, value: Any) -> FactPoint:
        """A single value with its verdicts."""
        return FactPoint(self.fact.name, value, self.verdicts(value))

    @cached_property
    def classes(self) -> tuple[ValueClass, ...]:
        """The classes of its values, in the order of the values."""
        runs: dict[Pattern, list[list[Any]]] = {}
        for pattern, run in groupby(self.values(), key=self.pattern):
            runs.setdefault(pattern, []).append(list(run))
        return tuple(self._class(alike) for alike in runs.values())

    @cached_property
    def ordinary(self) -> tuple[FactPoint, ...]:
        """One value of each class: no limit itself where another value will do."""
        limits = {ZERO, HUNDRED, *self.limits}
        points = self.points()
        if self.fact.kind in HIGHEST:
            points.sort(key=lambda point: point.number in limits)
        first = {point.pattern: point for point in reversed(points)}
        return tuple(reversed(first.values()))

    def intervals(self) -> Iterator[Percent]:
        """Every interval between limits, with open and closed ends."""
        ends = {ZERO, HIGHEST[self.fact.kind], *self.limits}
        for low, high in combinations_with_replacement(sorted(ends), 2):
            if low < high:
                for low_open, high_open in product((False, True), repeat=2):
                    yield Percent(low, high, low_open=low_open, high_open=high_open)

    def _class(self, runs: list[list[Any]]) -> ValueClass:
        fact, sample = self.fact, runs[0][0]
        words = " or ".join(word for run in runs for word in self._words(run))
        region = f"{fact.name} {words}" if fact.kind in HIGHEST else f"{fact.name} == {words}"
        value = sample if fact.kind == "yes_no" else words
        return ValueClass(fact.name, region, self.verdicts(sample), sample, value)

    def _words(self, run: list[Any]) -> list[str]:
        if self.fact.kind in HIGHEST:
            return [_signs(joined(run), HIGHEST[self.fact.kind])]
        return ["true" if run[0] else "false"] if self.fact.kind == "yes_no" else run


@once_for_rules
def domains_of(ruleset: RuleSet) -> Mapping[str, FactDomain]:
    """The domain of every fact, in the rule set's order."""
    criteria = ruleset.criteria.values()
    return FrozenDict({name: FactDomain(fact, criteria) for name, fact in ruleset.facts.items()})


def joined(run: list[Percent]) -> Percent:
    """Neighbouring points and intervals as one interval."""
    first, last = run[0], run[-1]
    return Percent(first.low, last.high, low_open=first.low_open, high_open=last.high_open)


def _single(number: Fraction) -> Percent:
    return Percent(number, number, text=format_number(number))


def _signs(interval: Percent, highest: Fraction) -> str:
    """An interval in signs: `> 5`, `> 5 and <= 25`, `== 5`."""
    low, high = format_number(interval.low), format_number(interval.high)
    if interval.exact is not None:
        return f"== {low}"
    parts = []
    if interval.low_open or interval.low > ZERO:
        parts.append(f"{'>' if interval.low_open else '>='} {low}")
    if interval.high_open or interval.high < highest:
        parts.append(f"{'<' if interval.high_open else '<='} {high}")
    return " and ".join(parts) or ">= 0"
