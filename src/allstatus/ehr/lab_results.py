"""Laboratory results read by the code tables: marrow blasts, blood count, blasts elsewhere, coded
findings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allstatus.ehr.chart import Result, age_on
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.chart_reading import LOUD, ChartReading, Finding, evidence_of, known_by
from allstatus.ehr.codes import Match, table
from allstatus.ehr.disease_status import assert_by_result
from allstatus.ehr.sent_values import Unreadable, found_any, percent_of
from allstatus.record.blood_count import COMPONENTS
from allstatus.record.count_component import Person, is_adult, judge

SMALL_SHARE = "is below 1 %, read literally; was a fraction meant?"
NO_VALUE = "has no value"
FACT_OF = {"disease_status": "prior_remission", **dict.fromkeys(COMPONENTS, "cbc")}
PLACES = {"marrow_blasts": "marrow", "blood_blasts": "blood", "csf_blasts": "cns"}
SUPERSEDED = "superseded by a corrected result"


def read_results(reading: ChartReading, options: ChartOptions) -> None:
    """Put each laboratory result in its place."""
    measured: list[tuple[Result, Match]] = []
    corrected: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for result in reading.chart.results:
        if not known_by(result, reading.as_of):
            continue
        if result.doubt and not result.void:
            result = replace(result, void=result.doubt)  # noqa: PLW2901
        if match := table("results").find(result.codes):
            measured.append((result, match))
            if result.corrected and result.void in ("", NO_VALUE):
                corrected[_slot(result, match)] = max(
                    _issue(result), corrected.get(_slot(result, match), ())
                )
        elif sign := table("signs").find(result.codes + result.value.codes):
            _place_sign_result(reading, result, sign)
        elif table("results").torn(result.codes):
            reading.warn(f"{result.source}: its codes name different things; it is set aside")
    for result, match in measured:
        last = corrected.get(_slot(result, match)) if corrected else None
        superseded = (
            last is not None and not result.void and (not result.corrected or _issue(result) < last)
        )
        reading.caution(result, match)
        _place_result(
            reading, replace(result, void=SUPERSEDED) if superseded else result, match, options
        )
    if zoneless := sum(result.when is not None and not result.when.zoned for result, _ in measured):
        reading.warn(
            f"{zoneless} results have a time of day without a time zone; their dates are taken as "
            f"written"
        )


def _slot(result: Result, match: Match) -> tuple[Any, ...]:
    """What one corrected result and those it corrects have in common."""
    when = result.when
    return (
        match.topic.name,
        when.first if when else None,
        when.clock if when else None,
        result.specimen,
    )


def _issue(result: Result) -> tuple[Any, ...]:
    when = result.issued or result.when
    return when.order if when else ()


def _place_result(
    reading: ChartReading, result: Result, match: Match, options: ChartOptions
) -> None:
    topic, when = match.topic, result.when
    name = _by_specimen(topic.name, result)
    fact = FACT_OF.get(topic.name)
    fact = fact or (
        "marrow_blast_percent"
        if name in ("marrow_blasts", "marrow_report")
        else "leukemia_outside_marrow"
    )
    evidence = evidence_of(result, match, result.value.sent)
    if result.void or when is None or name is None:
        why = result.void or (
            "has no date" if when is None else "the code and the specimen name different places"
        )
        reading.put_aside(fact, evidence, why, warn=not result.void or result.void.startswith(LOUD))
        return
    _note(reading, result)
    if topic.name in COMPONENTS:
        _place_count(reading, result, Finding(topic.name, when, evidence), options)
    elif name in ("marrow_blasts", "marrow_report"):
        _place_marrow(reading, result, Finding(name, when, evidence))
    elif topic.name == "disease_status":
        assert_by_result(reading, result, when, evidence)
    elif topic["site"] or name in ("blood", "cns", "other"):
        _place_outside(
            reading, result, Finding("blasts", when, evidence, site=topic["site"] or name)
        )


def _by_specimen(name: str, result: Result) -> str | None:
    """Where a result of blasts comes from, by its code and its specimen; None when the two
    disagree.
    """
    match = (
        table("results").find([code for code in result.specimen if table("results").find([code])])
        if result.specimen
        else None
    )
    place = match.topic["specimen"] if match else None
    own = PLACES.get(name)
    if place == "other_person":
        return None
    if own is not None and place is not None and place != own:
        return None
    if name in COMPONENTS:
        return None if place in ("marrow", "cns") else name
    if name == "blasts":
        return "marrow_blasts" if place == "marrow" else place
    if name == "marrow_report":
        return name if place in (None, "marrow") else None
    return name


def _note(reading: ChartReading, result: Result) -> None:
    if result.when and result.when.vague:
        reading.warn(
            f"{result.source}: its date is known only as {result.when.text}; it is taken as the "
            f"last day of that time"
        )
    for note in result.notes:
        reading.warn(f"{result.source}: {note}")


def _place_count(
    reading: ChartReading, result: Result, item: Finding, options: ChartOptions
) -> None:
    chart = reading.chart
    age = None if chart.born is None else age_on(chart.born, item.when.last)
    person = Person(chart.sex, is_adult(age), options.adult_ranges)
    verdict = judge(item.name, result.value, result.ranges, result.flags, person)
    if verdict.normal is not None:
        found = item.evidence.counted(verdict.because, verdict.read)
        reading.counts.append(
            Finding(item.name, item.when, found, verdict.normal, by_default=verdict.by_default)
        )
        return
    evidence = replace(item.evidence, read=verdict.read)
    if verdict.conflict:
        reading.counts.append(
            replace(item, evidence=evidence.set_aside(verdict.because), conflict=True)
        )
    else:
        reading.put_aside("cbc", evidence, verdict.because, warn=True)


def _place_marrow(reading: ChartReading, result: Result, item: Finding) -> None:
    if item.name == "marrow_report" and result.value.text is None and not result.value.codes:
        reading.put_aside(
            "marrow_blast_percent",
            item.evidence,
            "a report code, which is not a percentage",
            warn=True,
        )
        return
    try:
        percent = percent_of(result.value)
    except Unreadable as error:
        reading.put_aside("marrow_blast_percent", item.evidence, str(error), warn=True)
        return
    if item.name == "marrow_report" and not _is_grade(result):
        reading.put_aside(
            "marrow_blast_percent",
            item.evidence,
            "a report code, which is not a percentage of blasts",
            warn=True,
        )
        return
    if percent.exact is not None and 0 < percent.exact < 1:
        reading.warn(f"{result.source}: {SMALL_SHARE}")
    percent = (
        replace(percent, looks_like_fraction=False) if percent.looks_like_fraction else percent
    )
    shown = f"{percent.describe()} %"
    reading.marrow.append(
        Finding(item.name, item.when, item.evidence.counted("bone marrow blasts", shown), percent)
    )


def _is_grade(result: Result) -> bool:
    return bool(result.value.codes) or (result.value.text or "").strip().upper() in (
        "M1",
        "M2",
        "M3",
    )


def _place_outside(reading: ChartReading, result: Result, item: Finding) -> None:
    try:
        value = found_any(result.value)
    except Unreadable as error:
        reading.put_aside("leukemia_outside_marrow", item.evidence, str(error), warn=True)
        return
    shown = f"blasts {'found' if value else 'not found'} ({item.site})"
    reading.outside.append(
        replace(
            item, value=value, evidence=item.evidence.counted("blasts outside the marrow", shown)
        )
    )


def _place_sign_result(reading: ChartReading, result: Result, match: Match) -> None:
    fact = "leukemia_outside_marrow" if match.topic["site"] else "signs_and_symptoms"
    evidence = evidence_of(result, match, result.value.sent)
    if result.void or result.when is None:
        reading.put_aside(fact, evidence, result.void or "has no date")
        return
    reading.caution(result, match)
    answer = table("results").find(result.value.codes)
    named = table("signs").find(result.value.codes) is not None
    says = "present" if named else answer.topic["says"] if answer else None
    if says is None:
        reading.put_aside(fact, evidence, "does not say present or absent", warn=True)
        return
    item = Finding(
        match.topic.name,
        result.when,
        evidence.counted("recorded as a finding", says),
        says,
        match.topic["site"] or "",
    )
    if item.site:
        reading.outside.append(replace(item, value=says == "present"))
    else:
        reading.signs.append(replace(item, site=match.topic["suggests"] or ""))
