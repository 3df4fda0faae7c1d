"""Leukemia outside the marrow, and signs and symptoms, around an assessment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from operator import eq

from allstatus.ehr.assess.assess_count import SAME_TIME
from allstatus.ehr.assess.assessment import Scene
from allstatus.ehr.assess.day_index import EMPTY
from allstatus.ehr.chart_options import SYMPTOMS_ABSENT
from allstatus.ehr.dates import When, last_ones
from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.ehr.evidence.doubt import Doubt, ends, stays
from allstatus.table.chart_context import Evidence

OUTSIDE, SIGNS = "leukemia_outside_marrow", "signs_and_symptoms"
STALE = "found earlier and not shown to be gone"
NO_SYMPTOMS = f"No sign or symptom is recorded, so none is counted ({SYMPTOMS_ABSENT})."


def assess_outside(scene: Scene, start: date) -> None:
    """For each site its latest finding: present, gone, or found earlier and not shown gone."""
    found = scene.found
    latest = [item for site in sorted(scene.index.sites) if (item := _latest(scene, site))]
    left = [item for item in latest if item.value and not _over(scene, item.when, item.site, start)]
    torn, there = ([i for i in left if i.conflict is value] for value in (True, False))
    doubts = [d for d in scene.doubts(OUTSIDE) if not _over(scene, d.when, d.name, start)]
    shaken = {d.name for d in doubts if any(_may_clear(d, item) for item in there)}
    here = [item for item in there if item.when.first >= start and item.site not in shaken]
    stale = [item for item in there if item.site not in shaken]
    clear = {site: _clear(scene, site) for site in {d.name for d in doubts} - shaken}
    open_ = [d for d in doubts if d.name in shaken or _opens(scene, d, clear[d.name])]
    if here:
        sites = {"site": sorted({item.site for item in here})}
        found.derive(OUTSIDE, sites, (item.evidence for item in here))
    elif stale or torn:
        aside = [item.evidence.set_aside(STALE) for item in stale]
        aside += [item.evidence.set_aside(SAME_TIME) for item in torn]
        found.derive(OUTSIDE, "unknown", aside, "unknown")
    elif open_:
        found.leave_open(OUTSIDE, open_)
    found.note(OUTSIDE, (i.evidence.set_aside(STALE) for i in there if i.site in shaken))
    only = "this site only; others are not reported"
    found.note(OUTSIDE, (i.evidence.set_aside(only) for i in latest if not i.value))


def _latest(scene: Scene, site: str) -> Finding | None:
    """The latest finding at a site, or None; of those of one day that which is there, and in
    conflict with one of another answer that is as late for all that its time says, which names no
    zone.
    """
    found = last_ones(scene.index.sites[site].latest(scene.moment.until))
    there, clear = ([i for i in found if bool(i.value) is value] for value in (True, False))
    torn = any((day, not zoned) in _hours(clear) for day, zoned in _hours(there))
    last = max(there or clear, key=lambda i: (i.when.last, i.evidence.source), default=None)
    return last if last is None or last.conflict is torn else replace(last, conflict=torn)


def _hours(items: list[Finding]) -> set[tuple[date, bool]]:
    """The days of which hours are told, and whether with their zone."""
    return {(item.when.first, item.when.zoned) for item in items if item.when.clock}


def _over(scene: Scene, when: When, site: str, start: date) -> bool:
    """What is outside the marrow ends at a remission documented on a later day; what is about this
    assessment, since `start`, at one before it only. Blasts once in the blood are gone when the
    blood count is normal.
    """
    past, once = scene.past, when.last < start
    ends = past.ends if once else past.remissions
    cleared = once and site == "blood" and scene.found.facts.get("cbc") == "normal"
    return cleared or (bool(ends) and ends[-1].day > when.last)


def _may_clear(doubt: Doubt, item: Finding) -> bool:
    """Whether a finding may be gone by what cannot be relied on: it is not there, or over."""
    if doubt.name != item.site or (doubt.value and not doubt.ended):
        return False
    return doubt.ended or doubt.differs(item.when, item.value, eq)


def _opens(scene: Scene, doubt: Doubt, clear: list[Finding]) -> bool:
    over = doubt.ended and (doubt.until is not None or scene.reading.as_of is None)
    if (over and scene.moment.final) or (doubt.value is False and doubt.firm):
        return False
    return all(doubt.differs(item.when, item.value, eq) for item in clear)


def _clear(scene: Scene, site: str) -> list[Finding]:
    """What of the latest findings at a site says that nothing is there."""
    found = scene.index.sites.get(site, EMPTY).latest(scene.moment.until)
    return [item for item in last_ones(found) if not item.value]


def assess_signs(scene: Scene, start: date) -> None:
    """Signs that are there at the assessment, or by the caller's assumption none."""
    found = scene.found
    day = found.day or scene.reading.as_of or start
    signs = scene.index.signs_since(start, scene.moment.until)
    now = [item for item in signs if _lasting(item, start, day)]
    present = [item for item in now if item.value == "present"]
    elsewhere = [item for item in now if item.value == "present_other_cause"]
    open_ = [doubt for doubt in scene.doubts(SIGNS) if _sign_opens(scene, doubt, start, day)]
    open_ += _may_be_now(scene, now)
    if present:
        found.derive(SIGNS, "present", (item.evidence for item in present))
    elif open_:
        found.leave_open(SIGNS, open_)
    elif elsewhere:
        found.derive(SIGNS, "present_other_cause", (item.evidence for item in elsewhere))
    elif scene.options.symptoms_absent:
        evidence = Evidence("assumption").counted(NO_SYMPTOMS, "absent")
        found.derive(SIGNS, "absent", [evidence], "assumed")
        found.assume(SIGNS, "absent", NO_SYMPTOMS)
    alone = "says that this finding is absent, not that all are"
    found.note(SIGNS, (i.evidence.set_aside(alone) for i in now if i.value == "absent"))
    spread = (i.evidence.set_aside("a sign of spread, no proof of it") for i in present if i.site)
    found.note(OUTSIDE, spread)


def _may_be_now(scene: Scene, now: list[Finding]) -> list[Doubt]:
    """Signs that are about the assessment if what it rests on is of the first day it may be of."""
    start = scene.first_start
    if start is None:
        return []
    then = scene.index.signs_since(start, scene.moment.until)
    kept = [i for i in then if i.value == "present" and i not in now and _lasting(i, start, start)]
    return [Doubt(SIGNS, i.name, i.when, STALE, i.evidence, i.value, firm=True) for i in kept]


def _sign_opens(scene: Scene, doubt: Doubt, start: date, day: date) -> bool:
    if doubt.value == "absent" and doubt.firm:
        return False
    over_now = scene.moment.final and scene.reading.as_of is None
    if doubt.ended and over_now and doubt.when.first < start:
        return False
    if doubt.until is not None and doubt.until.last < day:
        return False
    dated = scene.found.day is not None  # else the assessment may be of any day
    if dated and doubt.when.last < start and not stays(doubt.evidence):
        return False
    same = scene.index.signs.get(doubt.name, EMPTY).latest(scene.moment.until)
    return not ends(doubt, (item.when for item in same))


def _lasting(item: Finding, start: date, day: date) -> bool:
    """Whether a sign is about an assessment: not over by its day, and recorded since `start`, on
    whatever of its days, or still open.
    """
    if item.until is not None:
        return item.until.first >= day
    there = item.value in ("present", "present_other_cause")
    since = (item.when.first if there else item.when.last) >= start
    return since or stays(item.evidence)
