"""The values of a fact, divided where the criteria divide them: the answers that can differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from allstatus.record.percent import HUNDRED, ZERO, Percent, format_number
from allstatus.rules.ruleset import Fact, RuleSet

Pattern = tuple[bool, ...]
HIGHEST = {
    "percent": HUNDRED,
    "number": Fraction(1000),
}  # no age in years and no count of relapses reaches it


@dataclass(frozen=True, slots=True)
class ValueClass:
    """All values of a fact on which its criteria have the same verdicts.

    `region` says which in words (`marrow_blast_percent > 5`), `sample` is one of them, `value` is
    the only one or
    the words without the fact's name.
    """

    fact: str
    region: str
    verdicts: Mapping[str, bool]
    sample: Any
    value: Any


def value_classes(ruleset: RuleSet) -> dict[str, tuple[ValueClass, ...]]:
    """The classes of every fact, in the order of its values."""
    return {fact.name: _classes(ruleset, fact) for fact in ruleset.facts.values()}


def _classes(ruleset: RuleSet, fact: Fact) -> tuple[ValueClass, ...]:
    criteria = [ruleset.criteria[name] for name in ruleset.criteria_of(fact.name)]
    limits = sorted({c.condition.limit for c in criteria if c.condition.limit is not None})
    by_pattern: dict[Pattern, list[list[Any]]] = {}
    values = list(each_value(fact, limits))
    for pattern, run in groupby(
        values, key=lambda value: tuple(c.condition.holds(value) is True for c in criteria)
    ):
        by_pattern.setdefault(pattern, []).append(list(run))
    return tuple(
        _class(fact, {c.name: held for c, held in zip(criteria, pattern, strict=True)}, runs)
        for pattern, runs in by_pattern.items()
    )


def _class(fact: Fact, verdicts: Mapping[str, bool], runs: list[list[Any]]) -> ValueClass:
    words, sample = _words(fact, runs), runs[0][0]
    region = f"{fact.name} {words}" if fact.kind in HIGHEST else f"{fact.name} == {words}"
    return ValueClass(
        fact.name, region, verdicts, sample, sample if fact.kind == "yes_no" else words
    )


def representatives(fact: Fact, limits: Iterable[Fraction]) -> list[Any]:
    """A single value for every side of every limit, and each limit itself; round numbers first."""
    values = list(each_value(fact, limits))
    if fact.kind not in HIGHEST:
        return values
    points, between = (
        [v for v in values if v.exact is not None],
        [v for v in values if v.exact is None],
    )
    return [*points, *map(_middle, between)]


def _middle(value: Percent) -> Percent:
    middle = (value.low + value.high) / 2
    return Percent(middle, middle, text=format_number(middle))


def each_value(fact: Fact, limits: Iterable[Fraction]) -> Iterator[Any]:
    """Every value; of a percentage or number, each limit and the open interval on each side of
    it.
    """
    if fact.kind == "yes_no":
        yield from (False, True)
    elif fact.kind == "choice":
        yield from fact.values
    else:
        yield Percent(ZERO, ZERO, text="0")
        for low, high in pairwise(sorted({ZERO, HIGHEST[fact.kind], *limits})):
            yield Percent(low, high, low_open=True, high_open=True)
            yield Percent(high, high, text=format_number(high))


def _words(fact: Fact, runs: list[list[Any]]) -> str:
    if fact.kind == "yes_no":
        return "true" if runs[0][0] else "false"
    if fact.kind == "choice":
        return " or ".join(value for run in runs for value in run)
    return " or ".join(_interval(run[0], run[-1], HIGHEST[fact.kind]) for run in runs)


def _interval(first: Percent, last: Percent, highest: Fraction) -> str:
    """From where the first begins to where the last ends, in signs: `> 5`, `> 5 and <= 25`, `==
    5`.
    """
    low, high = format_number(first.low), format_number(last.high)
    if low == high:
        return f"== {low}"
    parts = (
        [f"{'>' if first.low_open else '>='} {low}"] if first.low_open or first.low > ZERO else []
    )
    parts += (
        [f"{'<' if last.high_open else '<='} {high}"]
        if last.high_open or last.high < highest
        else []
    )
    return " and ".join(parts) or ">= 0"
