"""Promises of rising and falling percentages, over every pair of rationals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import z3

from allstatus.verify.prove.solver import model_of, witness
from allstatus.verify.prove.translation import Case, Formula, Translation, number
from allstatus.verify.statements import Counterexample


class Promised:
    """One percentage before and after it is moved, every other fact the same."""

    def __init__(self, rules: Translation, fact: str) -> None:
        self.rules, self.fact = rules, fact
        self.before = rules.case("before")
        self.start, self.end = self.before.values[fact], z3.Real("after")
        self.after = Case(
            {**self.before.values, fact: self.end},
            z3.And(self.before.domain, self.end >= 0, self.end <= 100),
        )

    def broken(self, promise: Mapping[str, Any]) -> Iterator[Counterexample]:
        """Each part of the promise that some pair of values breaks."""
        for word, moved in (("rising", self.end > self.start), ("falling", self.end < self.start)):
            for status in promise.get(f"{word}_keeps", []):
                was, is_now = (self.rules.status(c, status) for c in (self.before, self.after))
                left = z3.And(moved, was, z3.Not(is_now))
                about, words = f"{word}_keeps.{status}", f"{word} leaves {status}"
                yield from self._failure(about, words, left)
        for threshold, which in promise.get("limit_belongs", {}).items():
            limit = self.rules.limits[threshold]
            at = z3.And(self.start == number(limit), self._next_to(limit, which))
            differs = z3.Not(self.rules.same_status(self.before, self.after))
            about, words = f"limit_belongs.{threshold}", f"another answer than {which} {threshold}"
            yield from self._failure(about, f"gets {words}", z3.And(at, differs))

    def _next_to(self, limit: Any, which: str) -> Formula:
        """The moved value is beside the limit, with no other limit between."""
        asked = (c.operand for c in self.rules.criteria.values() if c.fact == self.fact)
        others = [operand for operand in asked if operand is not None]
        if which == "below":
            between = [self.end > number(other) for other in others if other < limit]
            return z3.And(self.end < number(limit), *between)
        between = [self.end < number(other) for other in others if other > limit]
        return z3.And(self.end > number(limit), *between)

    def _failure(self, about: str, words: str, bad: Formula) -> Iterator[Counterexample]:
        given = z3.And(self.rules.consistent(self.before), self.rules.consistent(self.after))
        model = model_of(given, bad)
        if not model:
            return
        start, end = (model.eval(value, model_completion=True) for value in (self.start, self.end))
        moved = z3.And(given, self.start == start, self.end == end)
        found = witness(self.rules, self.before, model, moved, bad)
        problem = f"{self.fact} from {start.as_fraction()} to {end.as_fraction()}: {words}"
        yield Counterexample(about, problem, {**found, self.fact: str(start.as_fraction())})
