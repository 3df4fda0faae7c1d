"""Laboratory results read by the code tables: blasts, blood counts and coded findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from allstatus.ehr.chart import ITSELF, Code, Result, age_on
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.coding.codes import OTHERS, CodeTables, Match
from allstatus.ehr.coding.comments import by_comment
from allstatus.ehr.dates import When
from allstatus.ehr.evidence.chart_reading import (
    LOUD,
    OF_ITS_DATE,
    VAGUE,
    ChartReading,
    Finding,
    evidence_of,
    known_by,
    place_result,
    places_in_words,
    specimen_places,
)
from allstatus.ehr.evidence.disease_status import assert_by_result, doubt_by_answer
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.ehr.sendings import without_superseded
from allstatus.ehr.sent_values import (
    UNSAID,
    Unreadable,
    flag_denies,
    found_any,
    percent_of,
    says_opposite,
)
from allstatus.record.blood_count import COMPONENTS
from allstatus.record.count_component import Person, is_adult, judge
from allstatus.record.percent import MARROW_GRADES
from allstatus.table.chart_context import Evidence

SMALL_SHARE = "is below 1 %, read literally; was a fraction meant?"
MARROW, OUTSIDE, COUNT = "marrow_blast_percent", "leukemia_outside_marrow", "cbc"
FACT_OF = {
    "disease_status": "prior_remission",
    "marrow_blasts": MARROW,
    "marrow_report": MARROW,
    **dict.fromkeys(COMPONENTS, COUNT),
}
PLACES = dict.fromkeys(("marrow_blasts", "marrow_report"), "marrow")
PLACES |= dict.fromkeys(COMPONENTS, "blood")
OTHER_PERSON = "of another person's specimen"
TWO_PLACES = "the code and the specimen name different places"
NO_PLACE = "neither its code nor its specimen names a place that is known here"
ZONELESS = "results whose time of day has no time zone: {}; their dates are taken as written"
STRANGE = "specimens not known here ({}): the codes of their results name the place"
A_REPORT = "a report code, which is not a percentage of blasts"


class _Item(NamedTuple):
    """A result being read: what it is of (`name`, at a `site`), when it may be, and why it cannot
    be relied on (empty: it can).
    """

    result: Result
    match: Match
    fact: str
    name: str
    site: str
    when: When
    why: str

    @property
    def part(self) -> str:
        """Which part of its fact it is about: outside the marrow its site, else what it is of."""
        return self.site if self.fact == OUTSIDE else self.name


def _evidence(result: Result, match: Match, because: str = "", read: str = "") -> Evidence:
    """A result's evidence, counted where `because` says why."""
    return evidence_of(result, match, result.value.sent, read, because)


def read_results(reading: ChartReading, options: ChartOptions) -> None:
    """Put each laboratory result in its place."""
    zoneless, strange = 0, set[str]()
    known = [result for result in reading.chart.results if known_by(result, reading.as_of)]
    silent = set[tuple[tuple[Code, ...], tuple[Code, ...]]]()  # codes that say nothing here
    for result in without_superseded(known):
        said = result.codes, result.said
        if said in silent:
            continue
        if match := reading.tables.results.find(result.codes):
            zoneless += result.when is not None and not result.when.zoned
            strange.update(_strange_specimens(result, match, reading.tables))
            reading.caution(result, match)
            _place_result(reading, result, match, options)
            if match.topic.name != "disease_status":
                doubt_by_answer(reading, result)
        elif signs := reading.tables.signs.find_each(said[0] + said[1]):
            for sign in signs:
                _place_sign_result(reading, result, sign)
        elif doubt_by_answer(reading, result):
            continue
        elif reading.tables.results.torn(result.codes):
            reading.warn(f"{result.source}: its codes name different things; it is set aside")
        elif not reading.tables.diagnoses.find_each(said[1]):
            silent.add(said)
    if strange:
        reading.warn(STRANGE.format("; ".join(sorted(strange))))
    if zoneless:
        reading.warn(ZONELESS.format(zoneless))


def _place_result(
    reading: ChartReading, result: Result, match: Match, options: ChartOptions
) -> None:
    topic, fact = match.topic, FACT_OF.get(match.topic.name, OUTSIDE)
    if void := result.void:
        reading.put_aside(fact, _evidence(result, match), void, warn=void.startswith(LOUD))
        return
    when, why = place_result(reading, result)
    if topic.name == "disease_status":
        assert_by_result(reading, result, when, why, _evidence(result, match))
        return
    places = _places(match, result, reading.tables)
    if OTHERS in places:
        reading.put_aside(fact, _evidence(result, match), OTHER_PERSON, warn=True)
        return
    called = places_in_words(result, reading.tables) if places and result.specimen else set()
    if len(places) != 1 or called - places:
        _doubt_place(reading, result, match, places | (called - {OTHERS}), when)
        return
    note_dates(reading, result)
    (site,) = places
    if topic.name in COMPONENTS:
        item = _Item(result, match, COUNT, topic.name, site, when, why)
        _place_count(reading, item, options)
    elif site == "marrow":
        item = _Item(result, match, MARROW, "marrow", site, when, why)
        _place_marrow(reading, item, report=topic.name == "marrow_report")
    else:
        _place_outside(reading, _Item(result, match, OUTSIDE, "blasts", site, when, why))


def _doubt_place(
    reading: ChartReading, result: Result, match: Match, places: set[str], when: When
) -> None:
    """A result of no place, or of two, leaves open every fact that it may be about."""
    name, told = match.topic.name, TWO_PLACES if places else NO_PLACE
    facts = {(MARROW, "marrow") if place == "marrow" else (OUTSIDE, place) for place in places}
    facts = {(COUNT, name)} if name in COMPONENTS else facts
    for fact, part in sorted(facts or {(MARROW, "marrow"), (OUTSIDE, "other")}):
        reading.doubt(Doubt(fact, part, when, told, _evidence(result, match)))


def _places(match: Match, result: Result, tables: CodeTables) -> set[str]:
    """Where a result comes from, by its code and its specimen: one place, two, or none known."""
    own = PLACES.get(match.topic.name) or match.topic["site"]
    sent = specimen_places(result, tables) if result.specimen else set()
    if own == "other" and sent:  # another fluid, of which there are many
        return sent - {"other"}
    return sent | ({own} if own else set())


def _strange_specimens(result: Result, match: Match, tables: CodeTables) -> set[str]:
    """What a result's specimen is called where its code alone names the place."""
    named = PLACES.get(match.topic.name) or match.topic["site"]
    if not result.specimen or result.void or not named:
        return set()
    if any(tables.results.find([code]) for code in result.specimen):
        return set()
    return {code.display or code.code for code in result.specimen if code.system != ITSELF}


def note_dates(reading: ChartReading, result: Result) -> None:
    """Warn of a date that is known in part, and of what the reader of a result noted."""
    if result.when and result.when.vague:
        told = f"its date is known only as {result.when.text}"
        reading.warn(f"{result.source}: {told}; it is taken as the last day of that time")
    for note in result.notes:
        reading.warn(f"{result.source}: {note}")


def _file(
    reading: ChartReading,
    to: list[Finding],
    item: _Item,
    value: Any,
    because: str,
    read: str,
    *,
    by_default: bool = False,
) -> None:
    """A value that was read: a finding, a doubt, or, dated to a month or year, both."""
    if item.why or item.when.vague:
        evidence, why = _evidence(item.result, item.match), item.why or VAGUE
        firm = why in OF_ITS_DATE or by_comment(why)
        doubt = Doubt(item.fact, item.part, item.when, why, evidence, value, firm=firm)
        if item.why:
            reading.doubt(doubt)
            return
        reading.keep(doubt)
    evidence = _evidence(item.result, item.match, because, read)
    site, specimen = item.site if item.fact == OUTSIDE else "", item.result.specimen
    name, day = item.name, item.when
    to.append(Finding(name, day, evidence, value, site, by_default=by_default, specimen=specimen))


def _unread(
    reading: ChartReading, item: _Item, why: str, *, report: bool = False, read: str = ""
) -> None:
    because, evidence = item.why or why, _evidence(item.result, item.match, read=read)
    reading.doubt(Doubt(item.fact, item.part, item.when, because, evidence, report=report))


def _place_count(reading: ChartReading, item: _Item, options: ChartOptions) -> None:
    chart, day = reading.chart, item.when.last
    age = None if chart.born is None else age_on(chart.born, day)
    person = Person(chart.sex, is_adult(age), options.adult_ranges)
    sent = item.result
    verdict = judge(item.name, sent.value, sent.ranges, sent.flags, person)
    told, default = (verdict.because, verdict.read), verdict.by_default
    if verdict.normal is not None:
        _file(reading, reading.counts, item, verdict.normal, *told, by_default=default)
    elif verdict.conflict and not item.why and not item.when.vague:
        aside = _evidence(sent, item.match, *told).set_aside(verdict.because)
        reading.counts.append(Finding(item.name, item.when, aside, conflict=True))
    else:
        _unread(reading, item, verdict.because, read=verdict.read)


def _place_marrow(reading: ChartReading, item: _Item, *, report: bool) -> None:
    try:
        percent = percent_of(item.result.value, reading.tables)
    except Unreadable as error:
        _unread(reading, item, str(error), report=report)
        return
    if report and not _is_grade(item.result):
        _unread(reading, item, A_REPORT, report=True)
        return
    if why := flag_denies(percent, item.result.flags, reading.tables):
        _unread(reading, item, why)
        return
    if percent.exact is not None and 0 < percent.exact < 1:
        reading.warn(f"{item.result.source}: {SMALL_SHARE}")
    if percent.looks_like_fraction:
        percent = replace(percent, looks_like_fraction=False)
    read = f"{percent.describe()} %"
    _file(reading, reading.marrow, item, percent, "bone marrow blasts", read)


def _is_grade(result: Result) -> bool:
    text, codes = result.value.text, result.value.codes
    return bool(codes) if text is None else text.strip().upper() in MARROW_GRADES


def _place_outside(reading: ChartReading, item: _Item) -> None:
    try:
        value = found_any(item.result.value, reading.tables, item.result.flags)
    except Unreadable as error:
        _unread(reading, item, str(error))
        return
    shown = f"blasts {'found' if value else 'not found'} ({item.site})"
    _file(reading, reading.outside, item, value, "blasts outside the marrow", shown)


def _place_sign_result(reading: ChartReading, result: Result, match: Match) -> None:
    site = match.topic["site"] or ""
    fact = OUTSIDE if site else "signs_and_symptoms"
    if result.void:
        reading.put_aside(fact, _evidence(result, match), result.void)
        return
    when, why = place_result(reading, result)
    reading.caution(result, match)
    item = _Item(result, match, fact, match.topic.name, site, when, why)
    says = _says(result.value.codes, reading.tables)
    denied = says_opposite(says == "present", result.flags, reading.tables) if says else UNSAID
    if says is None or denied:
        _unread(reading, item, denied)
        return
    to, value = (reading.outside, says == "present") if site else (reading.signs, says)
    _file(reading, to, item, value, "recorded as a finding", says)
    if not (why or site):
        reading.signs[-1] = replace(reading.signs[-1], site=match.topic["suggests"] or "")


def _says(value: tuple[Code, ...], tables: CodeTables) -> str | None:
    """Present or absent: a sign named as the value is there."""
    answer = tables.results.find(value)
    if tables.signs.find_each(value):
        return "present"
    return answer.topic["says"] if answer else None
