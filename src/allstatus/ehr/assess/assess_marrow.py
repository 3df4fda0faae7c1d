"""The marrow of an assessment: what its latest results say, and whether they show what followed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from allstatus.ehr.assess.assessment import Scene
from allstatus.ehr.assess.day_index import ZONES
from allstatus.ehr.dates import last_ones, shifted
from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.record.percent import Percent
from allstatus.table.chart_context import Evidence

FACT = "marrow_blast_percent"
TWO_MARROWS = "two_marrow_results_on_one_day"


def assess_marrow(scene: Scene) -> date | None:
    """Set the marrow percentage of the moment's day; the day, or None when none counts."""
    found, day = scene.found, scene.moment.anchor
    if day is None:
        return _without(scene, day)
    latest = _latest(scene, day)
    found.note(FACT, _earlier(scene, latest))
    if not latest:
        return _without(scene, day)
    why = _before_what_followed(scene, latest, day)
    if why:
        found.note(FACT, (item.evidence.set_aside(why) for item in latest))
        found.warnings.append(f"the latest marrow ({day}) was {why}")
        return None
    _state(scene, latest, day)
    _doubt(scene, latest)
    return day


def _latest(scene: Scene, day: date) -> list[Finding]:
    """The results of which each may be the latest, of a moment's day."""
    until = scene.moment.until
    usable = scene.index.marrow.latest(until, lambda item: item.when.first <= day)
    if not any(item.when.last >= day for item in usable):
        return []
    return last_ones(usable)


def _earlier(scene: Scene, latest: list[Finding]) -> Iterator[Evidence]:
    """The last three on the chart of those that are not the latest."""
    used = {id(item) for item in latest}
    earlier = (
        item.evidence.set_aside("an earlier marrow")
        for item in reversed(scene.reading.marrow)
        if scene.by_then(item.when) and id(item) not in used
    )
    yield from reversed(list(islice(earlier, 3)))


def _without(scene: Scene, day: date | None) -> date | None:
    """No readable marrow: one that cannot be read leaves the fact open, and has the day."""
    if open_ := scene.doubts(FACT, day):
        scene.found.leave_open(FACT, open_)
    return day


def _before_what_followed(scene: Scene, latest: list[Finding], day: date) -> str:
    """Why a marrow cannot show what followed it, or empty: a relapse later than one that shows no
    leukemia, or long after any.
    """
    first = day if scene.moment.exact else min(i.when.first for i in latest)
    if scene.treated is not None and first <= scene.treated:
        before = f"taken no later than the start of treatment ({scene.treated})"
        return f"{before}, so it cannot show what followed"
    clean = any(scene.above(item.value) is not True for item in latest)
    relapses = scene.past.relapses
    for event in relapses[bisect_right(relapses, day, key=lambda event: event.day) :]:
        if clean or event.day - day > scene.window:
            return f"taken before the relapse of {event.day}, so it cannot show what followed"
    if clean and scene.moment.final and _relapsed_now(scene):
        return "taken before the relapse that the chart now tells of, so it cannot show it is over"
    return ""


def _relapsed_now(scene: Scene) -> bool:
    return any(item.value == "relapse" for item in scene.reading.current)


def _state(scene: Scene, latest: list[Finding], day: date) -> None:
    found = scene.found
    narrowest = min(latest, key=lambda i: _narrowness(scene, i)) if latest[1:] else latest[0]
    rest = [i for i in latest if i is not narrowest]
    alike = all(agree(scene, narrowest.value, i.value) for i in rest)
    if alike and _settled(scene, latest):
        aside = [i.evidence.set_aside("agrees with the one counted") for i in rest]
        found.derive(FACT, narrowest.value, [narrowest.evidence, *aside], "given")
        return
    aside = [i.evidence.set_aside("another marrow of the same day differs") for i in latest]
    specimens = {i.specimen for i in latest if i.specimen}
    if len(specimens) < 2 and not (alike or any(i.when.vague for i in latest)):
        because = f"Two marrow results of {day} differ; which one holds is not recorded."
        found.conflicts.append((TWO_MARROWS, (FACT,), because))
    elif len(specimens) > 1:
        found.warnings.append(f"two marrow specimens of {day} differ, so the percentage is open")
    found.derive(FACT, "unknown", aside, "unknown")


def _settled(scene: Scene, latest: list[Finding]) -> bool:
    """Whether it does not matter which of them is the latest: they are of one time, or begin at
    one, so that none is later than the last of them, or on one side.
    """
    times = {(i.when.first, i.when.clock, i.when.utc) for i in latest}
    return len(times) < 2 or len({scene.above(item.value) for item in latest}) == 1


def _narrowness(scene: Scene, item: Finding) -> tuple[Any, ...]:
    value = item.value
    return scene.above(value) is None, value.high - value.low, value.low, item.evidence.source


def agree(scene: Scene, one: Percent, other: Percent) -> bool:
    """Whether two percentages do not lie on different sides of a limit."""
    sides = {scene.above(one), scene.above(other)}
    return len(sides - {None}) < 2


def _doubt(scene: Scene, latest: list[Finding]) -> None:
    def same_side(one: Percent, other: Percent) -> bool:
        return scene.above(one) is not None and scene.above(one) == scene.above(other)

    open_ = [
        doubt
        for doubt in scene.doubts(FACT, shifted(latest[0].when.first, -ZONES))
        if all(doubt.differs(item.when, item.value, same_side) for item in latest)
    ]
    value = scene.found.facts.get(FACT)
    if open_ and value != "unknown":
        scene.found.leave_open(FACT, open_)
