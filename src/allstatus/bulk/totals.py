"""The totals of a run by outcome: a status where one is determined, else the outcome."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allstatus.bulk.batch_run import BatchTotals
    from allstatus.bulk.result_columns import Results
    from allstatus.rules.ruleset import RuleSet


def by_outcome(results: Results, totals: BatchTotals) -> dict[str, int]:
    """Rows for each status, in the rule set's order, then for each other outcome and for the
    rejects.
    """
    counts: Counter[str] = Counter()
    outcomes, statuses = results.lookups["outcome"].texts, results.lookups["status"].texts
    for cell, count in totals.cells.items():
        counts[statuses[cell] or outcomes[cell] or ""] += count
    return {**in_order(results.cells.ruleset, counts), "rejected": totals.rejected}


def in_order(rules: RuleSet, counts: Counter[str]) -> dict[str, int]:
    """Counts for each status, in the rule set's order, then for each other outcome."""
    return {
        name: counts[name]
        for name in (
            *rules.statuses,
            "outside_definitions",
            "insufficient_data",
            "conflicting_data",
        )
    }
