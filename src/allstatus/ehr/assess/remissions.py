"""Remissions and relapses carried forward: what one assessment leaves for the next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import attrgetter
from typing import NamedTuple

from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.record.percent import read_percent
from allstatus.record.value_class import value_class
from allstatus.rules.condition import Comparison
from allstatus.rules.once import once_for_rules
from allstatus.rules.ruleset import RELAPSE, REMISSION, RuleSet, Status
from allstatus.table.chart_context import Evidence


@value_class
class Event:
    """A remission or a relapse on a day, and the evidence for it. `places`: where a relapse was
    found (`marrow`, or a site outside it); none when only a code says so. `first`: of one that is
    dated to a month or year, the first day it may be of, `day` being the last.
    """

    day: date
    kind: str
    evidence: Evidence
    decided: bool = False
    assumed: bool = False
    places: frozenset[str] = frozenset()
    first: date | None = None

    @property
    def begin(self) -> date:
        """The first day it may be of."""
        return self.first or self.day


_day, _order = attrgetter("day"), attrgetter("day", "kind")


class Tally(NamedTuple):
    """What remissions and relapses come to, one after the other: how many separate relapses,
    whether the last of them is one, and how many rest on no assumption.
    """

    relapses: int = 0
    relapsed: bool = False
    firm: int = 0

    def then(self, event: Event) -> Tally:
        """The same with the next event."""
        relapse = event.kind == RELAPSE
        rests = event.assumed or (event.decided and relapse)
        new = relapse and not self.relapsed
        return Tally(self.relapses + new, relapse, self.firm + (not rests))


@dataclass(slots=True, eq=False, repr=False)
class History:
    """Remissions and relapses so far, coded by the chart or decided at earlier assessments."""

    events: list[Event] = field(default_factory=list)
    maybe: list[Event] = field(default_factory=list)
    _tallies: list[Tally] = field(default_factory=lambda: [Tally()])
    _of: dict[str, list[Event]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = sorted(self.events, key=_order)
        self.maybe = sorted(self.maybe, key=_day)
        self._of = {
            kind: [e for e in self.events if e.kind == kind] for kind in (REMISSION, RELAPSE)
        }

    @classmethod
    def coded(cls, asserted: Iterable[Finding]) -> History:
        """What the chart's dated status codes assert."""
        events = (
            Event(item.when.last, item.value, item.evidence, first=item.when.first)
            for item in asserted
        )
        return cls([event for event in events if event.kind in (REMISSION, RELAPSE)])

    def decided(
        self,
        day: date,
        status: Status,
        *,
        assumed: bool = False,
        places: frozenset[str] = frozenset(),
    ) -> None:
        """Add a status decided at an assessment; `assumed` when it rests on an assumption the
        caller named, `places` where leukemia was found then.
        """
        kind = self._kind(status, day)
        if kind is not None:
            because = "decided at an earlier assessment and carried forward"
            evidence = Evidence(f"assessment of {day}", date=day.isoformat())
            evidence = evidence.counted(because, status.name)
            places = places if kind == RELAPSE else frozenset()
            event = Event(day, kind, evidence, True, assumed, places)
            del self._tallies[bisect_right(self.events, _order(event), key=_order) + 1 :]
            insort_right(self.events, event, key=_order)
            insort_right(self._of[kind], event, key=_order)

    def before(self, day: date, until: date | None) -> Past:
        """What was known at an assessment: remissions before its day, relapses up to the end of its
        evidence but its own, and remissions coded from its day on, which end what came before it.
        """
        remissions, relapses = self._of[REMISSION], self._of[RELAPSE]
        start = bisect_left(relapses, day, key=_day)
        end = None if until is None else bisect_right(relapses, until, key=_day)
        later = [e for e in relapses[start:end] if not (e.decided and e.day == day)]
        first = bisect_left(remissions, day, key=_day)
        last = None if until is None else bisect_right(remissions, until, key=_day)
        tally = self._tally(bisect_left(self.events, day, key=_day))
        for event in later:
            tally = tally.then(event)
        return Past(
            tuple(remissions[:first]),
            (*relapses[:start][:end], *later),
            tuple(self.maybe[: bisect_left(self.maybe, day, key=_day)]),
            tally,
            tuple(e for e in remissions[first:last] if not e.decided),
        )

    def _tally(self, events: int) -> Tally:
        """Of so many of the first events."""
        for event in self.events[len(self._tallies) - 1 : events]:
            self._tallies.append(self._tallies[-1].then(event))
        return self._tallies[events]

    def undecided(
        self, day: date, possible: Iterable[Status], evidence: Evidence, places: frozenset[str]
    ) -> None:
        """Add what an assessment may have been that a doubt left open."""
        for status in possible:
            if kind := self._kind(status, day):
                found = places if kind == RELAPSE else frozenset[str]()
                event = Event(day, kind, evidence, places=found)
                insort_right(self.maybe, event, key=_day)

    def _kind(self, status: Status, day: date) -> str | None:
        """What a status leaves to the next assessment; a relapse that the rules do not tell from
        disease never in remission, only where a remission came before it.
        """
        if status.asserts in ((REMISSION,), (RELAPSE,)):
            return status.asserts[0]
        before = bool(self.events) and self.events[0].day < day
        return RELAPSE if before and RELAPSE in status.asserts else None


@value_class
class Past:
    """The remissions and relapses behind an assessment, in order; `maybe` are those that a doubt
    left open, `coded_since` remissions that the chart codes from its day on.
    """

    remissions: tuple[Event, ...]
    relapses: tuple[Event, ...]
    maybe: tuple[Event, ...] = ()
    tallied: Tally | None = None  # of its remissions and relapses, where that is known
    coded_since: tuple[Event, ...] = ()

    @property
    def tally(self) -> Tally:
        """What its remissions and relapses come to, in order."""
        if self.tallied is not None:
            return self.tallied
        events = sorted((*self.remissions, *self.relapses), key=_order)
        return reduce(Tally.then, events, Tally())

    @property
    def ends(self) -> tuple[Event, ...]:
        """Every remission that ends what was found before it."""
        return (*self.remissions, *self.coded_since)

    @property
    def remission_before(self) -> bool:
        """Whether there was a remission; a relapse needs one."""
        return bool(self.remissions or self.relapses)

    @property
    def rests_on_assumption(self) -> bool:
        """Whether every remission rests on a named assumption, and no relapse is coded."""
        return self.remission_before and not self.tally.firm

    @property
    def relapsed_since(self) -> bool:
        """Whether the last relapse is later than the last remission."""
        ended = self.last_remission
        return bool(self.relapses) and (ended is None or self.relapses[-1].day > ended)

    @property
    def last_remission(self) -> date | None:
        """The day of the last remission."""
        return self.ends[-1].day if self.ends else None

    @property
    def in_doubt(self) -> tuple[Event, ...]:
        """What may have come after the last remission or relapse and would change which is last: a
        relapse of the remission's own day, too, or what is of a day in the month of the other.
        """
        known = [events[-1] for events in (self.ends, self.relapses) if events]
        if not known:
            return ()
        last = max(known, key=_day)
        other = REMISSION if self.relapsed_since else RELAPSE
        same = self.ends if self.relapsed_since else self.relapses
        near = same[bisect_left(same, last.begin, key=_day) :]
        later = self.maybe[bisect_right(self.maybe, last.day, key=_day) :]
        return (*near, *(e for e in later if e.kind == other))

    @property
    def places(self) -> frozenset[str]:
        """Where the last relapse was found, or may have been; empty where that is not known."""
        last = self.last_remission or date.min
        since = self.relapses[bisect_right(self.relapses, last, key=_day) :]
        doubtful = [event for event in self.in_doubt if event.kind == RELAPSE]
        if not all(event.places for event in doubtful):
            return frozenset()
        return frozenset[str]().union(*(event.places for event in (*since, *doubtful)))

    @property
    def relapse_count(self) -> int:
        """How many separate relapses: those with a remission between them count apart."""
        return self.tally.relapses


@once_for_rules
def _marrow_limits(ruleset: RuleSet) -> list[Comparison]:
    names = ruleset.criteria_of("marrow_blast_percent")
    return [ruleset.criteria[name].condition for name in names]


def marrow_side(ruleset: RuleSet, percent: object) -> bool | None:
    """Whether a percentage, also as a caller wrote it, is above a limit of the rule set (the marrow
    shows leukemia), at or below all of them, or neither is known.
    """
    if percent in (None, "unknown"):
        return None
    share = read_percent(percent)
    above = {limit.above(share) for limit in _marrow_limits(ruleset)}
    return True if True in above else None if None in above or not above else False
