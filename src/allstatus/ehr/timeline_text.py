"""A timeline as a document and as text: status at each point, remission number, changes, evidence
and gaps.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from allstatus.decision.decision import Decision
from allstatus.decision.entries import FactValue
from allstatus.ehr.chart_options import SYMPTOMS_ABSENT
from allstatus.ehr.timeline_points import Point, Timeline
from allstatus.record.frozen import plain
from allstatus.render.messages import headline, not_understood, timeline_texts
from allstatus.render.printable import printable
from allstatus.render.sections import answers_away
from allstatus.table.chart_context import Evidence

WIDTH = 80
GAPS = ("insufficient_data", "conflicting_data")
OUTCOMES = {
    "outside_definitions": "Not described by the page",
    "insufficient_data": "Cannot tell",
    "conflicting_data": "Cannot tell: the data contradict each other",
    "not_applicable": "No {disease} diagnosis",
}
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}


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


def render_timeline(timeline: Timeline) -> str:
    """A timeline as text of 80 columns."""
    return "\n".join(map(printable, _lines(timeline))) + "\n"


def _lines(timeline: Timeline) -> Iterator[str]:
    now = timeline.now
    yield (
        f"{timeline.patient if timeline.patient is not None else 'patient without an id'}: "
        f"{len(timeline.points)} assessment{'s' * (len(timeline.points) != 1)}"
    )
    first = timeline.treatments[:1]
    for item in first:
        yield f"First treatment directed at the leukemia: {item.name}, {item.when.shown}"
    if now is not None and timeline.assuming is not None and timeline.points:
        said = timeline_texts(now.rules)["assuming"].format(assumption=SYMPTOMS_ABSENT)
        yield from textwrap.wrap(said, WIDTH)
    for point, other in timeline.beside():
        yield ""
        yield f"{point.day}  {_headed(point)}"
        if other is not None:
            yield f"  assuming  {_headed(other)}"
        for line in _because(point.decision):
            yield from textwrap.wrap(
                line, WIDTH, initial_indent=" " * 12, subsequent_indent=" " * 14
            )
    if now is not None:
        yield ""
        yield from textwrap.wrap(_as_it_stands(timeline, now), WIDTH)
        yield from textwrap.wrap(
            f"Rules {now.ruleset.id} {now.ruleset.version} ({now.ruleset.digest[:12]}). "
            f"{now.notice}",
            WIDTH,
        )


def _headed(point: Point) -> str:
    return f"{title_of(point)}{'  <- changed' if point.changed else ''}"


def _as_it_stands(timeline: Timeline, now: Decision) -> str:
    said = f"As it stands: {title_of(Point(None, now, _last_number(timeline)))}."
    other = timeline.assuming
    if other is None or other.now is None:
        return said
    return f"{said} Assuming: {title_of(Point(None, other.now, _last_number(other)))}."


def _last_number(timeline: Timeline) -> int | None:
    last = timeline.points[-1] if timeline.points else None
    return last.number if last is not None and last.decision is timeline.now else None


def title_of(point: Point) -> str:
    """A point's status in words, with the number of the remission."""
    decision = point.decision
    if decision.status:
        title = decision.rules.statuses[decision.status].title
        number = ORDINALS.get(point.number or 0, f"number {point.number}")
        return f"{title} ({number} remission)" if point.number else title
    if not_understood(decision):
        return headline(decision, "clinician")
    return OUTCOMES[decision.outcome].format(disease=decision.rules.disease)


def _because(decision: Decision) -> Iterator[str]:
    if decision.outcome == "insufficient_data":
        yield from answers_away(decision)
        yield "not known: " + ", ".join(_words(entry.fact) for entry in decision.missing)
    for region in decision.regions:
        yield region.sentence
    for may_be in decision.possible_regions:
        open_facts = " and ".join(map(_words, may_be.depends_on))
        yield f"perhaps, depending on {open_facts}: {may_be.sentence}"
    for conflict in decision.conflicts:
        yield conflict.because
    facts = decision.facts
    shown = (
        decision.reasons[0]
        if decision.reasons
        else [name for name, fact in facts.items() if fact.state == "given"]
    )
    for name in shown:
        if facts[name].value is not None:
            value = {"True": "yes", "False": "no"}.get(
                str(facts[name].value), str(facts[name].value)
            )
            yield f"{_words(name)}: {_words(value)}{_sources(facts[name])}"


def _sources(fact: FactValue) -> str:
    used = [e for e in fact.evidence if isinstance(e, Evidence) and e.used]
    named = [e.source if e.date in e.source else f"{e.source} {e.date}" for e in used[:2]]
    named += [f"{len(used) - 2} more"] if len(used) > 2 else []
    return f" ({'; '.join(named)})" if named else f" ({fact.state})"


def _words(name: str) -> str:
    return name.replace("_", " ")
