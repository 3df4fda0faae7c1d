"""Treatment, remissions and relapses behind an assessment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from operator import attrgetter

from allstatus.ehr.assess.assessment import Scene
from allstatus.ehr.assess.day_index import NO_DOUBT, DayIndex
from allstatus.ehr.chart_options import SYMPTOMS_ABSENT
from allstatus.ehr.dates import shifted
from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.rules.ruleset import RELAPSE as CODED_RELAPSE
from allstatus.table.chart_context import Evidence

TREATMENT, REMISSION, RELAPSE = "prior_treatment", "prior_remission", "relapse_since_remission"
OUTSIDE = "leukemia_outside_marrow"
PLACES_CLEAR = (
    "Every place where the relapse was found ({places}) has since been found clear, and nothing "
    "else outside the marrow is reported."
)
EARLIER_ASSUMED = f"It was decided at an earlier assessment, by the assumption {SYMPTOMS_ABSENT}."
DAY = timedelta(days=1)
_order = attrgetter("when.order", "evidence.source")
UNDATED_STATUS = "its date is not known, so it cannot be placed before this assessment"


def assess_treatment(scene: Scene) -> date | None:
    """The last day the first treatment can have started, or None; an assessment in the past counts
    only treatment before its day.
    """
    found, directed, before = scene.found, scene.index.directed, _before(scene)
    given = directed.first is not None and (before is None or directed.first <= before)
    if given:
        found.derive(TREATMENT, "disease_directed", _first_few(directed, before))
    elif open_ := doubtful_treatment(scene):
        found.leave_open(TREATMENT, open_)
    if before is not None:
        found.note(TREATMENT, _first_after(directed, before))
    return directed.first if given else None


def _before(scene: Scene) -> date | None:
    """The last day whose treatments count, or None: all do."""
    anchor = scene.moment.anchor
    return None if scene.moment.final or anchor is None else shifted(anchor, -DAY)


def _first_after(directed: DayIndex[Finding], before: date) -> Iterator[Evidence]:
    if after := directed.between(shifted(before, DAY)):
        told = "given on or after the day of this assessment"
        yield min(after, key=_order).evidence.set_aside(told)


def doubtful_treatment(scene: Scene) -> list[Doubt]:
    """Treatments that may count and may have been given before the assessment."""
    return scene.index.doubts.get(TREATMENT, NO_DOUBT).touching(None, _before(scene))


def assess_past(scene: Scene) -> None:
    """Whether there was a remission before, and a relapse since."""
    found, past, current = scene.found, scene.past, scene.reading.current
    now = [i for i in current if i.value == CODED_RELAPSE] if scene.moment.final else []
    told = [item.evidence for item in now]
    if past.remission_before or now:
        evidence = (event.evidence for event in (*past.remissions, *past.relapses))
        found.derive(REMISSION, True, chain(evidence, told))
        if past.rests_on_assumption and not now:
            found.assume(REMISSION, True, EARLIER_ASSUMED)
    if past.relapsed_since or now:
        last = [past.relapses[-1].evidence] if past.relapses else []
        found.derive(RELAPSE, True, last + told)
    elif past.relapses:
        found.derive(RELAPSE, False, [past.ends[-1].evidence])
    if past.relapse_count:
        found.facts["relapse_count"] = past.relapse_count
    in_doubt = past.in_doubt
    if in_doubt:
        found.derive(RELAPSE, "unknown", (event.evidence for event in in_doubt), "unknown")
    undated = (item for item in current if item not in now)
    found.note(REMISSION, (item.evidence.set_aside(UNDATED_STATUS) for item in undated))
    if not now:
        _cleared_since(scene)


def _cleared_since(scene: Scene) -> None:
    """Nothing outside the marrow, when every place where the relapse was found is now clear."""
    found, places = scene.found, scene.past.places
    clear = scene.above(found.facts.get("marrow_blast_percent")) is False
    if places and OUTSIDE not in found.facts and (clear or "marrow" not in places):
        why = PLACES_CLEAR.format(places=", ".join(sorted(places)))
        found.derive(OUTSIDE, "absent", [Evidence("assumption").counted(why, "absent")])
        found.assume(OUTSIDE, "absent", why)


def _first_few(directed: DayIndex[Finding], before: date | None) -> Iterator[Evidence]:
    shown = sorted(directed.between(None, before), key=_order)
    yield from (item.evidence for item in shown[:5])
    if rest := len(shown[5:]):
        yield Evidence(f"{rest} more").counted("given later", "disease-directed")
