"""The totals of a run by outcome: a status where one is determined, else the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allstatus.bulk.results import Results
    from allstatus.bulk.run import Totals


def by_outcome(results: Results, totals: Totals) -> dict[str, int]:
    """Rows for each status, in the rule set's order, then for each other outcome and for the rejects."""
    names = [*results.cells.ruleset.statuses, "outside_definitions", "insufficient_data", "conflicting_data"]
    rows = dict.fromkeys(names, 0)
    outcomes, statuses = results.lookups["outcome"].texts, results.lookups["status"].texts
    for cell, count in totals.cells.items():
        rows[statuses[cell] or outcomes[cell] or ""] += count
    return {**rows, "rejected": totals.rejected}
