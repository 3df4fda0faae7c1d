"""What is printed as a fact holds: every phrase of the rules that a reader meets, in every cell,
level and format, tells only criteria that have been stated or follow.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from random import Random
from typing import Any, get_args

import pytest

from allstatus import Decision, load_rules
from allstatus.decision.classifier import Classifier
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.observation import make_observation
from allstatus.ehr.timelines.timeline_points import Point, Timeline
from allstatus.ehr.timelines.timeline_text import render_timeline
from allstatus.render.blocks import Kind
from allstatus.render.html import render_html
from allstatus.render.lines import render_lines
from allstatus.render.make_blocks import make_blocks
from allstatus.render.messages import may_be
from allstatus.render.text import render_text
from allstatus.rules.phrases import LEVELS, Phrase
from allstatus.service.hooks.cards import Occasion, status_cards
from allstatus.teach.exercise_words import word
from allstatus.teach.exercises import make_pool
from allstatus.verify.phrase_faults import facts_named, told_criteria
from shipped import RULES as PATIENT

PROFESSIONAL = load_rules("nci-pdq-adult-all-health-professional", engine="builtin")
OCCASION = Occasion("decision", "patient", "https://here.example/decision")
SAMPLED = 40
OF_VALUES = ("facts", "decisive", "thresholds", "source")  # what was given, and the rules
WORDED = [kind for kind in get_args(Kind) if kind not in OF_VALUES]


def records(classifier: Classifier) -> list[dict[str, Any]]:
    """A record for every cell: each fact not reported, unknown, or of one of its classes."""
    choices = [
        [None, "unknown", *[answer.sample for answer in answers]]
        for answers in classifier.resolver.classes.values()
    ]
    names = list(classifier.ruleset.facts)
    made = (dict(zip(names, values, strict=True)) for values in product(*choices))
    return [record for record in made if any(value is not None for value in record.values())]


def sample(classifier: Classifier, size: int) -> list[Decision]:
    """Decisions of records drawn by a seed; a record with sites or texts states what its class
    does.
    """
    drawn = Random(0).sample(records(classifier), size)
    return [classifier.classify(record) for record in drawn]


def as_text(decision: Decision, level: str) -> str:
    return render_text(decision, level=level, width=10_000)


def as_html(decision: Decision, level: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", render_html([decision], level=level)))


def as_line(decision: Decision, _: str) -> str:
    return "\n".join(render_lines([decision], width=None))


def as_point(decision: Decision, _: str) -> str:
    return render_timeline(Timeline(None, [Point(date(2026, 1, 1), decision)], decision))


def as_card(decision: Decision, _: str) -> str:
    return " ".join(card["detail"] for card in status_cards(decision, OCCASION))


def as_observation(decision: Decision, _: str) -> str:
    if decision.outcome not in ("determined", "outside_definitions"):
        return ""
    made = make_observation(Context(decision, datetime(2026, 1, 1, tzinfo=UTC)))
    return " ".join(note["text"] for note in made["note"])


Format = tuple[Callable[[Decision, str], str], Sequence[str]]  # how, and for whom
FORMATS: tuple[Format, ...] = (
    (as_text, LEVELS),
    (as_html, LEVELS),
    (as_line, ("clinician",)),
    (as_point, ("clinician",)),
    (as_card, ("clinician",)),
    (as_observation, ("clinician",)),
)


@cache
def owned(classifier: Classifier) -> list[tuple[str, Phrase, frozenset[str]]]:
    """Every phrase of a status or region with its words as printed and the criteria it tells: those
    it names that have one verdict wherever it is said.
    """
    rules, table, found = classifier.ruleset, classifier.table, []
    for parts, cases in ((rules.statuses, table.statuses), (rules.regions, table.regions)):
        for name, part in parts.items():
            for phrase in (one for level in LEVELS for one in part.says[level]):
                where = cases[name] & table.where(phrase.when) if phrase.when else cases[name]
                named = facts_named(rules.facts.values(), phrase.text)
                told = {
                    criterion
                    for criterion in told_criteria(table, where)
                    if rules.criteria[criterion].condition.fact in named
                }
                text = " ".join(rules.with_limits(phrase.text).split())
                found.append((text, phrase, frozenset(told)))
    return found


def untold(
    classifier: Classifier, decision: Decision, formats: Sequence[Format] = FORMATS
) -> Iterator[str]:
    """What a reader is told as a fact of this decision, and is not so by what was stated."""
    if decision.outcome == "conflicting_data":
        return
    table = classifier.table
    stated = decision._resolution.stated.completions
    for render, levels in formats:
        for level in levels:
            said = " ".join(render(decision, level).split())
            for text in (may_be(decision, level) or ("", []))[1]:
                said = said.replace(" ".join(text.split()), "…", 1)
            for text, phrase, told in owned(classifier):
                if text not in said:
                    continue
                wrong = [c for c in told if table.verdict(stated, table.where_true(c)) is None]
                wrong += ["when"] if not decision.states(phrase.when) else []
                if wrong:
                    yield f"{render.__name__}, {level}: {text} ({wrong})"


@pytest.mark.parametrize("rules", [PATIENT, PROFESSIONAL], ids=["patient", "professional"])
def test_what_is_said_as_a_fact_holds(rules: Classifier) -> None:
    for decision in sample(rules, SAMPLED):
        assert not list(untold(rules, decision))


@pytest.mark.parametrize("rules", [PATIENT, PROFESSIONAL], ids=["patient", "professional"])
def test_what_an_exercise_says_as_a_fact_holds(rules: Classifier) -> None:
    heard = set()
    for exercise in Random(0).sample(make_pool(rules), SAMPLED):
        said = " ".join(word(rules, exercise).explanation)
        heard |= {text for text, _, _ in owned(rules) if text in said}
        decision = rules.classify(exercise.record)
        assert not list(untold(rules, decision, [(lambda *_, said=said: said, ("student",))]))
    assert len(heard) > 5


def told(decision: Decision) -> Hashable:
    """All that formats put into words of a decision, but for the values of facts, with what was
    stated: decisions alike in this are told alike.
    """
    stated = decision._resolution.stated
    blocks = tuple(make_blocks(decision, level, "page", WORDED) for level in LEVELS)
    return decision.outcome, decision.status, stated.completions, stated.verdicts, blocks


@pytest.mark.slow
def test_what_is_said_as_a_fact_holds_in_every_cell_of_the_patient_set() -> None:
    """Of those told alike, as not reported and unknown often are, one is printed."""
    decisions = map(PATIENT.classify, records(PATIENT))
    different = {told(decision): decision for decision in decisions}
    assert len(different) > 3 ** len(PATIENT.table.criteria)
    for decision in different.values():
        assert not list(untold(PATIENT, decision))


@pytest.mark.slow
def test_what_is_said_as_a_fact_holds_in_a_sample_of_the_professional_set() -> None:
    for decision in sample(PROFESSIONAL, 2000):
        assert not list(untold(PROFESSIONAL, decision))
