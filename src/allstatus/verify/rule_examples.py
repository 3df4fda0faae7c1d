"""The examples in the status files, run: under, at and over each limit, and each criterion
missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from allstatus.errors import InvalidRecord
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.histories import read_histories
from allstatus.rules.rule_texts import HISTORIES

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
    return [*failing, *_no_records(classifier)]


def _no_records(classifier: Classifier) -> Iterator[str]:
    """A line for each moment of a history that is told with no record."""
    directory = classifier.ruleset.directory
    for number, history in enumerate(read_histories(directory)):
        for at, point in enumerate(history["points"]):
            try:
                classifier.classify(point["record"])
            except InvalidRecord as error:
                file = YamlFile(directory / f"{HISTORIES}.yaml", directory)
                yield file.at((number, "points", at, "record"), f"is no record ({error})")


def example_problem(classifier: Classifier, example: Mapping[str, Any]) -> str | None:
    """What differs from the expected outcome, status or possible outcomes; None when nothing
    does.
    """
    try:
        decision = classifier.classify(example["facts"])
    except InvalidRecord as error:
        return f"is no record ({error}); correct the example"
    asked, possible = example.get("status"), example.get("possible")
    if decision.outcome != example["outcome"]:
        differs = f"{example['outcome']}, got {decision.outcome}"
    elif decision.status != asked:
        differs = f"status {asked}, got {decision.status}"
    elif possible is not None and set(decision.possible) != set(possible):
        differs = f"possible {sorted(possible)}, got {sorted(decision.possible)}"
    else:
        return None
    return f"expected {differs}; correct the example or the rule"


def example_answer(classifier: Classifier, example: Mapping[str, Any]) -> str:
    """The status that an example is given, else its outcome; `no record` where it is none."""
    try:
        decision = classifier.classify(example["facts"])
    except InvalidRecord:
        return "no record"
    return decision.status or decision.outcome
