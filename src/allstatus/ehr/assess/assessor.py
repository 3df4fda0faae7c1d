"""The assessment of a moment, in every completion of what is in doubt about its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from allstatus.ehr.assess.assess_answers import assess_answers
from allstatus.ehr.assess.assess_count import assess_count
from allstatus.ehr.assess.assess_findings import assess_outside, assess_signs
from allstatus.ehr.assess.assess_history import assess_past, assess_treatment, doubtful_treatment
from allstatus.ehr.assess.assess_marrow import assess_marrow
from allstatus.ehr.assess.assess_own import assess_own
from allstatus.ehr.assess.assessment import Assessment, Moment, Scene
from allstatus.ehr.assess.day_index import ReadingIndex
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
    """Builds the assessment of one moment from a chart's reading. `supplied` are facts that the
    caller states.
    """

    def __init__(
        self,
        reading: ChartReading,
        options: ChartOptions,
        ruleset: RuleSet,
        supplied: frozenset[str] = frozenset(),
    ) -> None:
        self.reading, self.options, self.ruleset = reading, options, ruleset
        self.supplied, self.index = supplied, ReadingIndex.of(reading)

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
        self, moment: Moment, past: Past, treated: date | None = None, *, told: bool = False
    ) -> Assessment:
        found = Assessment(day=moment.anchor, told=told)
        scene = self._scene(moment, past, found)
        scene.treated = assess_treatment(scene) or treated
        scene.day = assess_marrow(scene)
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
        doubts = self.reading.doubts
        for doubt in doubts.get(MARROW, ()):
            for day in self._other_days(doubt, moment):
                yield self._assess(replace(moment, anchor=day), history.before(day, None)), doubt
        for doubt in doubts.get(MARROW, ()) if moment.final else ():
            day = doubt.when.last
            if not doubt.when.vague and (moment.anchor is None or day > moment.anchor):
                yield self._assess(replace(moment, anchor=day), history.before(day, None)), doubt
        scene = self._scene(moment, past, Assessment(told=False))
        told = TREATMENT in self.supplied or found.states.get(TREATMENT) == "given"
        given = [] if told else doubtful_treatment(scene)
        if given and assess_treatment(scene) is None:
            last = max(given, key=lambda doubt: doubt.when.last)
            yield self._assess(moment, past, last.when.last), last
        for kind in (RELAPSE, REMISSION):
            may = [d for d in scene.doubts(STATUS) if _may_matter(d, kind, past, moment)]
            if may:
                last = max(may, key=lambda doubt: doubt.when.last)
                yield self._assess(moment, _with(past, kind, last, moment)), last

    def _other_days(self, doubt: Doubt, moment: Moment) -> set[date]:
        """Days that the moment's marrow may be of, where one was dated to a month or year: the
        first, and the last on which each kind of finding beside it was there. Of a marrow later
        than what is known, none is later than the moment.
        """
        when, anchor, until = doubt.when, moment.anchor, moment.until
        if not (when.vague and when.text):
            return set()
        if anchor is not None and when.first < anchor <= when.last:
            last = when.last
            if not doubt.firm or (until is not None and until < last):
                return set()
        elif moment.final and (anchor is None or when.first >= anchor):
            last = when.last if until is None else min(when.last, until)
        else:
            return set()
        return {when.first, *self._telling_days(when.first, last)} if when.first <= last else set()

    def _telling_days(self, first: date, last: date) -> Iterator[date]:
        """The last day between two on which each kind of finding, or of a count, was there."""
        counts = [i for one in self.index.components.values() for i in one.between(first, last)]
        there = [((i.name, i.value), i.when.last) for i in counts]
        for kind, items in (("outside", self.reading.outside), ("sign", self.reading.signs)):
            there += [((kind, ""), i.when.last) for i in items if i.value not in (False, "absent")]
        days = sorted((day, kind) for kind, day in there if first <= day <= last)
        yield from {kind: day for day, kind in days}.values()

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
        ends = past.remissions if here is None or last >= here else past.ends
        return not ends or last >= ends[-1].day
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
