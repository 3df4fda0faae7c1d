"""Answers beside an assessment: what is known stays known, and what is asked of one fact touches no
other.
"""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

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
from allstatus.rules.load import read_rules
from allstatus.rules.ruleset import RuleSet
from allstatus.table.chart_context import Evidence

RULES = load_rules(engine="builtin").ruleset
PLASMA = read_rules(Path(__file__).parents[2] / "pages/plasma")
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


def start(reading: ChartReading, rules: RuleSet = RULES, until: date | None = None) -> date:
    index, moment, past = ReadingIndex.of(reading), Moment(None, until), Past((), ())
    return Scene(reading, index, DEFAULT_OPTIONS, rules, moment, past, Assessment()).start


FEBRUARY = When("2026-02", DAY, date(2026, 2, 28))
NO_DAY = date.max - timedelta(days=14)


def test_without_a_marrow_an_assessment_is_of_the_last_day_that_was_answered() -> None:
    signed, unsigned = (answer("cbc", "normal", why) for why in ("", "preliminary, not final"))
    for answers, until, wanted in [
        ([signed], None, date(2026, 1, 18)),
        ([replace(signed, when=FEBRUARY)], None, date(2026, 2, 14)),
        ([unsigned], None, NO_DAY),
        ([signed], date(2026, 1, 31), NO_DAY),
        ([signed], DAY, date(2026, 1, 18)),
    ]:
        assert start(ChartReading(Chart(), answers=answers), until=until) == wanted


def test_or_of_the_last_day_of_a_result_of_the_rules_own_that_cannot_be_read() -> None:
    own = next(fact.name for fact in PLASMA.facts.values() if fact.own)
    for fact, rules, wanted in [(own, PLASMA, date(2026, 2, 14)), ("cbc", RULES, NO_DAY)]:
        doubt = replace(answer(fact, None, "is text"), when=FEBRUARY)
        assert start(ChartReading(Chart(), doubts={fact: [doubt]}), rules) == wanted
