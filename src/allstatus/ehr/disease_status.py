"""Statuses that codes assert: evidence of history where their date can be relied on, never the
answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from allstatus.ehr.chart import Problem, Result
from allstatus.ehr.chart_reading import ChartReading, Finding, cancers
from allstatus.ehr.codes import Match, table
from allstatus.ehr.dates import When
from allstatus.table.facts import Evidence

FACT = "prior_remission"
CLINICAL = {"remission": "in_remission", "relapse": "relapse", "recurrence": "relapse"}
INDUCTION = timedelta(days=28)  # no remission is reached sooner after the onset
UNDATED = "a coded status without a date of its own"
BEFORE_TREATMENT = "dated no later than the first treatment, so it was coded later than its date"
NAMELESS = "leukemia_in_remission"


def assert_by_problem(
    reading: ChartReading, problem: Problem, match: Match, evidence: Evidence
) -> None:
    """What the code and the clinical status of a condition assert."""
    says = match.topic["asserts"]
    early = (
        problem.onset is not None
        and problem.recorded is not None
        and problem.recorded.last - problem.onset.first < INDUCTION
    )
    if says and problem.recorded is not None and not (early and says != "not_in_remission"):
        dated = replace(evidence, date=problem.recorded.shown)
        reading.asserted.append(
            Finding(match.topic.name, problem.recorded, dated.counted("a coded status", says), says)
        )
    elif says:
        _assert_undated(reading, match, evidence, says)
    clinical = CLINICAL.get(problem.clinical)
    if clinical and match.topic["all"]:
        _assert_undated(reading, match, replace(evidence, sent=problem.clinical), clinical)


def _assert_undated(reading: ChartReading, match: Match, evidence: Evidence, says: str) -> None:
    if reading.as_of is None:
        reading.current.append(
            Finding(
                match.topic.name,
                When("", date.max, date.max),
                evidence.counted(UNDATED, says),
                says,
            )
        )


def assert_by_result(reading: ChartReading, result: Result, when: When, evidence: Evidence) -> None:
    """What a clinician's coded disease status asserts, if it is about this leukemia."""
    answer = table("results").find(result.value.codes)
    about = table("diagnoses").find(result.focus)
    if result.focus and not (about is not None and about.topic["all"]):
        reading.put_aside(FACT, evidence, "about another condition")
    elif not result.focus and reading.other_cancers:
        others = cancers(reading.other_cancers)
        reading.put_aside(
            FACT,
            evidence,
            f"does not say which cancer it is about ({others} is on the chart)",
            warn=True,
        )
    elif answer is None or not answer.topic["asserts"]:
        reading.put_aside(FACT, evidence, "a trend, which says neither remission nor relapse")
    else:
        says = answer.topic["asserts"]
        reading.asserted.append(
            Finding(
                "disease_status", when, evidence.counted("a clinician's coded status", says), says
            )
        )


def settle_asserted(reading: ChartReading) -> None:
    """Set aside what the rest of the chart rules out: remission before any treatment, or of a
    leukemia not named.
    """
    first = min((item.when.last for item in reading.directed), default=None)
    kept = []
    for item in reading.asserted:
        if item.name == NAMELESS and reading.other_cancers:
            others = cancers(reading.other_cancers)
            reading.put_aside(
                FACT,
                item.evidence,
                f"does not name its leukemia ({others} is on the chart)",
                warn=True,
            )
        elif first is not None and item.when.last <= first and item.value == "in_remission":
            reading.put_aside(FACT, item.evidence, BEFORE_TREATMENT, warn=True)
        else:
            kept.append(item)
    reading.asserted = kept
