"""Which results belong together: the latest marrow, the blood count nearest to it, and what was
found around then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from allstatus.ehr.chart_options import SYMPTOMS_ABSENT, ChartOptions
from allstatus.ehr.chart_reading import ChartReading, Finding
from allstatus.ehr.remissions import Past, marrow_side
from allstatus.record.blood_count import COMPONENTS, verdict_of_count
from allstatus.record.count_component import (
    ADULT_RANGES,
    ADULT_TABLE,
    CONFLICT,
    FLAG_AGAINST_RANGE,
)
from allstatus.record.percent import Percent
from allstatus.rules.ruleset import RuleSet
from allstatus.table.facts import Evidence

TWO_MARROWS = "two_marrow_results_on_one_day"
NEAREST = "The blood count nearest to the marrow counts with it when it lies within {days} days."
PLACES_CLEAR = (
    "Every place where the relapse was found ({places}) has since been found clear, and nothing "
    "else outside the marrow is reported."
)
EARLIER_ASSUMED = f"It was decided at an earlier assessment, by the assumption {SYMPTOMS_ABSENT}."
UNDATED_STATUS = "its date is not known, so it cannot be placed before this assessment"
NO_SYMPTOMS = f"No sign or symptom is recorded, so none is counted ({SYMPTOMS_ABSENT})."


@dataclass(frozen=True, slots=True)
class Moment:
    """The time an assessment is about: its marrow's day (None: no marrow), and the last day whose
    results count.
    """

    anchor: date | None
    until: date | None = None
    final: bool = True


@dataclass(slots=True)
class Assessment:
    """Facts as a record states them, with evidence, assumptions, conflicts and warnings."""

    facts: dict[str, Any] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    assumptions: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    day: date | None = None

    def derive(
        self, fact: str, value: Any, evidence: Iterable[Evidence], state: str = "derived"
    ) -> None:
        """Set a fact with what it rests on."""
        self.facts[fact], self.states[fact] = value, state
        self.evidence.setdefault(fact, []).extend(evidence)

    def note(self, fact: str, evidence: Iterable[Evidence]) -> None:
        """Add evidence that does not set the fact."""
        self.evidence.setdefault(fact, []).extend(evidence)

    def assume(self, fact: str, value: Any, because: str) -> None:
        """Name an assumption the facts rest on."""
        self.assumptions.append(
            {"fact": fact, "value": value, "because": because, "reading": "interpretation"}
        )


def places_found(ruleset: RuleSet, found: Assessment) -> frozenset[str]:
    """Where an assessment finds leukemia: in the marrow, or at which sites outside it."""
    outside = found.facts.get("leukemia_outside_marrow")
    places = set(outside["site"]) if isinstance(outside, dict) else set()
    if marrow_side(ruleset, found.facts.get("marrow_blast_percent")):
        places.add("marrow")
    return frozenset(places)


class Assessor:
    """Builds the assessment of one moment from a chart's reading."""

    def __init__(self, reading: ChartReading, options: ChartOptions, ruleset: RuleSet) -> None:
        self.reading, self.options, self.ruleset = reading, options, ruleset
        self.window = timedelta(days=options.window_days)

    def assess(self, moment: Moment, past: Past) -> Assessment:
        """What the chart states at a moment, given the remissions and relapses before it."""
        found = Assessment(day=moment.anchor)
        treated = self._treatment(found, moment)
        day = self._marrow(found, moment, treated, past)
        self._counts(found, moment, day, treated)
        start = self._start(found, day, moment)
        self._outside(found, start, moment)
        self._signs(found, start, moment)
        self._past(found, past, moment)
        for fact, evidence in self.reading.aside.items():
            found.note(fact, evidence)
        return found

    def _within(self, items: Iterable[Finding], moment: Moment) -> list[Finding]:
        return [item for item in items if moment.until is None or item.when.last <= moment.until]

    def _treatment(self, found: Assessment, moment: Moment) -> date | None:
        """The last day the first treatment can have started, or None; an assessment in the past
        counts only treatment before its day.
        """
        end = moment.anchor if not moment.final else None
        given = [item for item in self.reading.directed if end is None or item.when.last < end]
        if given:
            found.derive("prior_treatment", "disease_directed", _first_few(given))
        later = min(
            (item for item in self.reading.directed if end is not None and item.when.last >= end),
            key=_order,
            default=None,
        )
        if later is not None:
            found.note(
                "prior_treatment",
                [later.evidence.set_aside("given on or after the day of this assessment")],
            )
        return min((item.when.last for item in given), default=None)

    def _marrow(
        self, found: Assessment, moment: Moment, treated: date | None, past: Past
    ) -> date | None:
        """Set the marrow percentage of the moment's day; None when there is none that counts."""
        day = moment.anchor
        usable = self._within(self.reading.marrow, moment)
        at_day = [item for item in usable if item.when.last == day]
        found.note(
            "marrow_blast_percent",
            [
                i.evidence.set_aside("an earlier marrow")
                for i in usable
                if day and i.when.last < day
            ][-3:],
        )
        if not at_day or day is None:
            return None
        relapsed = next(
            (event.day for event in past.relapses if event.day - day > self.window), None
        )
        why = ""
        if treated is not None and any(item.when.first <= treated for item in at_day):
            why = (
                f"taken no later than the start of treatment ({treated}), so it cannot show what "
                f"followed"
            )
        elif relapsed is not None:
            why = f"taken before the relapse of {relapsed}, so it cannot show what followed"
        if why:
            found.note("marrow_blast_percent", [item.evidence.set_aside(why) for item in at_day])
            found.warnings.append(f"the latest marrow ({day}) was {why}")
            return None
        narrowest = _agreed(at_day)
        if narrowest is None:
            because = f"Two marrow results of {day} differ; which one holds is not recorded."
            found.conflicts.append((TWO_MARROWS, ("marrow_blast_percent",), because))
            aside = [
                item.evidence.set_aside("another marrow of the same day differs") for item in at_day
            ]
            found.derive("marrow_blast_percent", "unknown", aside, "unknown")
        else:
            rest = [
                i.evidence.set_aside("agrees with the one counted")
                for i in at_day
                if i is not narrowest
            ]
            found.derive(
                "marrow_blast_percent", narrowest.value, [narrowest.evidence, *rest], "given"
            )
        return day

    def _counts(
        self, found: Assessment, moment: Moment, day: date | None, treated: date | None
    ) -> None:
        """The count nearest to the marrow; without a marrow, the latest."""
        usable = [
            c
            for c in self._within(self.reading.counts, moment)
            if treated is None or c.when.first > treated
        ]
        early = len(self._within(self.reading.counts, moment)) - len(usable)
        center = day or max((item.when.last for item in usable), default=None)
        near = [
            item
            for item in usable
            if center is not None and abs(item.when.last - center) <= self.window
        ]
        verdicts = {
            name: _nearest([i for i in near if i.name == name], center) for name in COMPONENTS
        }
        chosen = [item for item in verdicts.values() if item is not None]
        if verdict := verdict_of_count({item.name: item.value for item in chosen}):
            found.derive("cbc", verdict, ())
        elif any(item.conflict for item in chosen):
            found.conflicts.append((CONFLICT, ("cbc",), FLAG_AGAINST_RANGE))
        found.note("cbc", [item.evidence for item in chosen])
        self._count_notes(found, chosen, day, early, usable)

    def _count_notes(
        self,
        found: Assessment,
        chosen: list[Finding],
        day: date | None,
        early: int,
        usable: list[Finding],
    ) -> None:
        for item in chosen:
            if item.value is None:
                found.warnings.append(
                    f"{item.evidence.source}: {item.evidence.title.lower()} left out: "
                    f"{item.evidence.because}"
                )
        if day is not None and any(item.when.last != day for item in chosen):
            found.assume(
                "cbc",
                f"within {self.options.window_days} days",
                NEAREST.format(days=self.options.window_days),
            )
        if any(item.by_default for item in chosen):
            found.assume("cbc", ADULT_RANGES, ADULT_TABLE)
        if early:
            found.note(
                "cbc",
                [Evidence(f"{early} results", because="no later than the start of treatment")],
            )
        if others := len(usable) - len(chosen):
            found.note(
                "cbc",
                [
                    Evidence(
                        f"{others} other results",
                        because="further from the marrow, or not within the window",
                    )
                ],
            )
        latest = max((item.when.last for item in usable), default=None)
        if day is not None and latest is not None and latest - day > self.window:
            found.warnings.append(
                f"later blood counts (to {latest}) do not belong to the marrow of {day}; the "
                f"answer is about that day"
            )

    def _start(self, found: Assessment, day: date | None, moment: Moment) -> date:
        """From when findings count as being about this assessment."""
        center = day or moment.anchor
        if center is None:
            dated = [
                i.when.last
                for i in self._within(
                    [*self.reading.counts, *self.reading.outside, *self.reading.signs], moment
                )
            ]
            center = max(dated, default=date.max)
        found.day = found.day or (center if center != date.max else None)
        return date.min if center - date.min < self.window else center - self.window

    def _outside(self, found: Assessment, start: date, moment: Moment) -> None:
        """For each site its latest finding: present, shown to be gone, or found earlier and never
        shown to be gone.
        """
        fact, usable = "leukemia_outside_marrow", self._within(self.reading.outside, moment)
        latest = [
            list(group)[-1]
            for _, group in groupby(
                sorted(usable, key=lambda i: (i.site, i.when.order, i.value)), lambda i: i.site
            )
        ]
        here = [item for item in latest if item.value and item.when.last >= start]
        stale = [
            item
            for item in latest
            if item.value and item.when.last < start and not self._cleared(item, found)
        ]
        if here:
            found.derive(
                fact,
                {"site": sorted({item.site for item in here})},
                [item.evidence for item in here],
            )
        elif stale:
            why = "found earlier and not shown to be gone"
            found.derive(
                fact, "unknown", [item.evidence.set_aside(why) for item in stale], "unknown"
            )
        gone = [
            i.evidence.set_aside("this site only; others are not reported")
            for i in latest
            if not i.value
        ]
        found.note(fact, gone)

    @staticmethod
    def _cleared(item: Finding, found: Assessment) -> bool:
        """Blasts once in the blood are gone when the blood count is normal."""
        return item.site == "blood" and found.facts.get("cbc") == "normal"

    def _signs(self, found: Assessment, start: date, moment: Moment) -> None:
        fact = "signs_and_symptoms"
        now = [
            item
            for item in self._within(self.reading.signs, moment)
            if _lasting(item, start, found.day or start)
        ]
        present = [item for item in now if item.value == "present"]
        elsewhere = [item for item in now if item.value == "present_other_cause"]
        if present:
            found.derive(fact, "present", [item.evidence for item in present])
        elif elsewhere:
            found.derive(fact, "present_other_cause", [item.evidence for item in elsewhere])
        elif self.options.symptoms_absent:
            found.derive(
                fact,
                "absent",
                [Evidence("assumption", read="absent", used=True, because=NO_SYMPTOMS)],
                "assumed",
            )
            found.assume(fact, "absent", NO_SYMPTOMS)
        found.note(
            fact,
            [
                i.evidence.set_aside("says that this finding is absent, not that all are")
                for i in now
                if i.value == "absent"
            ],
        )
        spread = [
            i.evidence.set_aside("a sign of spread, no proof of it") for i in present if i.site
        ]
        found.note("leukemia_outside_marrow", spread)

    def _past(self, found: Assessment, past: Past, moment: Moment) -> None:
        relapsed_now = (
            [item for item in self.reading.current if item.value == "relapse"]
            if moment.final
            else []
        )
        if past.in_remission_before or relapsed_now:
            evidence = [event.evidence for event in (*past.remissions, *past.relapses)] + [
                item.evidence for item in relapsed_now
            ]
            found.derive("prior_remission", True, evidence)
            if past.rests_on_assumption and not relapsed_now:
                found.assume("prior_remission", True, EARLIER_ASSUMED)
        if past.relapsed_since or relapsed_now:
            last = [past.relapses[-1].evidence] if past.relapses else []
            found.derive(
                "relapse_since_remission", True, last + [item.evidence for item in relapsed_now]
            )
        elif past.relapses:
            found.derive("relapse_since_remission", False, [past.remissions[-1].evidence])
        if past.relapse_count:
            found.facts["relapse_count"] = past.relapse_count
        if past.relapsed_since and not relapsed_now:
            self._cleared_since(found, past)
        undated = [item for item in self.reading.current if item not in relapsed_now]
        found.note("prior_remission", [item.evidence.set_aside(UNDATED_STATUS) for item in undated])

    def _cleared_since(self, found: Assessment, past: Past) -> None:
        """Nothing outside the marrow, when every place where the relapse was found is now clear."""
        fact, places = "leukemia_outside_marrow", past.places
        clear = marrow_side(self.ruleset, found.facts.get("marrow_blast_percent")) is False
        if places and fact not in found.facts and (clear or "marrow" not in places):
            why = PLACES_CLEAR.format(places=", ".join(sorted(places)))
            evidence = Evidence("assumption", read="absent", used=True, because=why)
            found.derive(fact, "absent", [evidence])
            found.assume(fact, "absent", why)


def _agreed(items: list[Finding]) -> Finding | None:
    """The narrowest of results that all hold together, or None when two exclude each other."""
    narrowest = min(
        items, key=lambda i: (i.value.high - i.value.low, i.value.low, i.evidence.source)
    )
    return narrowest if all(_holds(narrowest.value, item.value) for item in items) else None


def _holds(inner: Percent, outer: Percent) -> bool:
    low_in = inner.low > outer.low or (
        inner.low == outer.low and (inner.low_open or not outer.low_open)
    )
    high_in = inner.high < outer.high or (
        inner.high == outer.high and (inner.high_open or not outer.high_open)
    )
    return low_in and high_in


def _nearest(items: list[Finding], center: date | None) -> Finding | None:
    """The result nearest to a day, the later of two as near; on one day the later hour, or unknown
    when they differ without one.
    """
    if not items or center is None:
        return None
    best = min(
        items,
        key=lambda i: (
            i.value is None and not i.conflict,
            abs(i.when.last - center),
            -(i.when.last - center).days,
        ),
    )
    same = [
        i
        for i in items
        if i.when.last == best.when.last and (i.value is None) == (best.value is None)
    ]
    last = max(same, key=lambda i: (i.when.order, i.evidence.source))
    if any(i.value != last.value and i.when.clock == last.when.clock for i in same):
        why = "another result of the same time differs"
        return replace(last, value=None, evidence=last.evidence.set_aside(why))
    return last


def _lasting(item: Finding, start: date, day: date) -> bool:
    """Whether a sign is about an assessment: not over by its day, and recorded since `start` or
    still open.
    """
    if item.until is not None:
        return item.until.last >= day
    if item.when.last >= start:
        return True
    return (
        item.value in ("present", "present_other_cause")
        and not item.ended
        and item.evidence.source.startswith("Condition")
    )


def _order(item: Finding) -> tuple[Any, ...]:
    return item.when.order, item.evidence.source


def _first_few(items: list[Finding]) -> list[Evidence]:
    shown = sorted(items, key=_order)
    rest = len(shown) - 5
    more = (
        [Evidence(f"{rest} more", read="disease-directed", used=True, because="given later")]
        if rest > 0
        else []
    )
    return [item.evidence for item in shown[:5]] + more
