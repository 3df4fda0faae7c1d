"""Partial knowledge in formulas: an interval of each percentage, the values still open of every
other fact.

Verdicts are read off the ends of an interval, as a record's are, not off single values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import z3

from allstatus.rules.ruleset import HIGHEST
from allstatus.verify.prove.translation import Case, ConditionFormula, Formula, Translation, number

_NOT = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Interval:
    """What is known of a percentage; an open end leaves its bound out."""

    low: Formula
    high: Formula
    low_open: Formula
    high_open: Formula

    def surely(self, condition: ConditionFormula) -> Formula:
        """The condition holds of every value, told from the ends."""
        limit = number(condition.operand)
        above = z3.Or(self.low > limit, z3.And(self.low == limit, self.low_open))
        below = z3.Or(self.high < limit, z3.And(self.high == limit, self.high_open))
        return {
            ">": above,
            ">=": self.low >= limit,
            "<": below,
            "<=": self.high <= limit,
            "==": z3.And(self.low == limit, self.high == limit),
            "!=": z3.Or(above, below),
        }[str(condition.operator)]

    def never(self, condition: ConditionFormula) -> Formula:
        """The condition holds of no value."""
        return self.surely(replace(condition, operator=_NOT[str(condition.operator)]))

    def contains(self, value: Formula) -> Formula:
        """Whether a value is still open."""
        return z3.And(
            z3.If(self.low_open, self.low < value, self.low <= value),
            z3.If(self.high_open, value < self.high, value <= self.high),
        )

    def within(self, wider: Interval) -> Formula:
        """Every value open here is open there, and some value is open here."""
        low = z3.Or(
            wider.low < self.low,
            z3.And(wider.low == self.low, z3.Implies(wider.low_open, self.low_open)),
        )
        high = z3.Or(
            self.high < wider.high,
            z3.And(self.high == wider.high, z3.Implies(wider.high_open, self.high_open)),
        )
        point = z3.And(self.low == self.high, z3.Not(self.low_open), z3.Not(self.high_open))
        return z3.And(low, high, z3.Or(self.low < self.high, point))


@dataclass(frozen=True, slots=True)
class Choices:
    """Which values of a fact are still open."""

    open: tuple[tuple[Formula, Formula], ...]  # (value, whether it is open)

    def surely(self, condition: ConditionFormula) -> Formula:
        """That the condition holds of every value still possible."""
        return z3.And([z3.Implies(may, condition.holds(value)) for value, may in self.open])

    def never(self, condition: ConditionFormula) -> Formula:
        """That the condition holds of no value still possible."""
        return z3.And([z3.Implies(may, z3.Not(condition.holds(value))) for value, may in self.open])

    def contains(self, value: Formula) -> Formula:
        """That this value is still possible."""
        return z3.Or([z3.And(possible, value == one) for one, possible in self.open])

    def within(self, wider: Choices) -> Formula:
        """That what is possible here is possible in the wider one too, and something is."""
        pairs = zip(self.open, wider.open, strict=True)
        subset = [z3.Implies(possible, there) for (_, possible), (_, there) in pairs]
        return z3.And(*subset, z3.Or([possible for _, possible in self.open]))


class Knowledge:
    """What is known of every fact of a rule set."""

    def __init__(self, rules: Translation, tag: str) -> None:
        self.rules = rules
        self.known: dict[str, Any] = {
            name: self._fact(fact, f"{tag}.{name}") for name, fact in rules.facts.items()
        }

    def contains(self, case: Case) -> Formula:
        """The case fits what is known."""
        return z3.And([known.contains(case.values[name]) for name, known in self.known.items()])

    def within(self, wider: Knowledge) -> Formula:
        """This is the same knowledge or more, and leaves a value open for every fact."""
        return z3.And([known.within(wider.known[name]) for name, known in self.known.items()])

    def completes(self, case: Case) -> Formula:
        """The case is one of those an answer is read off: consistent, with every verdict that is
        known.
        """
        parts = [self.rules.consistent(case)]
        for name, condition in self.rules.criteria.items():
            known, holds = self.known[condition.fact], self.rules.criterion(case, name)
            parts += [
                z3.Implies(known.surely(condition), holds),
                z3.Implies(known.never(condition), z3.Not(holds)),
            ]
        return z3.And(parts)

    def _fact(self, fact: Any, tag: str) -> Interval | Choices:
        if fact["type"] in HIGHEST:
            ends = z3.Real(f"{tag}.low"), z3.Real(f"{tag}.high")
            return Interval(*ends, z3.Bool(f"{tag}.low_open"), z3.Bool(f"{tag}.high_open"))
        values = [z3.BoolVal(True), z3.BoolVal(False)]
        if fact["type"] != "yes_no":
            values = [number(index) for index in range(len(fact["values"]))]
        open_ = ((value, z3.Bool(f"{tag}.{index}")) for index, value in enumerate(values))
        return Choices(tuple(open_))
