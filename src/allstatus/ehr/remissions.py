"""Remissions and relapses carried forward: what one assessment leaves for the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from allstatus.ehr.chart_reading import Finding
from allstatus.rules.ruleset import RuleSet
from allstatus.table.chart_context import Evidence

REMISSION, RELAPSE = "in_remission", "relapse"
KINDS = {"in_remission": REMISSION, "recurrent": RELAPSE}


@dataclass(frozen=True, slots=True)
class Event:
    """A remission or a relapse on a day, and the evidence for it. `places`: where a relapse was
    found (`marrow`, or a site outside it); none when only a code says so.
    """

    day: date
    kind: str
    evidence: Evidence
    decided: bool = False
    assumed: bool = False
    places: frozenset[str] = frozenset()


@dataclass(slots=True)
class History:
    """Remissions and relapses so far, coded by the chart or decided at earlier assessments."""

    events: list[Event] = field(default_factory=list)
    maybe: list[Event] = field(default_factory=list)

    @classmethod
    def coded(cls, asserted: Iterable[Finding]) -> History:
        """What the chart's dated status codes assert."""
        return cls(
            [
                Event(item.when.last, item.value, item.evidence)
                for item in asserted
                if item.value in (REMISSION, RELAPSE)
            ]
        )

    def decided(
        self,
        day: date,
        status: str,
        *,
        assumed: bool = False,
        places: frozenset[str] = frozenset(),
    ) -> None:
        """Add a status decided at an assessment; `assumed` when it rests on an assumption the
        caller named, `places` where leukemia was found then.
        """
        kind = KINDS.get(status)
        if kind is not None:
            because = "decided at an earlier assessment and carried forward"
            evidence = Evidence(
                f"assessment of {day}",
                date=day.isoformat(),
                read=status,
                used=True,
                because=because,
            )
            places = places if kind == RELAPSE else frozenset()
            self.events.append(Event(day, kind, evidence, True, assumed, places))

    def before(self, day: date, until: date | None) -> Past:
        """What was known at an assessment: remissions before its day, relapses up to the end of its
        evidence but its own.
        """
        own = [e for e in self.events if e.decided and e.day == day]
        relapses = [
            e
            for e in self.events
            if e.kind == RELAPSE and e not in own and (until is None or e.day <= until)
        ]
        remissions = [e for e in self.events if e.kind == REMISSION and e.day < day]
        maybe = tuple(e for e in self.maybe if e.day < day)
        ordered = tuple(sorted(remissions, key=_order)), tuple(sorted(relapses, key=_order))
        return Past(*ordered, maybe)

    def undecided(
        self, day: date, possible: Iterable[str], evidence: Evidence, places: frozenset[str]
    ) -> None:
        """Add what an assessment may have been that a doubt left open."""
        for name in possible:
            if kind := KINDS.get(name):
                found = places if kind == RELAPSE else frozenset[str]()
                self.maybe.append(Event(day, kind, evidence, places=found))


@dataclass(frozen=True, slots=True)
class Past:
    """The remissions and relapses behind an assessment, in order; `maybe` are those that a doubt
    left open.
    """

    remissions: tuple[Event, ...]
    relapses: tuple[Event, ...]
    maybe: tuple[Event, ...] = ()

    @property
    def in_remission_before(self) -> bool:
        """Whether there was a remission; a relapse needs one."""
        return bool(self.remissions or self.relapses)

    @property
    def rests_on_assumption(self) -> bool:
        """Whether every remission was decided by an assumption the caller named, and no relapse was
        coded.
        """
        events = (*self.remissions, *self.relapses)
        return bool(events) and all(
            event.assumed or (event.decided and event.kind == RELAPSE) for event in events
        )

    @property
    def relapsed_since(self) -> bool:
        """Whether the last relapse is later than the last remission."""
        return bool(self.relapses) and (
            not self.remissions or self.relapses[-1].day > self.remissions[-1].day
        )

    @property
    def last_remission(self) -> date | None:
        """The day of the last remission."""
        return self.remissions[-1].day if self.remissions else None

    @property
    def in_doubt(self) -> tuple[Event, ...]:
        """What may have come after the last remission or relapse and would change which is last."""
        last = max((*self.remissions, *self.relapses), key=_order, default=None)
        if last is None:
            return ()
        other = REMISSION if self.relapsed_since else RELAPSE
        return tuple(e for e in self.maybe if e.kind == other and e.day > last.day)

    @property
    def places(self) -> frozenset[str]:
        """Where the relapse since the last remission was found, or may have been; empty when that
        is not known.
        """
        last = self.last_remission or date.min
        since = [event for event in self.relapses if event.day > last]
        doubtful = [event for event in self.in_doubt if event.kind == RELAPSE]
        if not all(event.places for event in doubtful):
            return frozenset()
        return frozenset[str]().union(*(event.places for event in (*since, *doubtful)))

    @property
    def relapse_count(self) -> int:
        """How many separate relapses: those with a remission between them count apart."""
        count, kind = 0, REMISSION
        for event in sorted((*self.remissions, *self.relapses), key=_order):
            count += event.kind == RELAPSE and kind == REMISSION
            kind = event.kind
        return count


def marrow_side(ruleset: RuleSet, percent: object) -> bool | None:
    """Whether a percentage is above a limit of the rule set (the marrow shows leukemia), at or
    below all of them, or neither is known.
    """
    names = ruleset.criteria_of("marrow_blast_percent")
    above = {ruleset.criteria[name].condition.holds(percent) for name in names}
    return True if True in above else None if None in above or not above else False


def _order(event: Event) -> tuple[date, str]:
    return event.day, event.kind
