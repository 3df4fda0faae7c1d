"""The values of a fact that can matter: one for every side of every limit, each as a record states
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from allstatus.record.percent import HUNDRED, ZERO, Percent, format_number
from allstatus.rules.ruleset import Fact, RuleSet
from allstatus.rules.value_classes import representatives
from allstatus.table.decision_table import DecisionTable

Record = dict[str, Any]
UNKNOWN = "unknown"
HAIR = Fraction(1, 10**18)  # finer than a double can tell beside any limit from 1 to 100


@dataclass(frozen=True, slots=True)
class Representative:
    """A value of a fact, as a record states it, with the verdicts of the fact's criteria on it."""

    fact: str
    value: Any
    verdicts: Mapping[str, bool]

    @property
    def pattern(self) -> tuple[bool, ...]:
        """The verdicts alone: two values with the same pattern get the same answers."""
        return tuple(self.verdicts.values())


def limits_of(ruleset: RuleSet, fact: str) -> list[Fraction]:
    """The limits a fact is compared with, smallest first."""
    found = {ruleset.criteria[name].condition.limit for name in ruleset.criteria_of(fact)}
    return sorted(limit for limit in found if limit is not None)


def numeric_facts(ruleset: RuleSet) -> list[str]:
    """The facts that are compared with limits."""
    return [name for name in ruleset.facts if limits_of(ruleset, name)]


def all_sides(
    ruleset: RuleSet, fact: Fact, limits: Iterable[Fraction] = ()
) -> list[Representative]:
    """Every value of a yes/no fact or choice; of a number each limit and a value on each side of
    it.

    `limits` are further limits to look at both sides of.
    """
    asked = [ruleset.criteria[name] for name in ruleset.criteria_of(fact.name)]
    values = representatives(fact, sorted({*limits_of(ruleset, fact.name), *limits}))
    return [
        Representative(
            fact.name, stated(value), {c.name: c.condition.holds(value) is True for c in asked}
        )
        for value in values
    ]


def plain_sides(ruleset: RuleSet) -> dict[str, tuple[Representative, ...]]:
    """For each fact one ordinary value for each pattern of verdicts: no limit itself where another
    value will do.
    """
    found = {}
    for fact in ruleset.facts.values():
        sides = all_sides(ruleset, fact)
        edges = {format_number(n) for n in (ZERO, HUNDRED, *limits_of(ruleset, fact.name))}
        ordinary = sorted(sides, key=lambda side, edges=edges: side.value in edges)  # type: ignore[misc]
        found[fact.name] = tuple({side.pattern: side for side in reversed(ordinary)}.values())[::-1]
    return found


def stated(value: Any) -> Any:
    """A value of a fact as a record states it: a number as a decimal string."""
    return format_number(value.low) if isinstance(value, Percent) else value


def number_at(ruleset: RuleSet, fact: str, number: Fraction) -> Representative:
    """The side a number lies on."""
    value = Percent(number, number)
    verdicts = {
        name: ruleset.criteria[name].condition.holds(value) is True
        for name in ruleset.criteria_of(fact)
    }
    return Representative(fact, format_number(number), verdicts)


def case_records(table: DecisionTable, cases: int) -> Iterator[tuple[int, Record]]:
    """The number of each case of a set, with a record that states every fact as the case has it;
    none where no values do.
    """
    sides = plain_sides(table.ruleset)
    for number in members(cases):
        verdicts, record = table.cases[number], Record()
        for side in (side for values in sides.values() for side in values):
            if side.fact not in record and all(
                verdicts[name] is held for name, held in side.verdicts.items()
            ):
                record[side.fact] = side.value
        if len(record) == len(sides):
            yield number, record


def members(cases: int) -> Iterator[int]:
    """The numbers of the cases in a set, smallest first."""
    while cases:
        lowest = cases & -cases
        yield lowest.bit_length() - 1
        cases ^= lowest


def every_cell(ruleset: RuleSet) -> Iterator[Record]:
    """A record for every combination of known and unknown facts, unknown ones stated as unknown."""
    sides = plain_sides(ruleset)
    for values in product(
        *([*(side.value for side in known), UNKNOWN] for known in sides.values())
    ):
        yield dict(zip(sides, values, strict=True))
