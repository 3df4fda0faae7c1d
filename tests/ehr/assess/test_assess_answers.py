"""Answers beside an assessment: what is known stays known, and what is asked of one fact touches no
other.
"""

from datetime import date

from allstatus.decision.classifier import load_rules
from allstatus.ehr.assess.assess_answers import assess_answers
from allstatus.ehr.assess.assessment import Assessment, Moment, Scene
from allstatus.ehr.assess.day_index import ReadingIndex
from allstatus.ehr.assess.remissions import Past
from allstatus.ehr.chart import Chart, Source
from allstatus.ehr.chart_options import DEFAULT_OPTIONS
from allstatus.ehr.dates import When
from allstatus.ehr.evidence.chart_reading import ChartReading
from allstatus.ehr.evidence.doubt import ANSWER, Doubt
from allstatus.table.chart_context import Evidence

RULES = load_rules(engine="builtin").ruleset
DAY = date(2026, 2, 1)


def scene(*answers: Doubt, **facts: object) -> Scene:
    reading = ChartReading(Chart(), answers=list(answers))
    found = Assessment(day=DAY)
    for fact, value in facts.items():
        found.derive(fact, value, [])
    index = ReadingIndex.of(reading)
    return Scene(reading, index, DEFAULT_OPTIONS, RULES, Moment(DAY), Past((), ()), found)


def answer(fact: str, value: object, why: str = "", day: date = DAY) -> Doubt:
    evidence = Evidence(Source("Observation/a", 0), sent=str(value), used=not why)
    return Doubt(fact, ANSWER, When(day.isoformat(), day, day), why, evidence, value)


def test_an_answer_states_its_fact_and_no_other() -> None:
    at = scene(answer("prior_remission", True), cbc="normal")
    assess_answers(at, DAY)
    assert at.found.facts == {"cbc": "normal", "prior_remission": True}
    assert at.found.states["prior_remission"] == "given"


def test_an_answer_in_doubt_that_would_change_nothing_leaves_nothing_open() -> None:
    at = scene(answer("prior_remission", True, "preliminary, not final"), prior_remission=True)
    assess_answers(at, DAY)
    assert at.found.facts == {"prior_remission": True}
    assert (at.found.open, at.found.conflicts) == ([], [])


def test_an_answer_in_doubt_says_what_would_settle_it() -> None:
    at = scene(answer("prior_remission", True, "preliminary, not final"))
    assess_answers(at, DAY)
    assert at.found.facts == {"prior_remission": "unknown"}
    assert at.found.warnings == [
        "Observation/a leaves it open (preliminary, not final): 'True'; "
        "sign the answer, or enter another"
    ]


def test_an_answer_ends_what_was_in_doubt_of_its_fact() -> None:
    at = scene(answer("prior_remission", False))
    open_ = Doubt("prior_remission", "", When("", DAY, DAY), "has no date", Evidence("Condition/1"))
    at.found.leave_open("prior_remission", [open_])
    assess_answers(at, DAY)
    assert at.found.facts == {"prior_remission": False}
    assert (at.found.open, at.found.warnings) == ([], [])
