"""The examples in the status files, run: under, at and over each limit, and each criterion
missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from allstatus.errors import InvalidRecord
from allstatus.record.yaml_file import YamlFile

if TYPE_CHECKING:
    from allstatus.decision.classifier import Classifier


def failing_examples(classifier: Classifier) -> list[str]:
    """A line for each example whose decision is not the expected one."""
    rules, failing = classifier.ruleset, []
    for status in rules.statuses.values():
        path = rules.directory / "statuses" / f"{status.name}.yaml"
        for number, example in enumerate(status.examples):
            if problem := example_problem(classifier, example):
                place = YamlFile(path, rules.directory).place(("examples", number))
                failing.append(f"{place}: example '{example['name']}': {problem}")
    return failing


def example_problem(classifier: Classifier, example: Mapping[str, Any]) -> str | None:
    """What differs from the expected outcome, status or possible outcomes; None when nothing
    does.
    """
    try:
        decision = classifier.classify(example["facts"])
    except InvalidRecord as error:
        return f"is no record ({error}); correct the example"
    if decision.outcome != example["outcome"]:
        return (
            f"expected {example['outcome']}, got {decision.outcome}; correct the example or the "
            f"rule"
        )
    if decision.status != example.get("status"):
        return (
            f"expected status {example.get('status')}, got {decision.status}; correct the example "
            f"or the rule"
        )
    expected = example.get("possible")
    if expected is not None and set(decision.possible) != set(expected):
        return (
            f"expected possible {sorted(expected)}, got {sorted(decision.possible)}; correct the "
            f"example or the rule"
        )
    return None


def example_answer(classifier: Classifier, example: Mapping[str, Any]) -> str:
    """The status that an example is given, else its outcome; `no record` where it is none."""
    try:
        decision = classifier.classify(example["facts"])
    except InvalidRecord:
        return "no record"
    return decision.status or decision.outcome
