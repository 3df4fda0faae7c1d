"""Records to try on the page, found in the rules: one of each answer, all but the first a single
step from exactly at the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.record.percent import format_number
from allstatus.rules.ruleset import Fact
from allstatus.teach.exercises import answer_of, percent_spellings

Case = dict[str, Any]
NEW, LIMIT, ABOVE, GAP, OPEN, CLASH = "new", "limit", "above", "gap", "open", "clash"
ANSWERS = {
    NEW: "untreated",
    LIMIT: "in_remission",
    ABOVE: "recurrent",
    GAP: "outside_definitions",
    OPEN: "insufficient_data",
    CLASH: "conflicting_data",
}
A_HAIR = "0001"  # written behind the limit's own decimals


def find_tries(classifier: Classifier) -> dict[str, Case]:
    """A record for each name of `ANSWERS` that these rules have; none where they ask for no
    percentage or for several.
    """
    rules = classifier.ruleset
    percents = [fact.name for fact in rules.facts.values() if fact.kind == "percent"]
    if len(percents) != 1:
        return {}
    (marrow,) = percents
    conditions = [rules.criteria[name].condition for name in rules.criteria_of(marrow)]
    limit = next(condition.limit for condition in conditions if condition.limit is not None)
    low, high = (percent_spellings([limit])[1][place] for place in (2, -2))
    text = format_number(limit)
    at = _first(
        classifier, LIMIT, _complete(classifier, marrow, text, first={"prior_remission": True})
    )
    tries = {
        NEW: _first(
            classifier, NEW, _complete(classifier, marrow, high, first={"prior_remission": False})
        ),
        LIMIT: at,
    }
    if at is not None:
        tries[ABOVE] = _first(
            classifier, ABOVE, iter([at | {marrow: (text if "." in text else f"{text}.") + A_HAIR}])
        )
        tries[GAP] = _first(
            classifier, GAP, _others(classifier, at | {marrow: low}, marrow, "finding")
        )
        tries[OPEN] = _first(classifier, OPEN, iter([at | {marrow: "unknown"}]))
        tries[CLASH] = _first(classifier, CLASH, _others(classifier, at, marrow, "history"))
    return {name: case for name, case in tries.items() if case is not None}


def _first(classifier: Classifier, name: str, cases: Iterator[Case]) -> Case | None:
    return next(
        (case for case in cases if answer_of(classifier.classify(case)) == ANSWERS[name]), None
    )


def _values(fact: Fact) -> list[Any]:
    return list(fact.values) or [True, False]


def _complete(classifier: Classifier, marrow: str, percent: str, first: Case) -> Iterator[Case]:
    """Every complete record with this percentage; what can be assumed is not reported."""
    facts = classifier.ruleset.facts
    choices = [
        [percent]
        if name == marrow
        else [first[name]]
        if name in first
        else [None]
        if fact.assume
        else _values(fact)
        for name, fact in facts.items()
    ]
    return (dict(zip(facts, values, strict=True)) for values in product(*choices))


def _others(classifier: Classifier, case: Case, marrow: str, about: str) -> Iterator[Case]:
    """The record with one other value of one fact."""
    for name, fact in classifier.ruleset.facts.items():
        if name != marrow and fact.about == about and not fact.assume:
            yield from (case | {name: value} for value in _values(fact) if value != case[name])
