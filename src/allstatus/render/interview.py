"""Questions one at a time, the least burdensome first, until the answer is settled or nothing is
left to ask.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.errors import InvalidRecord
from allstatus.record.percent import grades_of, read_percent
from allstatus.render.changes import answers_away
from allstatus.render.reader import Reader
from allstatus.render.words import words
from allstatus.rules.language_texts import ENGLISH
from allstatus.rules.ruleset import Fact, RuleSet

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
        self.record[fact.name] = read_answer(self._classifier.ruleset, fact, text)
        self._asked |= {fact.name}

    def decide(self) -> Decision:
        """The decision on what is known now."""
        return self._classifier.classify(self.record)


def choices(rules: RuleSet, fact: Fact) -> str:
    """What can be answered, e.g. `1 none, 2 symptom relief only, ? not known`."""
    reader = Reader(rules)
    if fact.kind in ("percent", "number"):
        grade = reader.says("asking", "or_grade") if grades_of(fact.name) else ""
        shown = reader.says("asking", fact.kind, grade=grade)
    elif fact.kind == "yes_no":
        shown = ", ".join(reader.value(fact.name, held) for held in (True, False))
    else:
        valued = (reader.value(fact.name, value) for value in fact.values)
        shown = ", ".join(f"{number} {said}" for number, said in enumerate(valued, 1))
    return f"{shown}, ? {reader.value(fact.name, None)}"


def read_answer(rules: RuleSet, fact: Fact, text: str) -> Any:
    """The record's value for an answer as typed, in English or the language of the rules.

    >>> from allstatus import load_rules
    >>> rules = load_rules(language="es").ruleset
    >>> read_answer(rules, rules.facts["prior_remission"], "s\N{LATIN SMALL LETTER I WITH ACUTE}")
    True
    """
    said, reader = _plain(text), Reader(rules)
    if said in (*NOT_KNOWN_SPELLINGS, _plain(reader.value(fact.name, None))):
        return NOT_KNOWN
    if fact.kind == "percent":
        return read_percent(text.strip(), fact.name).text
    if fact.kind == "number":
        rules.record_model.read({fact.name: said})
        return said
    valid = _yes_no(reader, fact) if fact.kind == "yes_no" else _values(reader, fact)
    if said not in valid:
        raise InvalidRecord(
            fact.name, "is not one of the answers", f"answer {choices(rules, fact)}"
        )
    return valid[said]


def _yes_no(reader: Reader, fact: Fact) -> dict[str, Any]:
    return YES_NO | {_plain(reader.value(fact.name, held)): held for held in (True, False)}


def _values(reader: Reader, fact: Fact) -> dict[str, Any]:
    """The values of a choice by their numbers, their English words and the reader's."""
    said: dict[str, Any] = {}
    for number, value in enumerate(fact.values, 1):
        names = (str(number), words(value), reader.value(fact.name, value))
        said |= dict.fromkeys(map(_plain, names), value)
    return said


def _plain(text: str) -> str:
    """As it is compared: without capitals and accents, which a keyboard may lack."""
    letters = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def refused(rules: RuleSet, fact: Fact, error: InvalidRecord) -> str:
    """What is said of an answer that is none: in English what is wrong with it."""
    if rules.language == ENGLISH:
        return f"{error.problem}; {error.remedy}"
    return Reader(rules).says("asking", "refused", choices=choices(rules, fact))
