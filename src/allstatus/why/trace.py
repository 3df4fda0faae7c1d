"""The trace: every definition clause by clause, each true, false or unknown, read off the table.

What depends only on the cell is built once for each cell; a decision adds what was observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

from allstatus.record.frozen import FrozenDict
from allstatus.record.value_class import value_class
from allstatus.rules.condition import Clause, Reading
from allstatus.rules.ruleset import Criterion, Status
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import Cell, DecisionTable
from allstatus.why.cites import PageCite
from allstatus.why.counting_error import CountingError
from allstatus.why.observed import Observation

NodeKind = Literal["criterion", "all", "any", "not", "unless"]
VerdictWord = Literal["true", "false", "unknown"]
WORDS: dict[bool | None, VerdictWord] = {True: "true", False: "false", None: "unknown"}


@value_class
class TraceNode:
    """One clause: what it asks (`expected`), its verdict, whether it decides its parent, what was
    observed, and where it was read. `children` are the ids of the clauses below it.
    """

    kind: NodeKind
    criterion: str | None
    verdict: VerdictWord
    decisive: bool
    children: tuple[str, ...]
    expected: str | None
    actual: Any
    margin: str | None
    at_threshold: bool
    counting_error: CountingError | None
    note: str | None
    reading: Reading
    cite: PageCite

    def seen(self, observation: Observation) -> TraceNode:
        """The same node with an observation."""
        before = self.kind, self.criterion, self.verdict, self.decisive, self.children
        after = self.note, self.reading, self.cite
        return TraceNode(*before, self.expected, *observation, *after)


@value_class
class StatusTrace:
    """One status: its verdict and the ids of its top clauses."""

    status: str
    verdict: VerdictWord
    clauses: tuple[str, ...]


@value_class
class Trace:
    """Every status and every clause (`nodes` by id, flat); which remission it is, where known."""

    statuses: tuple[StatusTrace, ...]
    nodes: Mapping[str, TraceNode]
    remission_number: int | None


@value_class
class WhyNot:
    """Why a status does not hold: the ids of the clauses that fail, or the facts it waits for.

    `together`: no one of the failing clauses is false alone, but they cannot all hold.
    """

    status: str
    failing: tuple[str, ...] = ()
    together: bool = False
    waiting_for: tuple[str, ...] = ()


@dataclass(slots=True)
class TraceOutline:
    """The trace of a cell without observations: statuses, nodes by id, and the criterion of each
    node.
    """

    statuses: list[StatusTrace] = field(default_factory=list)
    nodes: dict[str, TraceNode] = field(default_factory=dict)
    criteria: dict[str, Criterion] = field(default_factory=dict)


Nodes = dict[tuple[str, bool | None, bool], TraceNode]  # by id, verdict, whether it decides


class Tracer:
    """Traces for one decision table."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self._outlines: dict[tuple[bool | None, ...], TraceOutline] = {}
        self._nodes: Nodes = {}

    def trace(
        self, cell: Cell, observed: Mapping[str, Observation], remission_number: Any
    ) -> Trace:
        """The trace of a cell with what was seen of each criterion (see `observed`)."""
        outline = self.outline(cell)
        nodes = {
            path: node.seen(observed[outline.criteria[path].name])
            if path in outline.criteria
            else node
            for path, node in outline.nodes.items()
        }
        return Trace(tuple(outline.statuses), FrozenDict(nodes), remission_number)

    def outline(self, cell: Cell) -> TraceOutline:
        """The trace of a cell without observations."""
        outline = self._outlines.get(cell.verdicts)
        if outline is None:
            outline = _Outliner(self.table, cell, self._nodes).outline
            self._outlines[cell.verdicts] = outline
        return outline

    def why_not(self, cell: Cell) -> tuple[WhyNot, ...]:
        """For each status that does not hold: its decisive failing clauses, or the facts it waits
        for.
        """
        open_statuses = (s for s in self.outline(cell).statuses if s.verdict != "true")
        return tuple([self._why_not(cell, s) for s in open_statuses]) if cell.completions else ()

    def _why_not(self, cell: Cell, status: StatusTrace) -> WhyNot:
        outline = self.outline(cell)
        leaves = tuple(decisive_leaves(outline.nodes, status.clauses))
        if status.verdict == "unknown":
            asked = [outline.criteria[path] for path in leaves if path in outline.criteria]
            facts = dict.fromkeys(criterion.condition.fact for criterion in asked)
            return WhyNot(status.status, waiting_for=tuple(facts))
        if leaves:
            return WhyNot(status.status, leaves)
        return WhyNot(status.status, self._exclude_each_other(cell, status.status), together=True)

    def _exclude_each_other(self, cell: Cell, status: str) -> tuple[str, ...]:
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
                    return paths
        raise AssertionError("a status that cannot hold has clauses that exclude each other")


def decisive_leaves(nodes: Mapping[str, TraceNode], paths: Iterable[str]) -> Iterator[str]:
    """The clauses without clauses below that decide, in reading order."""
    for path in paths:
        node = nodes[path]
        if node.decisive:
            yield from decisive_leaves(nodes, node.children) if node.children else (path,)


class _Outliner:
    """Walks the statuses of a rule set for one cell; `known` are the nodes of cells before."""

    def __init__(self, table: DecisionTable, cell: Cell, known: Nodes) -> None:
        self.table, self.cell, self.outline, self._known = table, cell, TraceOutline(), known
        for status in table.ruleset.statuses.values():
            self._status(status)

    def _status(self, status: Status) -> None:
        verdict = self._verdict(self.table.statuses[status.name])
        deciding = _deciding("all", verdict)
        paths = [self._clause(clause, status, deciding) for clause in status.clauses]
        paths += [self._unless(status, other, deciding) for other in status.unless]
        self.outline.statuses.append(StatusTrace(status.name, WORDS[verdict], tuple(paths)))

    def _clause(self, clause: Clause, status: Status, deciding: tuple[bool | None, ...]) -> str:
        """Add a clause and all below it; `deciding` are the verdicts that decide its parent."""
        path, verdict = clause.path, self._verdict(self.table.where(clause))
        key = path, verdict, verdict in deciding
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = self._made(clause, status, *key[1:])
        self.outline.nodes[path] = node
        if node.criterion is None:
            below = _deciding(clause.kind, verdict) if node.decisive else ()
            for child in clause.children:
                self._clause(child, status, below)
        else:
            self.outline.criteria[path] = self.table.ruleset.criteria[node.criterion]
        return path

    def _made(
        self, clause: Clause, status: Status, verdict: bool | None, decisive: bool
    ) -> TraceNode:
        """The node of a clause: of a criterion, or with clauses below."""
        inner = clause.children[0] if clause.kind == "not" else clause
        if inner.criterion is None:
            node = self._node(clause.kind, verdict, decisive, status, clause)
            return replace(node, children=tuple([child.path for child in clause.children]))
        criterion = self.table.ruleset.criteria[inner.criterion]
        node = self._node(clause.kind, verdict, decisive, criterion, clause)
        expected = criterion.otherwise if clause.kind == "not" else criterion.title
        return replace(node, criterion=criterion.name, expected=expected)

    def _unless(self, status: Status, other: str, deciding: tuple[bool | None, ...]) -> str:
        path = f"{status.name}.unless.{other}"
        verdict = self._verdict(self.table.everything & ~self.table.statuses[other])
        key = path, verdict, verdict in deciding
        if key not in self._known:
            title = self.table.ruleset.statuses[other].title
            node = self._node("unless", *key[1:], status)
            self._known[key] = replace(node, expected=f"not: {title}", reading="interpretation")
        self.outline.nodes[path] = self._known[key]
        return path

    @staticmethod
    def _node(
        kind: NodeKind,
        verdict: bool | None,
        decisive: bool,
        owner: Criterion | Status,
        clause: Clause | None = None,
    ) -> TraceNode:
        """A node without children and observation; a clause's own reading goes first."""
        own = clause or Clause("all", "")
        cite = own.cite or owner.cite
        return TraceNode(
            kind=kind,
            criterion=None,
            verdict=WORDS[verdict],
            decisive=decisive,
            children=(),
            expected=None,
            actual=None,
            margin=None,
            at_threshold=False,
            counting_error=None,
            note=own.note,
            reading=own.reading or owner.reading,
            cite=PageCite(cite.get("section", ""), cite.get("sentence", "")),
        )

    def _verdict(self, cases: CaseSet) -> bool | None:
        return self.table.verdict(self.cell.completions, cases) if self.cell.completions else None


def _deciding(kind: str, verdict: bool | None) -> tuple[bool | None, ...]:
    """Which verdicts of children decide a parent of this kind and verdict."""
    if kind == "not":
        return (None,) if verdict is None else (not verdict,)
    return (verdict,)
