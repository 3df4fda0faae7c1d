"""The blood count of an assessment: for each component the result nearest to the marrow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from operator import eq

from allstatus.ehr.assess.assessment import Scene
from allstatus.ehr.assess.day_index import NO_DOUBT
from allstatus.ehr.dates import last_ones, shifted
from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.record.blood_count import COMPONENTS, verdict_of_count
from allstatus.record.count_component import ADULT_RANGES, ADULT_TABLE, CONFLICT, FLAG_AGAINST_RANGE
from allstatus.table.chart_context import Evidence

FACT = "cbc"
NEAREST = "The blood count nearest to the marrow counts with it when it lies within {days} days."
SAME_TIME = "another result of the same time differs"


def assess_count(scene: Scene) -> None:
    """The count nearest to the marrow; without a marrow, the latest."""
    found, day = scene.found, scene.day
    center = day or _last_day(scene)
    verdicts = {name: _nearest(_near(scene, name, center), center) for name in COMPONENTS}
    chosen = [item for item in verdicts.values() if item is not None]
    open_ = _open(scene, verdicts, center)
    in_doubt = {doubt.name for doubt in open_}
    said = dict.fromkeys(in_doubt) | {
        item.name: None if item.name in in_doubt else item.value for item in chosen
    }
    if verdict := verdict_of_count(said):
        found.derive(FACT, verdict, ())
    elif open_:
        found.note(FACT, [item.evidence for item in chosen])
        found.leave_open(FACT, open_)
        chosen = []
    elif any(item.conflict for item in chosen):
        found.conflicts.append((CONFLICT, (FACT,), FLAG_AGAINST_RANGE))
    found.note(FACT, [item.evidence for item in chosen])
    chosen = [item for item in verdicts.values() if item is not None]
    _assume(scene, chosen)
    if found.told:
        _notes(scene, chosen)


def _usable(scene: Scene, items: Iterable[Finding]) -> list[Finding]:
    """Results later than the start of treatment, where there is one."""
    return [item for item in items if scene.treated is None or item.when.first > scene.treated]


def _last_day(scene: Scene) -> date | None:
    usable = _usable(scene, scene.within(scene.reading.counts))
    return max((item.when.last for item in usable), default=None)


def _near(scene: Scene, name: str, center: date | None) -> list[Finding]:
    if center is None or name not in scene.index.components:
        return []
    first, last = shifted(center, -scene.window), shifted(center, scene.window)
    near = scene.index.components[name].between(first, scene.no_later(last))
    return [item for item in _usable(scene, near) if _away(item, center) <= scene.window]


def _away(item: Finding, center: date) -> timedelta:
    """How far from a day a result may lie."""
    first, last = item.when.first, item.when.last
    away = abs(last - center)
    return away if first == last else max(abs(first - center), away)


def _open(scene: Scene, verdicts: dict[str, Finding | None], center: date | None) -> list[Doubt]:
    """Doubts that may be nearer to the marrow than the chosen result, or as near and not older."""
    index = scene.index.doubts.get(FACT, NO_DOUBT)
    if center is None:
        near = scene.doubts(FACT)
    else:
        last = scene.no_later(shifted(center, scene.window))
        near = index.touching(shifted(center, -scene.window), last)
    return [d for d in near if _opens(scene, d, verdicts.get(d.name), center)]


def _opens(scene: Scene, doubt: Doubt, chosen: Finding | None, center: date | None) -> bool:
    when = doubt.when
    if scene.treated is not None and when.last <= scene.treated:
        return False
    if center is None:
        return True
    nearest = min(max(center, when.first), when.last)
    if chosen is None or chosen.value is None:
        return abs(nearest - center) <= scene.window
    away, its = abs(nearest - center), _away(chosen, center)
    if away <= its and doubt.differs(chosen.when, chosen.value, eq):
        return True
    return away < its and bool(doubt.value != chosen.value)


def _nearest(items: list[Finding], center: date | None) -> Finding | None:
    """The result nearest to a day, the later of two as near; of one day the later hour, or unknown
    when results of one time differ.
    """
    if not items or center is None:
        return None
    if len(items) == 1:
        return items[0]
    best = min(items, key=lambda i: (_away(i, center), -(i.when.last - center).days))
    same = last_ones(item for item in items if item.when.last == best.when.last)
    last = max(same, key=lambda i: (i.when.order, i.evidence.source))
    if any(item.value != last.value for item in same):
        conflict = any(item.conflict for item in same)
        aside = last.evidence.set_aside(SAME_TIME)
        return replace(last, value=None, conflict=conflict, evidence=aside)
    return last


def _assume(scene: Scene, chosen: list[Finding]) -> None:
    found, day, days = scene.found, scene.day, scene.options.window_days
    if found.facts.get(FACT) == "unknown":
        return
    if day is not None and any(_away(item, day) for item in chosen):
        found.assume(FACT, f"within {days} days", NEAREST.format(days=days))
    if any(item.by_default for item in chosen):
        found.assume(FACT, ADULT_RANGES, ADULT_TABLE)


def _notes(scene: Scene, chosen: list[Finding]) -> None:
    found, day = scene.found, scene.day
    counts = scene.within(scene.reading.counts)
    usable = _usable(scene, counts)
    for item in chosen:
        if item.value is None:
            told = item.evidence
            left_out = f"{told.title.lower()} left out: {told.because}"
            found.warnings.append(f"{told.source}: {left_out}")
    if early := len(counts) - len(usable):
        because = "no later than the start of treatment"
        found.note(FACT, [Evidence(f"{early} results", because=because)])
    if others := len(usable) - len(chosen):
        because = "further from the marrow, or not within the window"
        found.note(FACT, [Evidence(f"{others} other results", because=because)])
    latest = max((item.when.last for item in usable), default=None)
    if day is not None and latest is not None and latest - day > scene.window:
        later = f"later blood counts (to {latest}) do not belong to the marrow of {day}"
        found.warnings.append(f"{later}; the answer is about that day")
