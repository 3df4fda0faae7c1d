"""Coded conditions read by the code tables: diagnoses, other cancers, asserted statuses, signs and
symptoms.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from allstatus.ehr.chart import Code, Problem
from allstatus.ehr.chart_reading import ChartReading, Finding, evidence_of, known_by
from allstatus.ehr.codes import Match, is_malignant, table
from allstatus.ehr.disease_status import assert_by_problem
from allstatus.table.facts import Evidence

OUTSIDE = "leukemia_outside_marrow"
OF_ANOTHER = "does not say of which disease it is the spread, or where"


def read_problems(reading: ChartReading) -> None:
    """Put each coded condition in its place: diagnoses, other cancers, statuses, signs."""
    for problem in reading.chart.problems:
        if not known_by(problem, reading.as_of) and not (
            problem.when is None and reading.as_of is None
        ):
            continue
        if problem.doubt and not problem.void:
            problem = replace(problem, void=problem.doubt)  # noqa: PLW2901
        match = table("diagnoses").find(problem.codes)
        if match is not None or any(map(is_malignant, problem.codes)):
            _place_diagnosis(reading, problem, match)
        elif sign := table("signs").find(problem.codes):
            _place_sign(reading, problem, sign)
        elif not problem.void and not problem.source.startswith("Encounter"):
            _see(reading, problem, None)
    _place_spread(reading)


def _see(reading: ChartReading, problem: Problem, match: Match | None) -> None:
    code = match.code if match else next(iter(problem.codes), Code("", ""))
    title = match.topic.title if match else code.display or problem.text or "not named"
    day = problem.when.shown if problem.when else ""
    reading.diagnoses.append(
        {
            "source": problem.source,
            "system": code.system,
            "code": code.code,
            "title": title,
            "date": day,
        }
    )


def _place_diagnosis(reading: ChartReading, problem: Problem, match: Match | None) -> None:
    if problem.void:
        reading.put_aside("diagnosis", evidence_of(problem, match), problem.void, warn=True)
        return
    if match is not None and (match.topic["reason"] or match.topic["history"]):
        return
    reading.caution(problem, match)
    _see(reading, problem, match)
    if match is not None and match.topic["secondary"]:
        reading.secondary.append((problem, match))
        return
    if match is None or match.topic["all"] is False:
        if match is None or not match.topic["skin"]:
            reading.other_cancers.append(
                reading.diagnoses[-1]["title"] or reading.diagnoses[-1]["code"]
            )
        return
    if match.topic["all"]:
        reading.has_all = True
        if problem.onset is not None:
            reading.onset = min(problem.onset.first, reading.onset or date.max)
        if match.topic["lineage"]:
            reading.lineages.add(match.topic["lineage"])
    assert_by_problem(reading, problem, match, evidence_of(problem, match))


def _place_spread(reading: ChartReading) -> None:
    """Secondary disease: beside ALL as the only primary it is where the leukemia is, never another
    cancer.
    """
    for problem, match in reading.secondary:
        evidence = evidence_of(problem, match)
        if not reading.has_all or reading.other_cancers or not match.topic["spread"]:
            reading.put_aside(OUTSIDE, evidence, OF_ANOTHER)
        elif problem.when is None:
            reading.put_aside(OUTSIDE, evidence, "has no date", warn=True)
        else:
            _place_outside(reading, problem, match, evidence)


def _place_sign(reading: ChartReading, problem: Problem, match: Match) -> None:
    fact = "leukemia_outside_marrow" if match.topic["site"] else "signs_and_symptoms"
    evidence = evidence_of(problem, match)
    if problem.void or problem.when is None:
        reading.put_aside(fact, evidence, problem.void or "has no date", warn=not problem.void)
        return
    reading.caution(problem, match)
    if match.topic["site"]:
        _place_outside(reading, problem, match, evidence)
        return
    cause = table("diagnoses").find(problem.cause)
    attributed = problem.caused and not (cause is not None and cause.topic["all"])
    other = match.topic["other_cause"] or attributed
    read = "present_other_cause" if other else "present"
    counted = evidence.counted("attributed to another cause" if other else "a coded finding", read)
    reading.signs.append(
        Finding(
            match.topic.name,
            problem.when,
            counted,
            read,
            until=problem.until,
            ended=problem.ended,
            site=match.topic["suggests"] or "",
        )
    )


def _place_outside(
    reading: ChartReading, problem: Problem, match: Match, evidence: Evidence
) -> None:
    """Leukemia coded at a site: found at its onset, and gone when it is recorded as resolved on a
    day.
    """
    assert problem.when is not None
    site = match.topic["site"] or match.topic["spread"]
    here = not match.topic["cleared"]
    item = Finding(
        match.topic.name,
        problem.when,
        evidence.counted("a coded finding", f"{'found' if here else 'not found'} ({site})"),
        here,
        site,
    )
    reading.outside.append(item)
    if problem.until is not None and here:
        gone = replace(evidence, date=problem.until.shown).counted(
            "recorded as resolved", f"not found ({site})"
        )
        reading.outside.append(replace(item, when=problem.until, value=False, evidence=gone))
