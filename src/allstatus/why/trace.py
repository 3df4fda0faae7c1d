"""The trace: every definition clause by clause, each true, false or unknown, read off the table.

What depends only on the cell is built once for each cell; a decision adds what was observed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from allstatus.record.percent import Percent, format_number
from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import Criterion, Status
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import Cell, DecisionTable
from allstatus.why.counting_error import counting_error

WORDS = {True: "true", False: "false", None: "unknown"}
Node = dict[str, Any]
NOTHING_OBSERVED: Node = {
    "actual": None,
    "margin": None,
    "at_threshold": False,
    "counting_error": None,
}


@dataclass(slots=True)
class TraceOutline:
    """The trace of a cell without observations: statuses, nodes by id, and the criterion of each
    node.
    """

    statuses: list[Node] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    criteria: dict[str, Criterion] = field(default_factory=dict)


class Tracer:
    """Traces for one decision table."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self._outlines: dict[tuple[bool | None, ...], TraceOutline] = {}

    def trace(self, cell: Cell, observed: Mapping[str, Node]) -> dict[str, Any]:
        """`statuses` with their verdicts and top clauses, and `nodes` by id (flat, children by id).

        `observed` is what was seen of each criterion (see `observe`).
        """
        outline = self.outline(cell)
        nodes = {
            path: node
            | (
                observed[outline.criteria[path].name]
                if path in outline.criteria
                else NOTHING_OBSERVED
            )
            for path, node in outline.nodes.items()
        }
        return {"statuses": [dict(status) for status in outline.statuses], "nodes": nodes}

    def outline(self, cell: Cell) -> TraceOutline:
        """The trace of a cell without observations."""
        outline = self._outlines.get(cell.verdicts)
        if outline is None:
            outline = self._outlines[cell.verdicts] = _Outliner(self.table, cell).outline
        return outline

    def why_not(self, cell: Cell) -> list[Node]:
        """For each status that does not hold: its decisive failing clauses, or the facts it waits
        for.

        `together`: no one of the failing clauses is false alone, but they cannot all hold.
        """
        outline, entries = self.outline(cell), []
        for status in outline.statuses:
            if status["verdict"] == "true" or not cell.completions:
                continue
            leaves = list(decisive_leaves(outline.nodes, status["clauses"]))
            entry: Node = {
                "status": status["status"],
                "failing": [],
                "together": False,
                "waiting_for": [],
            }
            if status["verdict"] == "unknown":
                facts = [
                    outline.criteria[path].condition.fact
                    for path in leaves
                    if path in outline.criteria
                ]
                entry["waiting_for"] = list(dict.fromkeys(facts))
            elif leaves:
                entry["failing"] = leaves
            else:
                entry.update(
                    failing=self._exclude_each_other(cell, status["status"]), together=True
                )
            entries.append(entry)
        return entries

    def _exclude_each_other(self, cell: Cell, status: str) -> list[str]:
        """The fewest clauses of a status that no completion satisfies together."""
        needed = self.table.ruleset.statuses[status]
        cases = {clause.path: self.table.where(clause) for clause in needed.clauses}
        cases |= {
            f"{status}.unless.{other}": self.table.everything & ~self.table.statuses[other]
            for other in needed.unless
        }
        for size in range(2, len(cases) + 1):
            for paths in combinations(cases, size):
                left = cell.completions
                for path in paths:
                    left &= cases[path]
                if not left:
                    return list(paths)
        raise AssertionError("a status that cannot hold has clauses that exclude each other")


def decisive_leaves(nodes: Mapping[str, Node], paths: list[str]) -> Iterator[str]:
    """The clauses without clauses below that decide, in reading order."""
    for path in paths:
        node = nodes[path]
        if node["decisive"]:
            yield from decisive_leaves(nodes, node["children"]) if node["children"] else (path,)


class _Outliner:
    """Walks the statuses of a rule set for one cell."""

    def __init__(self, table: DecisionTable, cell: Cell) -> None:
        self.table, self.cell, self.outline = table, cell, TraceOutline()
        for status in table.ruleset.statuses.values():
            self._status(status)

    def _status(self, status: Status) -> None:
        verdict = self._verdict(self.table.statuses[status.name])
        deciding = _deciding("all", verdict)
        paths = [self._clause(clause, status, deciding) for clause in status.clauses]
        paths += [self._unless(status, other, deciding) for other in status.unless]
        self.outline.statuses.append(
            {"status": status.name, "verdict": WORDS[verdict], "clauses": paths}
        )

    def _clause(self, clause: Clause, status: Status, deciding: tuple[bool | None, ...]) -> str:
        """Add a clause and all below it; `deciding` are the verdicts that decide its parent."""
        verdict = self._verdict(self.table.where(clause))
        decisive = verdict in deciding
        inner = clause.children[0] if clause.kind == "not" else clause
        criterion = (
            self.table.ruleset.criteria[str(inner.criterion)] if inner.kind == "criterion" else None
        )
        owner: Criterion | Status = criterion or status
        node = self._node(clause.path, clause.kind, verdict, decisive)
        node.update(
            reading=clause.reading or owner.reading,
            cite=dict(clause.cite or owner.cite),
            note=clause.note,
        )
        if criterion is not None:
            self.outline.criteria[clause.path] = criterion
            node.update(
                criterion=criterion.name,
                expected=criterion.otherwise if clause.kind == "not" else criterion.title,
            )
        else:
            below = _deciding(clause.kind, verdict) if decisive else ()
            node["children"] = [self._clause(child, status, below) for child in clause.children]
        return clause.path

    def _unless(self, status: Status, other: str, deciding: tuple[bool | None, ...]) -> str:
        path = f"{status.name}.unless.{other}"
        verdict = self._verdict(self.table.everything & ~self.table.statuses[other])
        node = self._node(path, "unless", verdict, verdict in deciding)
        title = self.table.ruleset.statuses[other].title
        node.update(expected=f"not: {title}", reading="interpretation", cite=dict(status.cite))
        return path

    def _node(self, path: str, kind: str, verdict: bool | None, decisive: bool) -> Node:
        node: Node = {
            "kind": kind,
            "criterion": None,
            "verdict": WORDS[verdict],
            "decisive": decisive,
            "children": [],
        }
        node.update(expected=None, **NOTHING_OBSERVED, note=None)
        self.outline.nodes[path] = node
        return node

    def _verdict(self, cases: CaseSet) -> bool | None:
        return self.table.verdict(self.cell.completions, cases) if self.cell.completions else None


def observe(criterion: Criterion, value: Any, shown: Any) -> Node:
    """What was seen of a criterion's fact (`shown`), and for a number how far it lies from the
    limit.
    """
    limit = criterion.condition.limit
    if not isinstance(value, Percent) or limit is None:
        return NOTHING_OBSERVED | {"actual": shown}
    return {
        "actual": shown,
        "margin": _margin(value, limit),
        "at_threshold": value.exact == limit,
        "counting_error": counting_error(value, limit),
    }


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
