"""Coded statuses that say otherwise than the facts: both are shown, the facts decide."""

from __future__ import annotations

from datetime import timedelta

from allstatus.decision.decision import Decision
from allstatus.ehr.assessment import Assessment
from allstatus.ehr.chart_reading import ChartReading, Finding
from allstatus.table.chart_context import Contradiction

SAYS = {
    "in_remission": ("in_remission",),
    "relapse": ("recurrent",),
    "not_in_remission": ("untreated", "outside_definitions"),
}


def contradictions(
    reading: ChartReading, decision: Decision, found: Assessment, window: timedelta, *, final: bool
) -> tuple[Contradiction, ...]:
    """Coded statuses of this time that say otherwise, each with both."""
    outcome = decision.status or decision.outcome
    known = ("untreated", "in_remission", "recurrent", "outside_definitions")
    if outcome not in known or found.day is None:
        return ()
    coded = [
        item
        for item in reading.asserted
        if abs(item.when.last - found.day) <= window or (final and item.when.last >= found.day)
    ]
    coded += reading.current if final else []
    return tuple(_contradiction(item, outcome) for item in coded if outcome not in SAYS[item.value])


def _contradiction(item: Finding, outcome: str) -> Contradiction:
    evidence = item.evidence
    because = (
        f"{evidence.source}: the coded status says {item.value.replace('_', ' ')} "
        f"({evidence.code.rpartition('|')[2]}), "
        f"the facts say {outcome.replace('_', ' ')}; both are shown, the facts decide"
    )
    return Contradiction(evidence.source, evidence.code, item.value, because)
