"""Records to try on the page, found in the rules: one of each answer, all but the first a single
step from exactly at the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.record.percent import format_number
from allstatus.rules.condition import Comparison
from allstatus.rules.ruleset import Fact, RuleSet
from allstatus.teach.exercises import OUTCOMES, answer_of, percent_spellings, whole_numbers

Case = dict[str, Any]
NEW, LIMIT, ABOVE, BELOW = "new", "limit", "above", "below"
GAP, OPEN, CLASH = "gap", "open", "clash"
FURTHER = 4  # places behind the limit's own decimals


def find_tries(classifier: Classifier) -> dict[str, Case]:
    """A record for each name that these rules have one for: newly found, in remission at its limit
    or a hair beside it and what is then on the other side, a gap, an open answer, a contradiction.
    None where they ask for no percentage or for several, or have no remission.
    """
    rules = classifier.ruleset
    percents = [fact.name for fact in rules.facts.values() if fact.kind == "percent"]
    if len(percents) != 1 or rules.remission is None:
        return {}
    return dict(_Tries(classifier, percents[0], rules.remission.name).found())


class _Tries:
    def __init__(self, classifier: Classifier, marrow: str, remission: str) -> None:
        self.classifier, self.marrow, self.remission = classifier, marrow, remission
        self.rules = classifier.ruleset
        self.condition = _limit_of_remission(self.rules, marrow)
        assert self.condition.limit is not None
        self.limit = self.condition.limit
        self.text = format_number(self.limit)
        self.low, self.high = (percent_spellings([self.limit])[1][place] for place in (2, -2))

    def found(self) -> Iterator[tuple[str, Case]]:
        """The names in the order in which the page shows them."""
        new = self._complete(self.high, first={"prior_remission": False})
        yield from self._first(NEW, new, self.rules.in_course[0])
        belongs = self.condition.operator in (">", "<=")  # the limit itself is on the lower side
        inside = self.text if belongs else self._hair(-1)
        reached = self._complete(inside, first={"prior_remission": True})
        base = next((case for case in reached if self._answer(case) == self.remission), None)
        if base is None:
            return
        beyond = base | {self.marrow: self._hair(1) if belongs else self.text}
        yield LIMIT, base if belongs else beyond
        yield (ABOVE, beyond) if belongs else (BELOW, base)
        outside, open_, clashing = OUTCOMES
        findings = self._others(base | {self.marrow: self.low}, "finding")
        yield from self._first(GAP, findings, outside)
        yield from self._first(OPEN, iter([base | {self.marrow: "unknown"}]), open_)
        yield from self._first(CLASH, self._others(base, "history"), clashing)

    def _hair(self, side: int) -> str:
        """A hair above the limit, or below it."""
        places = len(self.text.partition(".")[2]) + FURTHER
        return format_number(self.limit + Fraction(side, 10**places))

    def _answer(self, case: Case) -> str:
        return answer_of(self.classifier.classify(case))

    def _first(self, name: str, cases: Iterator[Case], answer: str) -> Iterator[tuple[str, Case]]:
        found = next((case for case in cases if self._answer(case) == answer), None)
        if found is not None:
            yield name, found

    def _complete(self, percent: str, first: Case) -> Iterator[Case]:
        """Every complete record with this percentage; what can be assumed is not reported."""
        choices = [
            [percent]
            if name == self.marrow
            else [first[name]]
            if name in first
            else [None]
            if fact.assume
            else self._values(fact)
            for name, fact in self.rules.facts.items()
        ]
        return (dict(zip(self.rules.facts, values, strict=True)) for values in product(*choices))

    def _values(self, fact: Fact) -> list[Any]:
        if fact.kind == "number":
            return list(whole_numbers(self.classifier.table.domains[fact.name].limits))
        return list(fact.values) or [True, False]

    def _others(self, case: Case, about: str) -> Iterator[Case]:
        """The record with one other value of one fact."""
        for name, fact in self.rules.facts.items():
            if name != self.marrow and fact.about == about and not fact.assume:
                yield from (
                    case | {name: value} for value in self._values(fact) if value != case[name]
                )


def _limit_of_remission(rules: RuleSet, fact: str) -> Comparison:
    """What the remission asks of the percentage, else the first that any status asks."""
    clauses = rules.remission.clauses if rules.remission else ()
    asked = {name for clause in clauses for name in clause.criteria()}
    names = sorted(rules.criteria_of(fact), key=lambda name: name not in asked)
    return rules.criteria[names[0]].condition
