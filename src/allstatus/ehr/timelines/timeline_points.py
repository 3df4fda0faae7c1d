"""The assessments of a chart as they are told: points in date order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from allstatus.decision.decision import Decision
from allstatus.ehr.assess.remissions import Past
from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.record.value_class import value_class
from allstatus.rules.ruleset import RELAPSE


@value_class
class Point:
    """One assessment decided. `number`: which remission it is, when it is one and no relapse before
    it is in doubt; `changed`: another status than the last known.
    """

    day: date | None
    decision: Decision
    number: int | None = None
    changed: bool = False


@dataclass(slots=True)
class Timeline:
    """A patient's points in date order, the decision as it stands (`now`), and the treatments
    behind them; `assuming`, the same under the assumption on signs and symptoms.
    """

    patient: str | int | None
    points: list[Point] = field(default_factory=list)
    now: Decision | None = None
    treatments: list[Finding] = field(default_factory=list)
    assuming: Timeline | None = None

    def beside(self) -> list[tuple[Point, Point | None]]:
        """Each point with the one of the same day under the assumption."""
        others = {point.day: point for point in self.assuming.points} if self.assuming else {}
        return [(point, others.get(point.day)) for point in self.points]


def add_point(
    points: list[Point], day: date | None, decision: Decision, past: Past, last: str | None
) -> str | None:
    """Append a point to those so far, of which `last` is the last known status; returns it anew."""
    known = decision.is_remission and all(event.kind != RELAPSE for event in past.maybe)
    number = past.relapse_count + 1 if known else None
    changed = decision.status is not None and decision.status != last
    points.append(Point(day, decision, number, changed))
    return decision.status or last
