"""The same records decided by two rule sets: how many are answered differently, from what to
what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.errors import InvalidRecord

EXAMPLES = 5


@dataclass(slots=True)
class CohortDiff:
    """`flips` maps (was, now) to how many records, `examples` to the ids of the first few."""

    records: int = 0
    same: int = 0
    refused: int = 0
    flips: dict[tuple[str, str], int] = field(default_factory=dict)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def compare_cohort(
    old: Classifier, new: Classifier, records: Iterable[tuple[int | None, Any]]
) -> CohortDiff:
    """Decide every record by both; a record either refuses is counted as refused."""
    diff = CohortDiff()
    for number, value in records:
        diff.records += 1
        try:
            if isinstance(value, InvalidRecord):
                raise value
            decided = new.classify(value)
            was, now = describe(old.classify(value)), describe(decided)
        except InvalidRecord:
            diff.refused += 1
            continue
        if was == now:
            diff.same += 1
            continue
        diff.flips[was, now] = diff.flips.get((was, now), 0) + 1
        examples = diff.examples.setdefault((was, now), [])
        if len(examples) < EXAMPLES:
            examples.append(f"record {number or 1}" if decided.id is None else str(decided.id))
    return diff


def describe(decision: Decision) -> str:
    """The answer in one phrase: the status, or the outcome with what is still possible."""
    if decision.outcome == "insufficient_data":
        return f"insufficient_data ({', '.join(decision.possible)})"
    return decision.status or decision.outcome
