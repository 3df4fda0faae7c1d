"""Statuses that codes assert: dated evidence of history, never the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from allstatus.ehr.chart import UNREAD_STATUS, Problem, Result, Statement, Treatment
from allstatus.ehr.coding.codes import Match
from allstatus.ehr.dates import When
from allstatus.ehr.evidence.chart_reading import (
    ChartReading,
    Finding,
    cancers,
    evidence_of,
    place_in_time,
)
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.rules.ruleset import NO_REMISSION, RELAPSE, REMISSION
from allstatus.table.chart_context import Evidence

FACT, OUTSIDE = "prior_remission", "leukemia_outside_marrow"
CLINICAL = {"remission": REMISSION, "relapse": RELAPSE, "recurrence": RELAPSE}
INDUCTION = timedelta(days=28)  # no remission is reached sooner after the onset
UNDATED = "a coded status without a date of its own"
UNREAD = "its answer is not known here, so it may say remission or relapse"
OF_NO_KIND = "about a condition not known here"
UNCONFIRMED = "not confirmed"
TORN = "its codes differ"
TREND = "a trend, which says neither remission nor relapse"
BEFORE_TREATMENT = "dated no later than the first treatment, so it was coded later than its date"


def assert_by_problem(
    reading: ChartReading, problem: Problem, match: Match, evidence: Evidence
) -> None:
    """What the code and the clinical status of a condition assert."""
    says = match.topic["asserts"]
    when, why = place_in_time(reading, problem)
    if not says:
        _assert_by_one(reading, problem, evidence, when)
    clinical = CLINICAL.get(problem.clinical)
    said = replace(evidence, sent=problem.clinical)
    if problem.doubt:
        if says:
            _doubt(reading, match.topic.name, when, why, evidence, says)
        if clinical or problem.clinical == UNREAD_STATUS:
            _doubt_clinical(reading, match, said, clinical, when, why)
        return
    early = (
        problem.onset is not None
        and problem.recorded is not None
        and problem.recorded.last - problem.onset.first < INDUCTION
    )
    recorded = problem.recorded or (problem.onset if says == RELAPSE else None)
    late = recorded is not None and reading.as_of is not None and recorded.last > reading.as_of
    if says and recorded is not None and not late and not (early and says == REMISSION):
        dated = replace(evidence, date=recorded.shown)
        found = dated.counted("a coded status", says)
        reading.asserted.append(Finding(match.topic.name, recorded, found, says))
    elif says:
        _assert_undated(reading, match, evidence, says, when)
    if clinical and match.topic["all"]:
        _assert_undated(reading, match, said, clinical, when)
    elif clinical == RELAPSE or problem.clinical == UNREAD_STATUS:
        told = OF_NO_KIND if clinical else UNREAD
        _doubt_clinical(reading, match, said, clinical, when, told)


def _doubt_clinical(
    reading: ChartReading, match: Match, said: Evidence, clinical: str | None, when: When, why: str
) -> None:
    """A clinical status that may be of any time since its condition began, or of none."""
    span = When("", when.first, max(when.first, reading.as_of or date.max))
    _doubt(reading, match.topic.name, span, why, said, clinical)


def _doubt(
    reading: ChartReading, name: str, when: When, why: str, evidence: Evidence, says: Any
) -> None:
    reading.doubt(Doubt(FACT, name, when, why, evidence, says, firm=True))


def _assert_by_one(reading: ChartReading, problem: Problem, evidence: Evidence, when: When) -> None:
    """What one of several codings asserts that the others do not say: it may be so."""
    for match in reading.tables.diagnoses.find_each(problem.codes):
        if says := match.topic["asserts"]:
            _doubt(reading, match.topic.name, problem.recorded or when, TORN, evidence, says)


def _assert_undated(
    reading: ChartReading, match: Match, evidence: Evidence, says: str, when: When
) -> None:
    """A status as the chart stands; asked about a day, it may be of any time up to then."""
    if reading.as_of is None:
        counted = evidence.counted(UNDATED, says)
        end = When("", date.max, date.max)
        reading.current.append(Finding(match.topic.name, end, counted, says))
    elif says != NO_REMISSION:
        span = When("", when.first, max(when.first, reading.as_of))
        _doubt(reading, match.topic.name, span, UNDATED, evidence, says)


def assert_by_result(
    reading: ChartReading, result: Result, when: When, why: str, evidence: Evidence
) -> None:
    """What a clinician's coded disease status asserts, if it is about this leukemia."""
    tables, said = reading.tables, result.value.codes
    answer, about = tables.results.find(said), tables.diagnoses.find(result.focus)
    answer = answer or tables.diagnoses.find(said)
    says = answer.topic["asserts"] if answer else None
    if result.focus and _is_another(reading, result, about):
        reading.put_aside(FACT, evidence, "about another condition")
    elif not result.focus and reading.other_cancers:
        problem = f"does not say which cancer it is about ({_others(reading)})"
        _doubt(reading, "disease_status", when, problem, evidence, says)
    elif answer is not None and not says:
        reading.put_aside(FACT, evidence, TREND)
    elif answer is None or why or (result.focus and not _is_this(reading, about)):
        reason = why or (UNREAD if answer is None else OF_NO_KIND)
        doubt = Doubt(FACT, "disease_status", when, reason, evidence, says, firm=not result.doubt)
        reading.doubt(doubt)
    else:
        counted = evidence.counted("a clinician's coded status", says)
        reading.asserted.append(Finding("disease_status", result.when or when, counted, says))


def _is_another(reading: ChartReading, result: Result, about: Match | None) -> bool:
    """Whether it is of another disease; the spread of one may be this one's."""
    if about is not None:
        return about.topic["all"] is False and not about.topic["secondary"]
    return any(map(reading.tables.systems.is_malignant, result.focus))


def _is_this(reading: ChartReading, about: Match | None) -> bool:
    """Whether it is of this disease, as far as is known."""
    return bool(about.topic["all"]) if about is not None else reading.given


def doubt_by_answer(reading: ChartReading, result: Result) -> bool:
    """What a diagnosis that answers another question, or concludes a report, may assert, or where
    it may say that the disease is.
    """
    if not result.said:
        return False
    status = reading.tables.results.find(result.said)
    found = (*reading.tables.diagnoses.find_each(result.said), *((status,) if status else ()))
    if not found or result.void:
        return False
    telling = [match for match in found if match.topic["asserts"] or _spread(reading, match)]
    for match in telling:
        _doubt_by(reading, result, match, result.value.sent)
    return bool(telling)


def doubt_by_reason(reading: ChartReading, treatment: Treatment) -> None:
    """What a treatment was given for may say that the disease had come back, or where it is."""
    for code in () if treatment.void else treatment.reasons:
        for table in (reading.tables.diagnoses, reading.tables.signs):
            match = table.find([code])
            if match and (match.topic["asserts"] == RELAPSE or _spread(reading, match)):
                _doubt_by(reading, treatment, match, match.topic.title)


def _spread(reading: ChartReading, match: Match) -> str:
    """Where a code says that the disease is outside the marrow; empty where it says nowhere, or
    only that it is spread of which another cancer may be meant.
    """
    topic = match.topic
    if not reading.has_all or topic["cleared"]:
        return ""
    ours_alone = topic["secondary"] and not reading.other_cancers
    elsewhere = (topic["hint"] or "other") if ours_alone else ""
    return topic["spread"] or topic["site"] or elsewhere


def _doubt_by(reading: ChartReading, statement: Statement, match: Match, sent: str) -> None:
    when, why = place_in_time(reading, statement)
    evidence, says = evidence_of(statement, match, sent), match.topic["asserts"]
    fact, name = (FACT, match.topic.name) if says else (OUTSIDE, _spread(reading, match))
    reading.doubt(Doubt(fact, name, when, why or UNCONFIRMED, evidence, says or True, firm=True))


def _others(reading: ChartReading) -> str:
    return f"{cancers(reading.other_cancers)} is on the chart"


def settle_asserted(reading: ChartReading) -> None:
    """Set aside what the rest of the chart rules out: remission before any treatment, or of a
    leukemia not named.
    """
    first = min((item.when.last for item in reading.directed), default=None)
    kept = []
    for item in reading.asserted:
        if _nameless(reading, item) and reading.other_cancers:
            why = f"does not name its leukemia ({_others(reading)})"
            _doubt(reading, item.name, item.when, why, item.evidence, item.value)
        elif first is not None and item.when.last <= first and item.value == REMISSION:
            reading.put_aside(FACT, item.evidence, BEFORE_TREATMENT, warn=True)
        else:
            kept.append(item)
    reading.asserted = kept


def _nameless(reading: ChartReading, item: Finding) -> bool:
    """Whether the code that says it does not name the disease."""
    topic = reading.tables.diagnoses.topics.get(item.name)
    return topic is not None and topic["all"] is None
