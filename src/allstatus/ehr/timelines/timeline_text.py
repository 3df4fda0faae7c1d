"""A timeline as a document and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allstatus.decision.decision import Decision
from allstatus.ehr.chart_options import SYMPTOMS_ABSENT
from allstatus.ehr.timelines.timeline_points import Point, Timeline
from allstatus.record.frozen import plain
from allstatus.render.blocks import Block, FactRow, Facts, ItemList, Kind, OpenQuestions
from allstatus.render.make_blocks import make_blocks
from allstatus.render.messages import headline, not_understood, timeline_texts
from allstatus.render.printable import printable, wrapped
from allstatus.render.reader import Reader
from allstatus.render.words import edition
from allstatus.rules.language_texts import ENGLISH

WIDTH = 80
GAPS = ("insufficient_data", "conflicting_data")
KINDS: tuple[Kind, ...] = ("away", "questions", "regions", "perhaps", "conflicts", "decisive")
NAMED = 5  # remissions that have an ordinal of their own


def timeline_document(timeline: Timeline) -> dict[str, Any]:
    """A timeline for JSON: `points` in date order, `treatments`, and the whole decision as it
    stands (`now`). `assuming`, of each point and of the whole: how it would read if no sign or
    symptom were counted that is not recorded; null where that is not told beside it.
    """
    return {
        "id": timeline.patient,
        "points": [
            {**_point(point), "assuming": other and _briefly(other)}
            for point, other in timeline.beside()
        ],
        "treatments": [
            {"date": item.when.last.isoformat(), "what": item.name, **plain(item.evidence)}
            for item in timeline.treatments
        ],
        "now": None if timeline.now is None else timeline.now.to_dict(),
        "assuming": _assuming(timeline.assuming),
    }


def _assuming(other: Timeline | None) -> dict[str, Any] | None:
    if other is None or other.now is None:
        return None
    now = _briefly(Point(None, other.now, _last_number(other)))
    return {"assumption": SYMPTOMS_ABSENT, "now": now}


def _briefly(point: Point) -> dict[str, Any]:
    decision = point.decision
    return {
        "outcome": decision.outcome,
        "status": decision.status,
        "remission_number": point.number,
        "changed": point.changed,
        "possible": list(decision.possible),
    }


def _point(point: Point) -> dict[str, Any]:
    decision = point.decision
    return {
        "date": None if point.day is None else point.day.isoformat(),
        "outcome": decision.outcome,
        "status": decision.status,
        "remission_number": point.number,
        "changed": point.changed,
        "cannot_tell": decision.outcome in GAPS,
        "possible": list(decision.possible),
        "missing": [entry.fact for entry in decision.missing],
        "reasons": plain(decision.reasons),
        "regions": plain(decision.regions),
        "possible_regions": plain(decision.possible_regions),
        "one_answer_away": plain(decision.one_answer_away),
        "conflicts": plain(decision.conflicts),
        "facts": plain(decision.facts),
        "warnings": list(decision.warnings),
    }


def render_timeline(timeline: Timeline, width: int = WIDTH) -> str:
    """A timeline as text of 80 columns, or as many as are there."""
    return "\n".join(map(printable, _lines(timeline, width))) + "\n"


def _lines(timeline: Timeline, width: int) -> Iterator[str]:
    now, points = timeline.now, timeline.points
    said = timeline_texts(now.rules.language if now else ENGLISH)
    patient = said["nobody"] if timeline.patient is None else timeline.patient
    counted = said["assessment" if len(points) == 1 else "assessments"]
    yield counted.format(patient=patient, count=len(points))
    for item in timeline.treatments[:1]:
        first = said["first_treatment"].format(name=item.name, date=item.when.shown)
        yield from wrapped(first, width, "", "  ")
    if now is not None and timeline.assuming is not None and points:
        yield from wrapped(said["assuming"].format(assumption=SYMPTOMS_ABSENT), width)
    for point, other in timeline.beside():
        yield ""
        yield from wrapped(f"{point.day}  {_headed(point, said)}", width, "", " " * 12)
        if other is not None:
            beside = f"{said['beside']}  {_headed(other, said)}"
            yield from wrapped(beside, width, " " * 2, " " * 12)
        for line in _because(point.decision):
            yield from wrapped(line, width, " " * 12, " " * 14)
    if now is not None:
        yield ""
        yield from wrapped(_as_it_stands(timeline, now, said), width)
        rules = said["rules"].format(notice=now.notice, **edition(now.ruleset))
        yield from wrapped(rules, width)


def _headed(point: Point, said: Mapping[str, str]) -> str:
    return f"{title_of(point)}{'  <- ' + said['changed'] if point.changed else ''}"


def _as_it_stands(timeline: Timeline, now: Decision, said: Mapping[str, str]) -> str:
    status = title_of(Point(None, now, _last_number(timeline)))
    other = timeline.assuming
    if other is None or other.now is None:
        return said["now"].format(status=status)
    otherwise = title_of(Point(None, other.now, _last_number(other)))
    return said["now_assuming"].format(status=status, otherwise=otherwise)


def _last_number(timeline: Timeline) -> int | None:
    last = timeline.points[-1] if timeline.points else None
    return last.number if last is not None and last.decision is timeline.now else None


def title_of(point: Point) -> str:
    """A point's status in words, with the number of the remission."""
    decision, reader = point.decision, Reader(point.decision.rules)
    if decision.status:
        title = decision.rules.statuses[decision.status].title
        return _numbered(title, point.number, reader) if point.number else title
    if not_understood(decision):
        return headline(decision, "clinician")
    return reader.says("timeline", decision.outcome, disease=decision.rules.disease)


def _numbered(title: str, number: int, reader: Reader) -> str:
    form = str(number) if number <= NAMED else "more"
    ordinal = reader.says("timeline", "numbers", form, number=number)
    return reader.says("timeline", "numbered", status=title, number=ordinal)


def _because(decision: Decision) -> Iterator[str]:
    reader = Reader(decision.rules)
    for block in make_blocks(decision, reader.level, "timeline", KINDS):
        yield from _lay_out(block, reader)


def _lay_out(block: Block, reader: Reader) -> Iterator[str]:
    match block:
        case OpenQuestions():
            facts = ", ".join(entry.fact for entry in block.questions)
            yield reader.says("timeline", "missing", facts=facts)
        case ItemList(kind="perhaps"):
            for item in block.items:
                yield reader.says("timeline", "perhaps", facts=item.about, sentence=item.text)
        case ItemList():
            yield from (item.text for item in block.items)
        case Facts():
            for row in block.rows:
                if block.settle or row.state == "given":
                    yield f"{row.name}: {row.value}{_sources(row, reader)}"


def _sources(row: FactRow, reader: Reader) -> str:
    named = [e.source if e.date in e.source else f"{e.source} {e.date}" for e in row.used[:2]]
    more = len(row.used) - 2
    named += [reader.says("timeline", "more", count=more)] if more > 0 else []
    return f" ({'; '.join(named) or reader.says('known', row.state)})"
