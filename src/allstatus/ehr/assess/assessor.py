"""The assessment of a moment, in every completion of what is in doubt about its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from allstatus.ehr.assess.assess_answers import assess_answers
from allstatus.ehr.assess.assess_count import assess_count
from allstatus.ehr.assess.assess_findings import assess_outside, assess_signs
from allstatus.ehr.assess.assess_history import assess_past, assess_treatment, doubtful_treatment
from allstatus.ehr.assess.assess_marrow import assess_marrow
from allstatus.ehr.assess.assess_own import assess_own
from allstatus.ehr.assess.assessment import Assessment, Moment, Scene
from allstatus.ehr.assess.caller_facts import CallerFacts
from allstatus.ehr.assess.day_index import NO_DOUBT, ReadingIndex
from allstatus.ehr.assess.remissions import Event, History, Past
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.evidence.chart_reading import ChartReading
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.rules.ruleset import RELAPSE, REMISSION, RuleSet
from allstatus.table.chart_context import Evidence

MARROW, TREATMENT, STATUS = "marrow_blast_percent", "prior_treatment", "prior_remission"
PARTIAL = "only a part of the chart was given, so what is not in it is not known"
PART_ONLY = {
    "leukemia_outside_marrow": (),
    "signs_and_symptoms": ("present",),
    "relapse_since_remission": (True,),
    "prior_remission": (True,),
}


class Assessor:
    """Builds the assessment of one moment; `said` is what the caller says of it."""

    def __init__(
        self,
        reading: ChartReading,
        options: ChartOptions,
        ruleset: RuleSet,
        said: Iterable[CallerFacts] = (),
    ) -> None:
        self.reading, self.options, self.ruleset = reading, options, ruleset
        self.said = [one for one in said if TREATMENT in one.facts]
        self.index = ReadingIndex.of(reading)

    def assess(self, moment: Moment, history: History, *, told: bool = True) -> Assessment:
        """What the chart states at a moment, given the remissions and relapses before it; a fact on
        which two completions of what is in doubt differ is unknown. Without `told` it says what it
        decides and not why.
        """
        past = history.before(moment.anchor or date.max, moment.until)
        found = self._assess(moment, past, told=told)
        for other, doubt in self._completions(found, moment, past, history):
            found.or_else(other, doubt)
        self._tell(found)
        return found

    def _assess(
        self,
        moment: Moment,
        past: Past,
        treated: date | None = None,
        *,
        marrow: Any = None,
        told: bool = False,
    ) -> Assessment:
        found = Assessment(day=moment.anchor, told=told)
        scene = self._scene(moment, past, found)
        scene.treated = assess_treatment(scene) or treated
        scene.day = assess_marrow(scene)
        if marrow is not None and found.facts.get(MARROW) == "unknown":
            found.facts[MARROW] = marrow
        assess_count(scene)
        start = scene.start
        assess_outside(scene, start)
        assess_signs(scene, start)
        assess_past(scene)
        assess_own(scene, start)
        assess_answers(scene, start)
        return found

    def _scene(self, moment: Moment, past: Past, found: Assessment) -> Scene:
        return Scene(self.reading, self.index, self.options, self.ruleset, moment, past, found)

    def _completions(
        self, found: Assessment, moment: Moment, past: Past, history: History
    ) -> Iterator[tuple[Assessment, Doubt]]:
        """The assessment as it would be if a doubtful marrow, treatment or status counted, or a
        marrow of a month or year were of another of its days.
        """
        if not self.reading.doubts:
            return
        marrow, anchor = found.facts.get(MARROW), moment.anchor
        doubts = self.reading.doubts.get(MARROW, ())
        if not moment.final:  # only the moment's own may be of another day
            doubts = self.index.doubts.get(MARROW, NO_DOUBT).between(anchor, anchor)
        days = {day: doubt for doubt in doubts for day in self._other_days(doubt, moment, found)}
        for day, doubt in days.items():
            then, at = history.before(day, moment.until), replace(moment, anchor=day, exact=True)
            yield self._assess(at, then, marrow=marrow), doubt
        scene = self._scene(moment, past, Assessment(told=False))
        given = self._doubtful_treatment(scene, found)
        if given and assess_treatment(scene) is None:
            last = max(given, key=lambda doubt: doubt.when.last)
            yield self._assess(moment, past, last.when.last), last
        for kind in (RELAPSE, REMISSION):
            may = [d for d in scene.doubts(STATUS) if _may_matter(d, kind, past, moment)]
            if may:
                last = max(may, key=lambda doubt: doubt.when.last)
                yield self._assess(moment, _with(past, kind, last, moment)), last

    def _doubtful_treatment(self, scene: Scene, found: Assessment) -> list[Doubt]:
        """Treatments in doubt that nobody answers; to say that treatment was given answers no
        date, unless it is said of a day no later than the marrow's.
        """
        doubts, anchor = doubtful_treatment(scene), scene.moment.anchor
        if not self.said:
            return [] if found.states.get(TREATMENT) == "given" else doubts
        when = [one.as_of for one in self.said if one.facts[TREATMENT] == "disease_directed"]
        placed = any(day and anchor and day <= anchor for day in when)
        return doubts if when and not placed else []

    def _other_days(self, doubt: Doubt, moment: Moment, found: Assessment) -> set[date]:
        """Other days that the moment's marrow may be of, where it was dated to a month or year or,
        as the chart stands, one in doubt may be later: the first, the last, and the last on which
        each kind of count, or of finding outside the marrow, was there; only the latter of one
        without a date that says what the moment's marrow says beside a normal count.
        """
        when, anchor, marrow = doubt.when, moment.anchor, found.facts.get(MARROW)
        bare = doubt.firm and when.vague and not when.text
        own = doubt.firm and when.last == anchor
        if own and bare:
            own = not any(self.index.marrow.between(anchor, anchor))
        first = when.first if own else max(when.first, anchor or date.min)
        if not (own or moment.final) or first > when.last:
            return set()
        kinds = (*self.index.components.values(), *self.index.sites.values())
        there = [item for kind in kinds for item in kind.between(first, when.last)]
        days = sorted((item.when.last, item.name, str(item.value)) for item in there)
        telling = {(name, value): day for day, name, value in days}
        known = anchor is not None and marrow not in (None, "unknown")
        alike = known and bare and found.facts.get("cbc") == "normal"
        tried = set() if own and marrow is None else {anchor}  # as it stands it may be too early
        return {*telling.values(), *(() if alike else (first, when.last))} - tried

    def _tell(self, found: Assessment) -> None:
        """What was set aside, and what is in doubt, beside the facts it is about."""
        for fact, evidence in self.reading.aside.items():
            found.note(fact, evidence)
        for fact, doubts in self.reading.doubts.items():
            found.note(fact, (d.left_open if found.is_open(d) else d.closed for d in doubts))
        if self.reading.chart.partial:
            for fact, kept in PART_ONLY.items():
                value = found.facts.get(fact)
                if value not in kept and not isinstance(value, dict):
                    found.leave_open(fact, ())
                    found.note(fact, [Evidence("chart", because=PARTIAL)])


def _may_matter(doubt: Doubt, kind: str, past: Past, moment: Moment) -> bool:
    """Whether a status may be of this kind, and later than what is known to end it."""
    if doubt.value not in (None, kind):
        return False
    if kind == RELAPSE:
        last, here = doubt.when.last, moment.anchor
        later = here is not None and last > here
        return later or not past.ends or last >= past.ends[-1].day
    return not past.remissions or past.relapsed_since


def _with(past: Past, kind: str, doubt: Doubt, moment: Moment) -> Past:
    """The past with a status that may have been, on the last day it may be of."""
    last = moment.until if kind == RELAPSE else moment.anchor
    day = doubt.when.last if last is None else min(doubt.when.last, last)
    event = Event(day, kind, doubt.evidence)
    if kind == REMISSION:
        before = moment.anchor is None or doubt.when.first < moment.anchor
        if not before:
            return past
        return replace(past, remissions=_sorted(*past.remissions, event), tallied=None)
    return replace(past, relapses=_sorted(*past.relapses, event), tallied=None)


def _sorted(*events: Event) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.day))
