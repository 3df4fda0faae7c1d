"""Where every statement of a chart went: each has exactly one place, and the numbers add up to what
came in.

The first place that fits: counted for a fact; set aside for a fact, with the reason; about
something else; not understood. "Not understood" is told by the codes alone, and never
what is left over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from allstatus.ehr.chart import Problem, Source, Statement
from allstatus.ehr.coding.codes import CodeTables
from allstatus.ehr.coding.unknown_codes import (
    ELSEWHERE,
    UNDERSTOOD,
    UNKNOWN,
    UnknownCode,
    as_documents,
    understanding,
    unknown_code,
)
from allstatus.ehr.evidence.chart_reading import ChartReading, known_by
from allstatus.table.chart_context import Accounted, ChartAccount, Evidence

COUNTED, ASIDE = "counted", "set aside"
LATER = "later than the day asked about"
VAGUE = "may be this leukemia; its code does not say which disease"
NO_FACT = "states nothing that the page asks about"
SHOWN = 5  # codes named in a warning
Place = tuple[str, str, str]  # the place, and for what was set aside its fact and reason


def understandings(reading: ChartReading, tables: CodeTables) -> dict[int, str]:
    """Which of a chart's statements are understood, by their numbers."""
    found = {one.number: understanding(one, tables) for one in reading.chart.statements}
    return found | dict.fromkeys(reading.asked, UNDERSTOOD)


def account_of(
    reading: ChartReading, tables: CodeTables, understood: Mapping[int, str]
) -> ChartAccount:
    """The account of a chart that was read."""
    found = list(_found(reading))
    counted = {_number(entry) for entry in found if entry.used}
    aside = _aside(reading, found)
    places: dict[Place, int] = defaultdict(int)
    unknown: dict[UnknownCode, int] = defaultdict(int)
    diagnoses: list[str] = []
    concerned = bool(reading.marrow or reading.directed)
    for statement in reading.chart.statements:
        known = understood[statement.number]
        place = _place(statement, known, reading, tables, counted, aside)
        places[place] += 1
        if place[0] == UNKNOWN:
            unknown[unknown_code(statement)] += 1
        if isinstance(statement, Problem) and not statement.void:
            doubtful = _is_doubtful(statement, place, tables)
            concerned |= doubtful or place[2] == VAGUE
            if doubtful or _is_open(place):
                diagnoses.append(_title(statement))
    places[ELSEWHERE, "", ""] += len(reading.chart.others)
    each = [
        sum(count for place, count in places.items() if place[0] == kind)
        for kind in (COUNTED, ASIDE, ELSEWHERE, UNKNOWN)
    ]
    return ChartAccount(
        Accounted(sum(each), *each),
        tuple((fact, why, n) for (name, fact, why), n in sorted(places.items()) if name == ASIDE),
        tuple(as_documents(unknown)),
        tuple(dict.fromkeys(diagnoses)),
        concerned,
    )


def _found(reading: ChartReading) -> Iterable[Evidence]:
    results = (*reading.marrow, *reading.counts, *reading.outside, *reading.signs, *reading.own)
    treatments = (*reading.directed, *reading.relief)
    found = (*results, *treatments, *reading.asserted, *reading.current)
    yield from (item.evidence for item in found)
    yield from (answer.evidence for answer in reading.answers if not answer.why)


def _aside(reading: ChartReading, read: Iterable[Evidence]) -> dict[int, tuple[str, str]]:
    told = [(entry, fact, entry.because) for fact in reading.aside for entry in reading.aside[fact]]
    doubts = [doubt for of_fact in reading.doubts.values() for doubt in of_fact]
    doubts += [answer for answer in reading.answers if answer.why]
    told += [(doubt.evidence, doubt.fact, doubt.why) for doubt in doubts]
    told += [(entry, "cbc", entry.because) for entry in read if not entry.used]
    found: dict[int, tuple[str, str]] = {}
    for entry, fact, because in told:
        found.setdefault(_number(entry), (fact, because))
    return found


def _number(evidence: Evidence) -> int:
    """Which statement of the chart an evidence is."""
    assert isinstance(evidence.source, Source)
    return evidence.source.number


def _place(
    statement: Statement,
    understood: str,
    reading: ChartReading,
    tables: CodeTables,
    counted: set[int],
    aside: dict[int, tuple[str, str]],
) -> Place:
    as_of = reading.as_of
    if as_of is not None and not known_by(statement, as_of) and statement.when is not None:
        return (ASIDE, "", LATER) if understood == UNDERSTOOD else (understood, "", "")
    if statement.number in counted:
        return COUNTED, "", ""
    if statement.number in aside:
        return ASIDE, *aside[statement.number]
    if understood != UNDERSTOOD:
        return understood, "", ""
    if isinstance(statement, Problem) and not statement.void:
        return _place_of_diagnosis(statement, tables)
    return ASIDE, "", statement.void or NO_FACT


def _place_of_diagnosis(problem: Problem, tables: CodeTables) -> Place:
    match = tables.diagnoses.find(problem.codes)
    if match is None or match.topic["reason"] or match.topic["history"]:
        return ELSEWHERE, "", ""
    if match.topic["all"] is None and not match.topic["secondary"]:
        return ASIDE, "diagnosis", VAGUE
    return (COUNTED if match.topic["all"] else ELSEWHERE), "", ""


def may_be_the_disease(problem: Problem, tables: CodeTables) -> bool:
    """Whether a diagnosis, by its codes alone, may be the rule set's for all that is understood."""
    understood = understanding(problem, tables)
    known = understood == UNDERSTOOD
    place = _place_of_diagnosis(problem, tables) if known else (understood, "", "")
    return not problem.void and _is_open(place)


def _is_open(place: Place) -> bool:
    """Whether a diagnosis may be the rule set's for all that was understood of it."""
    return place[0] == UNKNOWN or place[2] == VAGUE


def _is_doubtful(problem: Problem, place: Place, tables: CodeTables) -> bool:
    """Whether a diagnosis is the rule set's, and it is not certain that the patient has it."""
    match = tables.diagnoses.find(problem.codes) if problem.doubt and place[2] != LATER else None
    return bool(match and match.topic["all"])


def _title(problem: Problem) -> str:
    code = next(iter(problem.codes), None)
    shown = problem.text or (code.display if code else "") or "no text"
    called = f"{code.system} {code.code}" if code else "no code"
    return f"{shown} ({', '.join(filter(None, (called, problem.doubt)))})"


def unread_warnings(reading: ChartReading, understood: Mapping[int, str]) -> Iterable[str]:
    """Warnings of results that no table names, and of treatments where none is directed."""
    told: list[tuple[Iterable[Statement], str]] = [(reading.chart.results, "result")]
    if not reading.directed:
        told.append((reading.chart.treatments, "treatment"))
    for stated, noun in told:
        unknown = [one for one in stated if understood[one.number] == UNKNOWN and not one.void]
        if number := len(unknown):
            found = {unknown_code(one) for one in unknown}
            named = [f"{code.system} {code.code}" for code in sorted(found) if code.code]
            several, them = ("s", "them") if number > 1 else ("", "it")
            told_of = f"{number} {noun}{several} could not be read: {_listed(named)}"
            yield f"{told_of}; no table names {them}"


def _listed(named: list[str]) -> str:
    more = f" and {len(named) - SHOWN} more codes" if len(named) > SHOWN else ""
    return (", ".join(named[:SHOWN]) or "without a code") + more
