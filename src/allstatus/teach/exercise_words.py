"""An exercise in words: the case, the choices, the answer and why; the page words it the same way
(`web/exercises.js`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.render.blocks import Block, Headline, ItemList, Kind, OpenQuestions, Sentences
from allstatus.render.make_blocks import make_blocks
from allstatus.render.words import class_words
from allstatus.rules.ruleset import RuleSet
from allstatus.teach.exercises import LEVELS, OUTCOMES, Exercise
from allstatus.teach.strings import fact_label, short_section, texts, value_text
from allstatus.teach.wrong_choices import WrongChoices

LEVEL = "student"
KINDS: tuple[Kind, ...] = ("headline", "messages", "possible", "questions", "assumptions")


@dataclass(frozen=True, slots=True)
class Worded:
    """An exercise as a reader meets it.

    `case` has a (label, value) pair for each fact, `choices` a title for each possible answer,
    `explanation` one sentence or two a line, `why_not` what speaks against each other choice;
    `sections` of the page are what it was read from.
    """

    id: str
    level: str
    at_edge: bool
    record: dict[str, Any]
    case: list[tuple[str, str]]
    choices: dict[str, str]
    answer: str
    explanation: list[str]
    why_not: dict[str, str]
    decided_by: str
    sections: list[str]
    sections_form: str

    @property
    def read_from(self) -> str:
        """The sections in short: the first and the last heading of each."""
        short = dict.fromkeys(map(short_section, self.sections))
        return self.sections_form.format(sections="; ".join(short))

    @property
    def answer_title(self) -> str:
        """The right choice in words."""
        return self.choices[self.answer]


def choices(rules: RuleSet) -> dict[str, str]:
    """Every answer an exercise can have with its title: the statuses first, as the
    disease runs.
    """
    return {name: rules.statuses[name].title for name in rules.in_course} | {
        name: texts(rules)["answers"][name] for name in OUTCOMES
    }


def assumptions(rules: RuleSet) -> list[str]:
    """What may be taken for granted when it is not reported."""
    return [
        f"{fact_label(rules, fact.name)}: {fact.assume.because}"
        for fact in rules.facts.values()
        if fact.assume
    ]


def word(classifier: Classifier, exercise: Exercise) -> Worded:
    """The exercise in words, explained for students."""
    rules = classifier.ruleset
    decision, named = classifier.classify(exercise.record), choices(rules)
    wrong = WrongChoices(rules, exercise.record, decision, named)
    return Worded(
        id=exercise.id,
        level=LEVELS[exercise.level],
        at_edge=exercise.at_edge,
        record=exercise.record,
        case=[
            (fact_label(rules, name), value_text(rules, name, exercise.record[name]))
            for name in rules.facts
        ],
        choices=named,
        answer=exercise.answer,
        explanation=_Explanation(classifier, exercise, wrong).lines(),
        why_not={name: wrong.why(name) for name in named if name != exercise.answer},
        decided_by=exercise.decided_by,
        sections=sections(rules, exercise),
        sections_form=str(texts(rules)["exercise"]["sections"]),
    )


def sections(rules: RuleSet, exercise: Exercise) -> list[str]:
    """Where the page says it: the status, and the criteria on the fact it turns on."""
    status = (
        [rules.statuses[exercise.answer].cite["section"]]
        if exercise.answer in rules.statuses
        else []
    )
    criteria = [
        rules.criteria[name].cite["section"] for name in rules.criteria_of(exercise.decided_by)
    ]
    return list(dict.fromkeys([*status, *criteria]))


class _Explanation:
    def __init__(self, classifier: Classifier, exercise: Exercise, case: WrongChoices) -> None:
        self.classifier, self.exercise, self.decision = classifier, exercise, case.decision
        self.rules, self.case = classifier.ruleset, case

    def lines(self) -> list[str]:
        blocks = make_blocks(self.decision, LEVEL, "exercise", KINDS)
        said = [line for block in blocks for line in self._lay_out(block)]
        return [*said, self._decided(), *self._otherwise()]

    def _lay_out(self, block: Block) -> Iterator[str]:
        match block:
            case Headline():
                yield f"{block.text}."
            case Sentences():
                yield from block.sentences
            case ItemList(kind="possible"):
                yield self._say("possible", outcomes=self.case.either(self.decision.possible))
            case OpenQuestions():
                yield from (entry.why for entry in block.questions if entry.first)
            case ItemList(kind="assumptions"):
                yield from (self._say("assumed", because=item.text) for item in block.items)

    def _decided(self) -> str:
        if self.decision.outcome == "insufficient_data":
            return self._say("asked", fact=fact_label(self.rules, self.exercise.decided_by))
        if self.decision.outcome == "conflicting_data":
            return self._say("clash", facts=self.case.clashing)
        return self._say(
            "decided", facts=", ".join(map(self.case.stated, self.decision.reasons[0]))
        )

    def _otherwise(self) -> Iterator[str]:
        """What other answers to the deciding fact would lead to."""
        if self.decision.outcome == "conflicting_data":
            return
        name = self.exercise.decided_by
        for answer in self.classifier.resolver.classes[name]:
            other = self.classifier.classify(self.exercise.record | {name: answer.sample})
            if other.possible and other.possible != self.decision.possible:
                words = class_words(self.rules, answer, self.decision.verdicts)
                yield self._say("otherwise", words=words, outcomes=self.case.either(other.possible))

    def _say(self, name: str, **parts: str) -> str:
        return str(texts(self.rules)["exercise"][name]).format(**parts)
