"""Questions one at a time, the least burdensome first, until the answer is settled or nothing is
left to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.errors import InvalidRecord
from allstatus.record.percent import grades_of, read_percent
from allstatus.render.changes import answers_away
from allstatus.render.words import words
from allstatus.rules.ruleset import Fact

NOT_KNOWN = "unknown"
YES_NO = {"yes": True, "y": True, "no": False, "n": False}
NOT_KNOWN_SPELLINGS = ("", "?", "not known", NOT_KNOWN)


class Interview:
    """A record that grows by answers; every fact is asked for once at most."""

    def __init__(self, classifier: Classifier, record: Mapping[str, Any]) -> None:
        self._classifier = classifier
        self._asked: frozenset[str] = frozenset()
        self.record = dict(record)

    def next_question(self) -> Fact | None:
        """The fact to ask about; None once the answer is settled or nothing more can settle it."""
        resolution = self._classifier.resolution_of(self.record)
        plan, _ = self._classifier.explainer.questions.plans(resolution, self._asked)
        return None if plan.fact is None else self._classifier.ruleset.facts[plan.fact]

    def answers_away(self) -> list[str]:
        """What the fewest answers would make of what is known now, in sentences."""
        stated = any(self.record.get(name) is not None for name in self._classifier.ruleset.facts)
        return answers_away(self.decide()) if stated else []

    def answer(self, fact: Fact, text: str) -> None:
        """Take an answer as typed; raises InvalidRecord, with what it can be, when it is none."""
        self.record[fact.name] = read_answer(fact, text)
        self._asked |= {fact.name}

    def decide(self) -> Decision:
        """The decision on what is known now."""
        return self._classifier.classify(self.record)


def choices(fact: Fact) -> str:
    """What can be answered, e.g. `1 none, 2 symptom relief only, ? not known`."""
    if fact.kind == "yes_no":
        return "yes, no, ? not known"
    if fact.kind == "percent":
        grade = " or M1" if grades_of(fact.name) else ""
        return f'a percentage such as 4.9, "<5", 10/200{grade}, ? not known'
    return ", ".join(
        [
            *(f"{number} {words(value)}" for number, value in enumerate(fact.values, 1)),
            "? not known",
        ]
    )


def read_answer(fact: Fact, text: str) -> Any:
    """The record's value for an answer as typed.

    >>> from allstatus import load_rules
    >>> read_answer(load_rules().ruleset.facts["prior_remission"], "y")
    True
    """
    said = text.strip().lower()
    if said in NOT_KNOWN_SPELLINGS:
        return NOT_KNOWN
    if fact.kind == "percent":
        return read_percent(text.strip(), fact.name).text
    if fact.kind == "yes_no":
        valid: Mapping[str, Any] = YES_NO
    else:
        valid = {str(number): value for number, value in enumerate(fact.values, 1)} | {
            words(v): v for v in fact.values
        }
    if said not in valid:
        raise InvalidRecord(fact.name, "is not one of the answers", f"answer {choices(fact)}")
    return valid[said]
