"""A chart decided at each assessment in date order; the last is the answer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import zip_longest

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.ehr.assess.accounting import account_of, understandings, unread_warnings
from allstatus.ehr.assess.assessment import (
    Assessment,
    Moment,
    marrow_straddles,
    places_found,
    places_open,
)
from allstatus.ehr.assess.assessor import Assessor
from allstatus.ehr.assess.caller_facts import (
    CallerFacts,
    by_day,
    doubt_callers,
    lay_over,
    merged,
)
from allstatus.ehr.assess.contradictions import contradictions
from allstatus.ehr.assess.own_results import read_own_results
from allstatus.ehr.assess.recorded_answers import read_answers
from allstatus.ehr.assess.remissions import History, Past
from allstatus.ehr.chart import Chart, age_on
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.coding.mentions import with_doubted_codes, with_mentions
from allstatus.ehr.dates import shifted
from allstatus.ehr.evidence.chart_reading import ChartReading, cancers
from allstatus.ehr.evidence.disease_status import settle_asserted
from allstatus.ehr.evidence.lab_results import read_results
from allstatus.ehr.evidence.problems import read_problems
from allstatus.ehr.evidence.treatment import read_treatments
from allstatus.ehr.timelines.timeline_points import Timeline, add_point
from allstatus.record.frozen import FrozenDict
from allstatus.table.chart_context import ChartContext, Evidence

SECOND_CANCER = "another cancer is not a recurrence of this leukemia"
TRANSFUSED = (
    "a transfusion was given near this assessment: the blood count may owe its values to it; the "
    "page has no rule for that"
)


def read_chart(
    chart: Chart,
    as_of: date | None = None,
    options: ChartOptions = DEFAULT_OPTIONS,
    *,
    given: bool = False,
) -> ChartReading:
    """A chart read by the code tables, using nothing later than `as_of`; `given` when the caller
    says that the leukemia is on it.
    """
    tables = options.tables
    chart = with_mentions(with_doubted_codes(chart, tables), tables).numbered()
    reading = ChartReading(chart, as_of, tables, has_all=given, given=given)
    if options.population is not None:
        reading.disease = options.population.title
    for warning in chart.warnings:
        reading.warn(warning)
    read_problems(reading)
    read_treatments(reading)
    read_results(reading, options)
    settle_asserted(reading)
    return reading


def decide_chart(
    classifier: Classifier,
    chart: Chart,
    *,
    as_of: date | None = None,
    options: ChartOptions = DEFAULT_OPTIONS,
    overlays: Sequence[CallerFacts] = (),
) -> Decision:
    """The decision as it stands, or as it stood on a day; `not_applicable` for a chart without a
    diagnosis of the rule set's population.
    """
    now = _Teller(classifier, chart, as_of, options, overlays, points=False).tell().now
    assert now is not None
    return now


def decide_over_time(
    classifier: Classifier,
    chart: Chart,
    *,
    as_of: date | None = None,
    options: ChartOptions = DEFAULT_OPTIONS,
    overlays: Sequence[CallerFacts] = (),
) -> Timeline:
    """Every assessment of a chart, decided in date order, and the decision as it stands."""
    return _Teller(classifier, chart, as_of, options, overlays).tell()


class _Teller:
    """Goes through a chart's assessments; without `points` only the last of them is told."""

    def __init__(
        self,
        classifier: Classifier,
        chart: Chart,
        as_of: date | None,
        options: ChartOptions,
        overlays: Sequence[CallerFacts],
        *,
        points: bool = True,
    ) -> None:
        self.classifier, self.as_of, self.points = classifier, as_of, points
        options = options.of(classifier.ruleset)
        mine = [lay for lay in overlays if lay.is_for(chart.patient) and lay.known_by(as_of)]
        self.overlays = by_day(mine, classifier.ruleset)
        sex = next(
            (overlay.facts["sex"] for overlay in self.overlays if overlay.facts.get("sex")), None
        )
        self.chart = replace(chart, sex=sex) if sex and not chart.sex else chart
        given = any(overlay.facts.get("diagnosis") for overlay in self.overlays)
        self.reading = read_chart(self.chart, as_of, options, given=given)
        read_own_results(self.reading, classifier.ruleset)
        read_answers(self.reading, classifier.ruleset)
        understood = understandings(self.reading, self.reading.tables)
        self.account = account_of(self.reading, self.reading.tables, understood)
        self.unread = tuple(unread_warnings(self.reading, understood))
        self.site = options.codes
        doubt_callers(self.reading, self.overlays, classifier.ruleset)
        self.assessor = Assessor(self.reading, options, classifier.ruleset, self.overlays)
        self.window = timedelta(days=options.window_days)
        self.anchor = max((item.when.last for item in self.reading.marrow), default=None)
        self.applicable = self.reading.has_all

    def tell(self) -> Timeline:
        given = self.reading.directed if self.points else []
        timeline = Timeline(
            self.chart.patient, treatments=sorted(given, key=lambda item: item.when.order)
        )
        if not self.applicable:
            timeline.now = self._decide(Assessment(), final=True)
            return timeline
        history, days, last = History.coded(self.reading.asserted), self._days(), None
        unread = self._unread_days(days)
        for day, following in zip_longest(days, days[1:]):
            cut = bisect_left(unread, day)
            self._leave_open(history, unread[:cut], day)
            del unread[:cut]
            if following is None and day == self.anchor and self._finish(timeline, history, last):
                return timeline
            found, decision = self._assess_past(day, following, history)
            if self.points:
                past = history.before(day, found.until)
                last = add_point(timeline.points, day, decision, past, last)
            self._remember(history, day, found, decision)
        self._leave_open(history, unread, None)
        timeline.now = self._decide(self._final(history)[1], final=True)
        return timeline

    def _assess_past(
        self, day: date, following: date | None, history: History
    ) -> tuple[Assessment, Decision]:
        """The assessment of a day, as it stood before the following one."""
        until = shifted(day, self.window)
        if following is not None:
            until = min(until, following - timedelta(days=1))
        found = self.assessor.assess(Moment(day, until, final=False), history, told=self.points)
        found.until = until
        return found, self._decide(found, final=False)

    def _leave_open(self, history: History, days: list[date], following: date | None) -> None:
        """What marrows that cannot be read may have been leaves its mark on what comes after."""
        for day in days:
            found, decision = self._assess_past(day, following, history)
            self._remember(history, day, found, decision)

    def _remember(self, history: History, day: date, found: Assessment, decision: Decision) -> None:
        statuses = self.classifier.ruleset.statuses
        if decision.status:
            assumed = {entry.fact for entry in decision.assumptions}
            history.decided(
                day,
                statuses[decision.status],
                assumed="signs_and_symptoms" in assumed,
                places=places_found(self.classifier.ruleset, found),
            )
        elif found.open or found.conflicts or marrow_straddles(self.classifier.ruleset, found):
            if found.conflicts:  # without them it is what each side of them leaves possible
                decision = self._decide(replace(found, conflicts=[], told=False), final=False)
            told = found.open[0].evidence if found.open else Evidence(f"assessment of {day}")
            possible = [statuses[name] for name in decision.possible if name in statuses]
            history.undecided(day, possible, told, places_open(self.classifier.ruleset, found))

    def _finish(self, timeline: Timeline, history: History, last: str | None) -> bool:
        """The decision as it stands as the last point, when that is about its marrow: what is
        decided on a day is not behind that day.
        """
        past, found = self._final(history)
        if "marrow_blast_percent" not in found.facts:
            return False
        timeline.now = self._decide(found, final=True)
        if self.points:
            add_point(timeline.points, found.day, timeline.now, past, last)
        return True

    def _final(self, history: History) -> tuple[Past, Assessment]:
        """What the chart states as it stands, about its latest marrow where there is one."""
        past = history.before(self.anchor or date.max, None)
        return past, self.assessor.assess(Moment(self.anchor), history)

    def _days(self) -> list[date]:
        """Days of assessments: every marrow, and findings elsewhere with no assessment near."""
        known = {item.when.last for item in self.reading.marrow}
        days = sorted(known | {lay.as_of for lay in self.overlays if lay.as_of is not None})
        for day in sorted({item.when.last for item in self.reading.outside if item.value}):
            place = bisect_left(days, day)
            if all(abs(day - other) > self.window for other in days[max(place - 1, 0) : place + 1]):
                days.insert(place, day)
        return days

    def _unread_days(self, days: list[date]) -> list[date]:
        """The days of marrows that cannot be read, on which there is no other assessment."""
        unread = self.reading.doubts.get("marrow_blast_percent", ())
        return sorted({d.when.last for d in unread if not d.when.vague} - set(days))

    def _decide(self, found: Assessment, *, final: bool) -> Decision:
        self._lay_over(found, final=final)
        record = {
            "id": self.chart.patient,
            "as_of": (self.as_of if final else None) or found.day,
            "sex": self.chart.sex,
            **found.facts,
        }
        if len(self.reading.lineages) == 1:
            record.setdefault("lineage", *self.reading.lineages)
        if self.chart.born is not None and "age_years" not in record and found.day is not None:
            record["age_years"] = max(0, min(130, age_on(self.chart.born, self.as_of or found.day)))
        supplied = self._supplied(found)
        adult_ranges = self.assessor.options.adult_ranges
        decide = partial(self.classifier.classify, record, adult_ranges=adult_ranges)
        decision = decide(chart=supplied)
        if not found.told:
            return decision
        if against := contradictions(self.reading, decision, found, self.window, final=final):
            warnings = supplied.warnings + tuple(entry.because for entry in against)
            decision = decide(chart=replace(supplied, warnings=warnings, contradictions=against))
        return decision

    def _lay_over(self, found: Assessment, *, final: bool) -> None:
        if not found.laid_over:
            found.laid_over = True
            of_then = [lay for lay in self.overlays if lay.is_about(found.day, final=final)]
            if of_then:
                lay_over(found, merged(of_then, self.classifier.ruleset))

    def _supplied(self, found: Assessment) -> ChartContext:
        reading = self.reading
        conflicts, assumptions = tuple(found.conflicts), tuple(found.assumptions)
        if not found.told:
            return ChartContext({}, found.states, (), conflicts, assumptions)
        warnings = [*reading.warnings, *found.warnings, *self.unread]
        if reading.other_cancers and self.applicable:
            warnings.append(f"also on the chart: {cancers(reading.other_cancers)}; {SECOND_CANCER}")
        if any(
            i.site == "counts"
            and found.day is not None
            and abs(i.when.last - found.day) <= self.window
            for i in reading.relief
        ):
            warnings.append(TRANSFUSED)
        evidence = FrozenDict({fact: tuple(said) for fact, said in found.evidence.items()})
        return ChartContext(
            evidence,
            found.states,
            tuple(warnings),
            conflicts,
            assumptions,
            tuple(reading.diagnoses),
            applicable=self.applicable,
            account=self.account,
            codes=None if self.site is None else self.site.used,
        )
