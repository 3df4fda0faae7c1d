"""Coded conditions: diagnoses, other cancers, asserted statuses, signs and symptoms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from allstatus.ehr.chart import ITS_LIST, UNREAD_STATUS, VISITS, Code, Problem, in_doubt
from allstatus.ehr.coding.codes import Match
from allstatus.ehr.dates import When
from allstatus.ehr.evidence.chart_reading import (
    UNDATED,
    VAGUE,
    ChartReading,
    Finding,
    OtherCancer,
    evidence_of,
    known_by,
    place_in_time,
)
from allstatus.ehr.evidence.disease_status import TORN, assert_by_problem
from allstatus.ehr.evidence.doubt import Doubt, unborn
from allstatus.table.chart_context import DiagnosisSeen, Evidence

OUTSIDE = "leukemia_outside_marrow"
GONE = "recorded as resolved, on a day that is not known"
ELSE = "about another condition"
UNCLEAR, UNREAD = "of unclear cause", "of unread status"
OF_ANOTHER = "does not say of which disease it is the spread, or where"


def read_problems(reading: ChartReading) -> None:
    """Put each coded condition in its place: diagnoses, other cancers, statuses, signs."""
    known = [p for p in reading.chart.problems if known_by(p, reading.as_of)]
    told = [(problem, reading.tables.diagnoses.find(problem.codes)) for problem in known]
    found = [(_off_lists(problem, match), match) for problem, match in told]
    reading.has_all = reading.given or any(
        m and m.topic["all"] and not p.void and not p.doubt for p, m in found
    )
    for problem, match in found:
        if match is not None or any(map(reading.tables.systems.is_malignant, problem.codes)):
            _place_diagnosis(reading, problem, match)
        elif signs := reading.tables.signs.find_each(problem.codes):
            for sign in signs:
                _place_sign(reading, _without_end(problem), sign)
        elif not (problem.void or problem.doubt) and not problem.source.startswith(VISITS):
            _see(reading, problem, None)
    _place_spread(reading)


def _off_lists(problem: Problem, match: Match | None) -> Problem:
    """A disease that was taken off a problem list was there all the same; all else is in doubt."""
    disease = match is not None and match.topic["all"] and not match.topic["asserts"]
    listed = disease and problem.doubt.startswith(ITS_LIST)
    return replace(problem, doubt="") if listed else problem


def _without_end(problem: Problem) -> Problem:
    """One that is called active though it has an end, of which it is not known whether it is
    over.
    """
    if problem.clinical != "active" or problem.until is None:
        return problem
    return replace(problem, until=None, ended=False, clinical=UNREAD_STATUS)


def _see(reading: ChartReading, problem: Problem, match: Match | None) -> None:
    code = match.code if match else next(iter(problem.codes), Code("", ""))
    title = match.topic.title if match else code.display or problem.text or "not named"
    day = problem.when.shown if problem.when else ""
    reading.diagnoses.append(DiagnosisSeen(problem.source, code.system, code.code, title, day))


def _place_diagnosis(reading: ChartReading, problem: Problem, match: Match | None) -> None:
    evidence = evidence_of(problem, match)
    if match is not None and (match.topic["reason"] or match.topic["history"]):
        return
    other = match is None or match.topic["all"] is False
    if other and not problem.void and not (match and match.topic["skin"]):
        _note_other(reading, problem, evidence.title or evidence.code.rpartition("|")[2])
    each = reading.tables.diagnoses.find_each(problem.codes)
    secondary = next((one for one in each if one.topic["secondary"]), None)
    kept = secondary is not None or any(one.topic["asserts"] for one in each)
    if problem.void or (problem.doubt and not kept):
        reading.put_aside("diagnosis", evidence, problem.void or problem.doubt, warn=True)
        if match is not None and not other and not problem.void:
            assert_by_problem(reading, problem, match, evidence)
        return
    if secondary is not None:
        torn = TORN if len(each) > 1 else ""
        reading.secondary.append((in_doubt(_without_end(problem), torn), secondary))
    if not problem.doubt:
        reading.caution(problem, match)
        _see(reading, problem, match)
        if match is not None and match.topic["all"]:
            _warn_of_others(reading, problem)
            _note_leukemia(reading, problem, match)
    if match is not None and not other:
        assert_by_problem(reading, problem, match, evidence)


def _warn_of_others(reading: ChartReading, problem: Problem) -> None:
    """One of the codes that are to mean the same is that of another cancer."""
    for code in problem.codes:
        if reading.tables.systems.is_malignant(code) and not reading.tables.diagnoses.find([code]):
            reading.warn(f"{problem.source}: its code {code.code} names another cancer")


def _note_other(reading: ChartReading, problem: Problem, title: str) -> None:
    """Another cancer: what it is called, and between which days treatment may have been for it."""
    began = problem.onset or problem.recorded or problem.when
    first = began.first if began else date.min
    last = problem.until.last if problem.until else date.max
    reading.other_cancers.append(title)
    reading.others.append(OtherCancer(title, first, last))


def _note_leukemia(reading: ChartReading, problem: Problem, match: Match) -> None:
    onset = None if problem.onset and unborn(problem.onset, reading.chart) else problem.onset
    if onset is not None:
        reading.onset = min(onset.first, reading.onset or date.max)
    shown = (match.topic.title, problem.text, *(code.display for code in problem.codes))
    reading.named.update(words.lower() for words in shown if words)
    if problem.recorded is not None:
        reading.recorded = min(problem.recorded.first, reading.recorded or date.max)
    elif onset is None and (problem.unread_start or problem.onset):
        latest = problem.latest or reading.as_of or date.max  # by when it must have been known
        reading.recorded = min(latest, reading.recorded or date.max)
    elif problem.onset is None and reading.as_of is not None:
        reading.warn(f"{problem.source}: the diagnosis {UNDATED}; it is taken as known by then")
    if match.topic["lineage"]:
        reading.lineages.add(match.topic["lineage"])


def _place_spread(reading: ChartReading) -> None:
    """Secondary disease: beside the disease as the only primary, or where it says so, it is where
    the leukemia is, never another cancer; beside another primary it may be.
    """
    for problem, match in reading.secondary:
        evidence = evidence_of(problem, match)
        when, why = place_in_time(reading, problem)
        of = _of_ours(reading, problem)
        vague = bool(reading.other_cancers) and not of
        if not reading.has_all or of is False or (vague and not match.topic["spread"]):
            reading.put_aside(OUTSIDE, evidence, ELSE if of is False else OF_ANOTHER)
        elif match.topic["spread"]:
            _place_outside(reading, problem, match, evidence, when, why or OF_ANOTHER * vague)
        else:
            site, gone = match.topic["hint"] or "other", _over(problem)
            told = why or (GONE if gone else OF_ANOTHER)
            reading.doubt(Doubt(OUTSIDE, site, when, told, evidence, True, ended=gone))


def _of_ours(reading: ChartReading, problem: Problem) -> bool | None:
    """Whether a spread is said to be of this disease, or of another one; None when neither is."""
    found = reading.tables.diagnoses.find(problem.primary)
    if found is not None:
        ours: bool | None = found.topic["all"]
        return ours
    return False if any(map(reading.tables.systems.is_malignant, problem.primary)) else None


def _place_sign(reading: ChartReading, problem: Problem, match: Match) -> None:
    fact = OUTSIDE if match.topic["site"] else "signs_and_symptoms"
    evidence = evidence_of(problem, match)
    if problem.void:
        reading.put_aside(fact, evidence, problem.void)
        return
    reading.caution(problem, match)
    other = match.topic["other_cause"] or _is_of_another_cause(reading, problem)
    read = "present_other_cause" if other else "present"
    when, why = place_in_time(reading, problem)
    if match.topic["site"]:
        _place_outside(reading, problem, match, evidence, when, why)
        return
    why = why or (UNCLEAR if other is None else "") or _unread_status(problem)
    counted = evidence.counted("attributed to another cause" if other else "a coded finding", read)
    until = _until(problem, when)
    gone = problem.ended and until is None and not problem.source.startswith(VISITS)
    told = why or (GONE if gone else VAGUE if when.vague else "")
    doubt = Doubt(fact, match.topic.name, when, told or VAGUE, evidence, read, True)
    over = until or (problem.sent if problem.ended else None)  # by when its sender knew of it
    doubt = replace(doubt, ended=gone and not problem.unread_end, until=over)
    if told:
        reading.doubt(doubt)
        return
    if until is not None and until.vague:  # it may be over before the last day of that time
        reading.keep(doubt)
    name, site = match.topic.name, match.topic["suggests"] or ""
    reading.signs.append(Finding(name, when, counted, read, until=until, site=site))


def _is_of_another_cause(reading: ChartReading, problem: Problem) -> bool | None:
    """Whether a sign is due to something else than the disease; None where that is not known."""
    cause = reading.tables.diagnoses.find(problem.cause)
    if not problem.caused or (cause is not None and cause.topic["all"]):
        return False
    if cause is not None:
        return None if cause.topic["all"] is None or cause.topic["secondary"] else True
    return True if any(map(reading.tables.system_of, problem.cause)) else None


def _place_outside(
    reading: ChartReading, problem: Problem, match: Match, evidence: Evidence, when: When, why: str
) -> None:
    """Leukemia coded at a site: found at its onset, and gone when it is recorded as resolved on a
    day that is not after the one asked about.
    """
    site, name = match.topic["site"] or match.topic["spread"], match.topic.name
    here = not match.topic["cleared"]
    until, as_of = problem.until, reading.as_of or date.max
    maybe = until is not None and until.first <= as_of < until.last
    until = None if until is None or until.last > as_of else until
    gone = here and (_over(problem) or (until is not None and bool(problem.doubt)))
    why = why or (VAGUE if when.vague or maybe else "") or _unread_status(problem)
    if why or gone:
        told = why or GONE
        doubt = Doubt(OUTSIDE, site, when, told, evidence, here, firm=True, ended=gone)
        reading.doubt(replace(doubt, until=until))
    else:
        shown = f"{'found' if here else 'not found'} ({site})"
        counted = evidence.counted("a coded finding", shown)
        reading.outside.append(Finding(name, when, counted, here, site))
    if until is not None and here and not problem.doubt:
        dated = replace(evidence, date=until.shown)
        clear = dated.counted("recorded as resolved", f"not found ({site})")
        by_then = replace(until, first=until.last)
        reading.outside.append(Finding(name, by_then, clear, False, site))


def _unread_status(problem: Problem) -> str:
    """Why it is not known whether a condition is over: its clinical status cannot be read."""
    return UNREAD if problem.clinical == UNREAD_STATUS and problem.until is None else ""


def _over(problem: Problem) -> bool:
    """Whether a condition has ended, on a day that is not known."""
    return problem.ended and problem.until is None and not problem.source.startswith(VISITS)


def _until(problem: Problem, when: When) -> When | None:
    """When a condition was over; not known where that is before it began."""
    until = problem.until
    return until if until is None or until.last >= when.first else None
