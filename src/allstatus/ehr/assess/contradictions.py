"""Coded statuses that say otherwise than the facts: both are shown, the facts decide."""

from __future__ import annotations

from datetime import timedelta

from allstatus.decision.decision import Decision
from allstatus.ehr.assess.assessment import Assessment
from allstatus.ehr.evidence.chart_reading import ChartReading, Finding
from allstatus.rules.ruleset import NO_REMISSION
from allstatus.table.chart_context import Contradiction
from allstatus.table.decision_table import OUTSIDE


def contradictions(
    reading: ChartReading, decision: Decision, found: Assessment, window: timedelta, *, final: bool
) -> tuple[Contradiction, ...]:
    """Coded statuses of this time that say otherwise, each with both."""
    agreeing = _agreeing(decision)
    if not agreeing or found.day is None:
        return ()
    coded = [
        item
        for item in reading.asserted
        if abs(item.when.last - found.day) <= window or (final and item.when.last >= found.day)
    ]
    coded += reading.current if final else []
    outcome = decision.status or decision.outcome
    return tuple(_contradiction(item, outcome) for item in coded if item.value not in agreeing)


def _agreeing(decision: Decision) -> tuple[str, ...]:
    """The coded statuses that agree with an answer; none where any may or nothing is decided."""
    if decision.status is not None:
        return decision.rules.statuses[decision.status].asserts
    return (NO_REMISSION,) if decision.outcome == OUTSIDE else ()


def _contradiction(item: Finding, outcome: str) -> Contradiction:
    evidence = item.evidence
    because = (
        f"{evidence.source}: the coded status says {item.value.replace('_', ' ')} "
        f"({evidence.code.rpartition('|')[2]}), "
        f"the facts say {outcome.replace('_', ' ')}; both are shown, the facts decide"
    )
    return Contradiction(evidence.source, evidence.code, item.value, because)
