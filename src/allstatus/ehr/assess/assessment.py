"""What a chart states at one moment: the latest marrow, the blood count nearest to it, and what was
found around then. What may have been otherwise leaves its fact unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from allstatus.ehr.assess.day_index import NO_DOUBT, ReadingIndex
from allstatus.ehr.assess.remissions import Past, marrow_side
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.dates import When, shifted
from allstatus.ehr.evidence.chart_reading import ChartReading, Finding
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.record.value_class import value_class
from allstatus.rules.ruleset import RuleSet
from allstatus.table.chart_context import AssumptionMade, Evidence, FactState


@value_class
class Moment:
    """The time an assessment is about: its marrow's day (None: no marrow), and the last day whose
    results count. `exact`: the marrow is taken to be of that day, whatever others it may be of.
    """

    anchor: date | None
    until: date | None = None
    final: bool = True
    exact: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Assessment:
    """Facts as a record states them, with evidence, assumptions, conflicts and warnings. `open`
    are the doubts that left a fact unknown. Without `told` only what decides is kept: no evidence,
    no words, and one doubt for each fact and place. `laid_over`: with what the caller says of it.
    """

    facts: dict[str, Any] = field(default_factory=dict)
    states: dict[str, FactState] = field(default_factory=dict)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    assumptions: list[AssumptionMade] = field(default_factory=list)
    conflicts: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    open: list[Doubt] = field(default_factory=list)
    day: date | None = None
    until: date | None = None
    told: bool = True
    laid_over: bool = False
    _opened: set[object] = field(default_factory=set)

    def derive(
        self, fact: str, value: Any, evidence: Iterable[Evidence], state: FactState = "derived"
    ) -> None:
        """Set a fact with what it rests on."""
        self.facts[fact], self.states[fact] = value, state
        self.note(fact, evidence)

    def note(self, fact: str, evidence: Iterable[Evidence]) -> None:
        """Add evidence that does not set the fact; where nothing is told it is never made."""
        if self.told:
            self.evidence.setdefault(fact, []).extend(evidence)

    def assume(self, fact: str, value: Any, because: str) -> None:
        """Name an assumption the facts rest on."""
        self.assumptions.append(AssumptionMade(fact, value, because, "interpretation"))

    def leave_open(self, fact: str, doubts: Iterable[Doubt]) -> None:
        """Make a fact unknown, and say why and what would settle it."""
        if self.told and self.facts.get(fact) not in (None, "unknown"):
            self.evidence[fact] = [
                e.set_aside(f"{e.because}; but another cannot be read") if e.used else e
                for e in self.evidence.get(fact, ())
            ]
        self.assumptions = [entry for entry in self.assumptions if entry.fact != fact]
        self.derive(fact, "unknown", (), "unknown")
        for doubt in doubts:
            if (key := self._key(doubt)) not in self._opened:
                self._opened.add(key)
                self.open.append(doubt)
                self.warnings += [doubt.sentence] if self.told else []

    def _key(self, doubt: Doubt) -> object:
        return doubt if self.told else (doubt.fact, doubt.name)

    def is_open(self, doubt: Doubt) -> bool:
        """Whether a doubt left its fact unknown."""
        return bool(self._opened) and doubt in self._opened

    def state(self, fact: str, value: Any, evidence: Evidence, instead: str) -> None:
        """Set a fact that somebody stated, which answers what was in doubt or assumed of it;
        `instead` is why other evidence does not count.
        """
        told = {doubt.sentence for doubt in self.open if doubt.fact == fact}
        self.warnings = [warning for warning in self.warnings if warning not in told]
        self.open = [doubt for doubt in self.open if doubt.fact != fact]
        self._opened = {*map(self._key, self.open)}
        self.assumptions = [entry for entry in self.assumptions if entry.fact != fact]
        self.evidence[fact] = [
            e.set_aside(instead) if e.used else e for e in self.evidence.get(fact, ())
        ]
        self.derive(fact, value, [evidence], "given")

    def or_else(self, other: Assessment, doubt: Doubt) -> None:
        """Leave open each fact that another completion states otherwise and nobody answered."""
        for fact in sorted({*self.facts, *other.facts} - {"relapse_count"}):
            aside = fact == "marrow_blast_percent" and fact not in other.facts  # no answer is
            answered = self.states.get(fact) == "given" and not aside
            if not answered and self.facts.get(fact) != other.facts.get(fact):
                self.leave_open(fact, [doubt])
        if self.facts.get("relapse_count") != other.facts.get("relapse_count"):
            self.facts.pop("relapse_count", None)
        self.conflicts = [entry for entry in self.conflicts if entry in other.conflicts]


@dataclass(slots=True, eq=False, repr=False)
class Scene:
    """An assessment being made: what was read and how, the moment, what came before, and what is
    found so far. `window` is how far a blood count or finding may lie from the marrow, `treated`
    the last day the first treatment can have started.
    """

    reading: ChartReading
    index: ReadingIndex
    options: ChartOptions
    ruleset: RuleSet
    moment: Moment
    past: Past
    found: Assessment
    treated: date | None = None
    day: date | None = None
    window: timedelta = field(init=False)

    def __post_init__(self) -> None:
        self.window = timedelta(days=self.options.window_days)

    def no_later(self, day: date) -> date:
        """A day, or the moment's last day if that is before it."""
        return day if self.moment.until is None else min(day, self.moment.until)

    def within(self, items: Iterable[Finding]) -> list[Finding]:
        """Findings no later than the moment's last day."""
        until = self.moment.until
        return [item for item in items if until is None or item.when.last <= until]

    def by_then(self, when: When) -> bool:
        """Whether a time is no later than the moment's last day."""
        return self.moment.until is None or when.last <= self.moment.until

    def doubts(self, fact: str, since: date | None = None) -> list[Doubt]:
        """Doubts about a fact that may lie between a day and the moment's last day."""
        return self.index.doubts.get(fact, NO_DOUBT).touching(since, self.moment.until)

    def above(self, percent: object) -> bool | None:
        """Whether a marrow percentage is above a limit of the rules."""
        return marrow_side(self.ruleset, percent)

    @property
    def start(self) -> date:
        """From when findings count as being about this assessment."""
        center = self.found.day = self.moment.anchor or self._latest()
        if center is None:
            center = date.max
        return shifted(center, -self.window)

    @property
    def first_start(self) -> date | None:
        """The same where what is dated to a month or year is of its first day; None where that is
        nothing, or there is a marrow, which is tried on each of its days.
        """
        whens = [] if self.moment.anchor else self._dated()
        if not any(when.vague for when in whens):
            return None
        return shifted(max(when.first for when in whens), -self.window)

    def _latest(self) -> date | None:
        return max((when.last for when in self._dated()), default=None)

    def _dated(self) -> list[When]:
        reading = self.reading
        dated = self.within([*reading.counts, *reading.outside, *reading.signs, *reading.own])
        whens = [item.when for item in dated]
        whens += [one.when for one in reading.answers if not one.why and self.by_then(one.when)]
        own = [fact.name for fact in self.ruleset.facts.values() if fact.own]
        return whens + [one.when for fact in own for one in self.doubts(fact) if one.when.text]


def places_found(ruleset: RuleSet, found: Assessment) -> frozenset[str]:
    """Where an assessment finds leukemia: in the marrow, or at which sites outside it."""
    outside = found.facts.get("leukemia_outside_marrow")
    places = set(outside["site"]) if isinstance(outside, dict) else set()
    if marrow_side(ruleset, found.facts.get("marrow_blast_percent")):
        places.add("marrow")
    return frozenset(places)


def marrow_straddles(ruleset: RuleSet, found: Assessment) -> bool:
    """Whether an assessment's marrow may lie on either side of a limit, as 3 to 8 % may."""
    marrow = found.facts.get("marrow_blast_percent")
    return marrow is not None and marrow_side(ruleset, marrow) is None


def places_open(ruleset: RuleSet, found: Assessment) -> frozenset[str]:
    """Where leukemia may be that an assessment could not tell; empty when that is not known."""
    places = {"marrow"} if marrow_straddles(ruleset, found) else set()
    for doubt in found.open:
        if doubt.fact not in ("marrow_blast_percent", "leukemia_outside_marrow"):
            continue
        places.add("marrow" if doubt.fact == "marrow_blast_percent" else doubt.name)
    return frozenset(places)
