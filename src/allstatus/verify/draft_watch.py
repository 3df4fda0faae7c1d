"""A rule set while it is written: at each save what is wrong with it, else what came out otherwise
than before, in words.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import RulesError
from allstatus.rules.lock import digest_of
from allstatus.verify.compare import compare
from allstatus.verify.compare_report import changes
from allstatus.verify.phrase_faults import phrase_faults
from allstatus.verify.rule_examples import example_answer, failing_examples

POLL = 0.5  # seconds between two looks at the files


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as it is on disk: its `problems`, or its rules and what each example is answered."""

    problems: tuple[str, ...]
    classifier: Classifier | None
    examples: Mapping[str, str]


def look(directory: Path) -> Look:
    """Read a draft; a lock is not asked for."""
    try:
        classifier = load_rules(directory, draft=True)
    except RulesError as error:
        return Look(error.problems, None, {})
    examples = {
        f"{status.name}: {example['name']}": example_answer(classifier, example)
        for status in classifier.ruleset.statuses.values()
        for example in status.examples
    }
    faults = (*failing_examples(classifier), *phrase_faults(classifier.table))
    return Look(faults, classifier, examples)


def saves(directory: Path) -> Iterator[str]:
    """The digest of a folder's rules, now and each time it is another."""
    last = ""
    while True:
        if (digest := digest_of(directory)) != last:
            last = digest
            yield digest
        time.sleep(POLL)


def report(before: Look | None, now: Look) -> str:
    """The problems of a draft, then what flipped since it could last be read."""
    lines = [f"error: {problem}" for problem in now.problems]
    if now.classifier is not None:
        rules, table = now.classifier.ruleset, now.classifier.table
        lines += [
            f"{rules.id} {rules.version}: {len(table.cases)} cases of which "
            f"{table.consistent.bit_count()} can be, {len(now.examples)} examples"
        ]
        if before is not None and before.classifier is not None:
            lines += _flips(before, now)
    return "\n".join(lines) + "\n"


def _flips(before: Look, now: Look) -> Iterator[str]:
    assert before.classifier is not None
    assert now.classifier is not None
    try:
        yield from changes(compare(before.classifier.table, now.classifier.table))
    except RulesError as error:
        yield f"error: {error}"
    for name, answer in now.examples.items():
        if before.examples.get(name, answer) != answer:
            yield f"  example {name}: {before.examples[name]} -> {answer}"
