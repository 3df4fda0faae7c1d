"""The trace: every definition clause by clause, each true, false or unknown, read off the table."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from allstatus.measurement import Percent, format_number
from allstatus.rules.condition import Clause
from allstatus.rules.model import Criterion, Status
from allstatus.table import Cell, DecisionTable

WORDS = {True: "true", False: "false", None: "unknown"}


def build_trace(table: DecisionTable, cell: Cell, values: Mapping[str, Any]) -> dict[str, Any]:
    """`statuses` with their verdicts and top clauses, and `nodes` by id (flat, children by id)."""
    builder = _TraceBuilder(table, cell, values)
    statuses = [builder.status(status) for status in table.ruleset.statuses.values()]
    return {"statuses": statuses, "nodes": builder.nodes}


class _TraceBuilder:
    def __init__(self, table: DecisionTable, cell: Cell, values: Mapping[str, Any]) -> None:
        self.table, self.cell, self.values = table, cell, values
        self.nodes: dict[str, dict[str, Any]] = {}

    def status(self, status: Status) -> dict[str, Any]:
        verdict = self._verdict(self.table.statuses[status.name])
        decisive = _deciding("all", verdict)
        ids = [self.clause(clause, status, decisive) for clause in status.clauses]
        for other in status.unless:
            ids.append(self._unless(status, other, decisive))
        return {"status": status.name, "verdict": WORDS[verdict], "clauses": ids}

    def clause(self, clause: Clause, status: Status, deciding: tuple[bool | None, ...]) -> str:
        """Add a clause and all below it; `deciding` are the verdicts that decide its parent."""
        verdict = self._verdict(self.table.where(clause))
        decisive = verdict in deciding
        node: dict[str, Any] = {"kind": clause.kind, "criterion": clause.criterion, "verdict": WORDS[verdict], "decisive": decisive}
        self.nodes[clause.path] = node
        inner = clause.children[0] if clause.kind == "not" else clause
        if inner.kind == "criterion":
            criterion = self.table.ruleset.criteria[str(inner.criterion)]
            node.update(criterion=criterion.name, children=[], **self._observed(criterion, clause.kind != "not"))
            node.update(reading=clause.reading or criterion.reading, cite=dict(clause.cite or criterion.cite))
            node["note"] = clause.note
        else:
            below = _deciding(clause.kind, verdict) if decisive else ()
            children = [self.clause(child, status, below) for child in clause.children]
            node.update(children=children, expected=None, actual=None, margin=None, at_threshold=False)
            node.update(reading=clause.reading or status.reading, cite=dict(clause.cite or status.cite), note=clause.note)
        return clause.path

    def _unless(self, status: Status, other: str, deciding: tuple[bool | None, ...]) -> str:
        path = f"{status.name}.unless.{other}"
        verdict = self._verdict(self.table.everything & ~self.table.statuses[other])
        title = self.table.ruleset.statuses[other].title
        self.nodes[path] = {
            "kind": "unless", "criterion": None, "verdict": WORDS[verdict], "decisive": verdict in deciding, "children": [],
            "expected": f"not: {title}", "actual": None, "margin": None, "at_threshold": False,
            "reading": "interpretation", "cite": dict(status.cite), "note": None,
        }  # fmt: skip
        return path

    def _verdict(self, cases: int) -> bool | None:
        if not self.cell.completions:
            return None
        return self.table.verdict(self.cell.completions, cases)

    def _observed(self, criterion: Criterion, wanted: bool) -> dict[str, Any]:
        condition, value = criterion.condition, self.values[criterion.condition.fact]
        observed: dict[str, Any] = {
            "expected": criterion.title if wanted else criterion.otherwise,
            "actual": value, "margin": None, "at_threshold": False,
        }  # fmt: skip
        if isinstance(value, Percent) and condition.limit is not None:
            observed["actual"] = value.text
            observed["margin"] = _margin(value, condition.limit)
            observed["at_threshold"] = value.exact == condition.limit
        return observed


def _deciding(kind: str, verdict: bool | None) -> tuple[bool | None, ...]:
    """Which verdicts of children decide a parent of this kind and verdict."""
    if kind == "not":
        return (None,) if verdict is None else (not verdict,)
    return (verdict,)


def _margin(value: Percent, limit: Fraction) -> str | None:
    """How far an exact value lies from the limit, signed, in percentage points."""
    if value.exact is None:
        return None
    margin = value.exact - limit
    return f"+{format_number(margin)}" if margin > 0 else format_number(margin)
