"""What was told in English of a chart is said in the language of its reader, or marked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from allstatus import load_rules
from allstatus.decision.decision import Decision
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.record.exact_json import parse_json
from allstatus.render.html import render_html
from allstatus.render.kept_texts import TOLD, stated_use_books, told, told_or_same
from allstatus.render.text import render_text
from allstatus.render.words import words
from allstatus.table.chart_context import Evidence

EN, ES = (load_rules(engine="builtin", language=language).ruleset for language in ("en", "es"))
CASES = yaml.safe_load((Path(__file__).parent / "kept_texts.yaml").read_text("utf-8"))
RECORDS = [
    path
    for path in sorted((Path(__file__).parents[2] / "fixtures" / "records").glob("*.json"))
    if ".expected" not in path.name and not path.name.startswith("refused")
]
FOLDER = Path(__file__).parents[2] / "fixtures" / "fhir"
FHIR = [path for path in sorted(FOLDER.glob("*.json")) if ".expected" not in path.name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["told"])
def test_a_sentence_is_known_by_its_form_and_said_anew(case: dict[str, str]) -> None:
    assert told(case["told"], ES) == case["says"]
    assert told(case["told"], EN) == case["told"]


def test_a_value_stays_as_it_is() -> None:
    assert told_or_same("2.5 %", ES) == "2.5 %"
    assert told_or_same("blasts found (cns)", ES) == "blastos hallados (SNC)"


def test_what_the_rules_say_is_in_their_language_already() -> None:
    said = [constraint.because for constraint in ES.constraints.values()]
    assert [told(text, ES) for text in said] == said


def test_what_is_longer_than_a_sentence_is_marked_and_not_looked_at() -> None:
    assert told("x" * 100_000, ES) == "[en] " + "x" * 100_000


def test_each_form_is_found_by_its_own_english() -> None:
    for book in (TOLD, *stated_use_books()):
        for path, english in book.english().items():
            if "{" not in english:
                assert not told(english, ES).startswith("[en]"), path


def test_all_that_the_fixtures_of_charts_tell_is_known() -> None:
    classifier = load_rules(engine="builtin")
    charts = [chart for path in FHIR for chart in read_fhir(json.loads(path.read_text("utf-8")))]
    decisions = [
        now for chart in charts if (now := decide_over_time(classifier, chart).now) is not None
    ]
    said = {text for decision in decisions for text in sentences(decision)}
    assert len(said) > 100
    assert [text for text in sorted(said) if told(text, ES).startswith("[en]")] == []


@pytest.mark.parametrize("level", ["clinician", "student", "plain"])
def test_what_is_shown_of_a_record_has_no_english_left_in_it(level: str) -> None:
    classifier, shown = load_rules(engine="builtin", language="es"), ""
    for path in RECORDS:
        decision = classifier.classify(parse_json(path.read_text("utf-8")))
        shown += render_text(decision, level=level) + render_html([decision], level=level)
    assert "BCR::ABL1" in shown or level == "plain"
    assert shown.count("[en]") == 0
    facts = (*classifier.ruleset.facts, "relapse_count")
    assert not {name for name in map(words, facts) if name in shown}


def sentences(decision: Decision) -> Iterator[str]:
    """Why each piece of evidence counts or not, each warning and each conflict."""
    yield from decision.warnings
    yield from (one.because for one in decision.conflicts if one.constraint not in EN.constraints)
    for fact in decision.facts.values():
        yield from (one.because for one in fact.evidence if isinstance(one, Evidence))
