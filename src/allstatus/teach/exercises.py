"""Exercises made from the rules: a fixed pool for each rule set, every answer and edge in it,
graded by difficulty.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.record.percent import HUNDRED, MARROW, format_number, grades_of, read_percent
from allstatus.rules.ruleset import Fact

EACH = 25  # exercises for each answer at an edge, and as many away from it
DRAWS, IN_VAIN = 60_000, 6_000  # at most, and one after another that gave no exercise
MOST_UNKNOWN, MOST_REGIONS = 3, 2
LEVELS = ("easy", "medium", "hard")
OUTCOMES = ("outside_definitions", "insufficient_data", "conflicting_data")


@dataclass(frozen=True, slots=True)
class Exercise:
    """A record with its answer: a status or an outcome. `level` is 0 (easy) to 2; `decided_by` the
    fact it turns on.

    `id` depends on the record alone, so the same case keeps it from one edition to the next.
    """

    record: dict[str, Any]
    answer: str
    at_edge: bool
    level: int
    decided_by: str

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.record, sort_keys=True).encode()).hexdigest()[:12]


def answer_of(decision: Decision) -> str:
    """The choice that is right: the status, or the outcome where there is none."""
    return decision.status or decision.outcome


def make_pool(classifier: Classifier) -> list[Exercise]:
    """The rule set's exercises, the same each time."""
    return sorted(
        _Pool(classifier).fill(),
        key=lambda exercise: (exercise.answer, not exercise.at_edge, exercise.level, exercise.id),
    )


def _unknown(record: dict[str, Any]) -> int:
    """How many facts are said to be unknown."""
    return sum(value == "unknown" for value in record.values())


class _Pool:
    def __init__(self, classifier: Classifier) -> None:
        self.classifier, self.rules = classifier, classifier.ruleset
        self.percents = [fact.name for fact in self.rules.facts.values() if fact.kind == "percent"]
        self.numbers = {
            fact.name: whole_numbers(self._limits(fact.name))
            for fact in self.rules.facts.values()
            if fact.kind == "number"
        }
        self.spellings = {
            name: percent_spellings(self._limits(name), name) for name in self.percents
        }

    def fill(self) -> Iterator[Exercise]:
        """Records drawn until every answer has its share, at an edge and away from it, or those it
        lacks are not to be found.
        """
        random, seen, last = Random(0), set(), 0
        left = Counter(
            {
                (answer, edge): EACH
                for answer in (*self.rules.statuses, *OUTCOMES)
                for edge in (True, False)
            }
        )
        for number in range(DRAWS):
            if number - last > IN_VAIN:
                return
            record, edge = self._draw(random)
            if _unknown(record) > MOST_UNKNOWN:
                continue
            decision = self.classifier.classify(record)
            if not left[answer_of(decision), edge]:
                continue
            exercise = self._exercise(record, decision, edge)
            if exercise is None or exercise.id in seen:
                continue
            seen.add(exercise.id)
            last = number
            left[exercise.answer, edge] -= 1
            yield exercise
            if not left.total():
                return

    def _draw(self, random: Random) -> tuple[dict[str, Any], bool]:
        edge = random.random() < 0.5
        record = {name: self._value(random, fact, edge) for name, fact in self.rules.facts.items()}
        return record, edge

    def _value(self, random: Random, fact: Fact, edge: bool) -> Any:
        chance = random.random()
        if fact.assume is not None and chance < 0.6:
            return None
        if fact.kind == "percent" and (edge or chance > 0.15):
            near, far = self.spellings[fact.name]
            return (near if edge else far)[int(random.random() * len(near if edge else far))]
        if chance > 0.85:
            return "unknown"
        if fact.kind == "number":
            return self.numbers[fact.name][int(random.random() * len(self.numbers[fact.name]))]
        values = (True, False) if fact.kind == "yes_no" else fact.values
        return values[int(random.random() * len(values))] if values else "unknown"

    def _exercise(self, record: dict[str, Any], decision: Decision, edge: bool) -> Exercise | None:
        """The record as an exercise, where one fact decides it and, at an edge, a percentage
        matters.
        """
        decided = self._decided_by(record, decision, edge)
        if decided is None:
            return None
        points = (self._closeness(record) if edge else 0) + min(_unknown(record), 2)
        return Exercise(record, answer_of(decision), edge, max(0, min(2, points - 1)), decided)

    def _decided_by(self, record: dict[str, Any], decision: Decision, edge: bool) -> str | None:
        if len(decision.regions) > MOST_REGIONS or decision.possible_regions:
            return None
        if decision.outcome == "conflicting_data":
            return decision.conflicts[0].facts[0]
        if decision.outcome == "insufficient_data":
            matters = {entry.fact for entry in decision.missing}
            ask = decision.ask_next
            return ask.fact if ask and (not edge or matters & set(self.percents)) else None
        return min(self._single_changes(record, decision, edge), default=(0, 0, 0, None))[-1]

    def _single_changes(
        self, record: dict[str, Any], decision: Decision, edge: bool
    ) -> Iterator[tuple[int, int, int, str]]:
        """Facts that alone could change the answer, the best to name first: at an edge the
        percentage, else one that leads to a status.
        """
        for place, (name, answers) in enumerate(self.classifier.resolver.classes.items()):
            if edge and name not in self.percents:
                continue
            after = {
                self.classifier.classify(record | {name: answer.sample}).possible
                for answer in answers
            }
            other = {possible for possible in after if possible and possible != decision.possible}
            if other:
                to_status = any(
                    len(possible) == 1 and possible[0] in self.rules.statuses for possible in other
                )
                yield not to_status, self.rules.facts[name].about == "history", place, name

    def _limits(self, fact: str) -> tuple[Fraction, ...]:
        return self.classifier.table.domains[fact].limits

    def _closeness(self, record: dict[str, Any]) -> int:
        """2 where a value lies on the limit or may lie on both sides, 1 where it lies just beside
        it.
        """
        for name in self.percents:
            value = read_percent(record[name])
            limits = self._limits(name)
            if any(value.low <= limit <= value.high for limit in limits):
                return 2
        return 1


def whole_numbers(limits: Sequence[Fraction]) -> list[int]:
    """Whole numbers on both sides of each limit, which any fact that is a number can have."""
    beside = {floor(limit) + step for limit in limits for step in (-1, 0, 1, 2)}
    return sorted(number for number in beside if number >= 0) or [0]


def percent_spellings(
    limits: Sequence[Fraction], fact: str = MARROW
) -> tuple[list[str], list[str]]:
    """Spellings of a fact at or beside a limit, and away from every limit."""
    near = [text for limit in limits for text in _at(limit, fact)]
    far = {Fraction(round(limit * part / 5)) for limit in limits for part in (0, 1, 2, 3)}
    far |= {
        Fraction(round(limit + (HUNDRED - limit) * part / 10))
        for limit in limits
        for part in (1, 2, 4, 6, 8, 9)
    }
    return near, [format_number(value) for value in sorted(far)]


def _at(limit: Fraction, fact: str) -> Iterator[str]:
    text = format_number(limit)
    yield from (
        text,
        text if "." in text else f"{text}.0",
        f"<={text}",
        f"<{text}",
        f">{text}",
        f">={text}",
    )
    yield from (
        format_number(limit + step)
        for step in map(Fraction, ("-0.1", "-0.5", "0.1", "0.5", "0.0001", "-0.0001"))
    )
    yield f"{text}-{format_number(min(2 * limit, HUNDRED))}"
    yield from (
        f"{format_number(2 * limit + blasts)}/200"
        for blasts in (-1, 0, 1)
        if (2 * limit).denominator == 1
    )
    grades = grades_of(fact).items()
    yield from (name for name, grade in grades if limit in (grade.low, grade.high))
