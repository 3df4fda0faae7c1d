"""The trace: every definition clause by clause, each true, false or unknown, read off the table.

What depends only on the cell is built once for each cell; a decision adds what was observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any, Literal, NamedTuple

from allstatus.record.frozen import FrozenDict
from allstatus.record.percent import Percent, format_number
from allstatus.record.value_class import value_class
from allstatus.rules.condition import Clause, Reading
from allstatus.rules.ruleset import Criterion, Status
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import Cell, DecisionTable
from allstatus.why.cites import PageCite
from allstatus.why.counting_error import CountingError, counting_error

NodeKind = Literal["criterion", "all", "any", "not", "unless"]
VerdictWord = Literal["true", "false", "unknown"]
NEAR = 1  # points from a limit
_is_near = lru_cache(maxsize=4096)(lambda margin: abs(Fraction(margin)) <= NEAR)
Distance = tuple[str | None, bool, CountingError | None]
WORDS: dict[bool | None, VerdictWord] = {True: "true", False: "false", None: "unknown"}


class Observation(NamedTuple):
    """What was seen of a criterion's fact, as JSON has it; for a number its distance from the limit
    (percentage points, signed) and its counting error.
    """

    actual: Any = None
    margin: str | None = None
    at_threshold: bool = False
    counting_error: CountingError | None = None

    @property
    def near(self) -> bool:
        """Whether the number lies at the limit or at most a point from it."""
        return self.margin is not None and _is_near(self.margin)


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
        return replace(
            self,
            actual=observation.actual,
            margin=observation.margin,
            at_threshold=observation.at_threshold,
            counting_error=observation.counting_error,
        )


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


class Tracer:
    """Traces for one decision table."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self._outlines: dict[tuple[bool | None, ...], TraceOutline] = {}

    def trace(
        self, cell: Cell, observed: Mapping[str, Observation], remission_number: Any
    ) -> Trace:
        """The trace of a cell with what was seen of each criterion (see `observe`)."""
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
            outline = self._outlines[cell.verdicts] = _Outliner(self.table, cell).outline
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
        self.outline.statuses.append(StatusTrace(status.name, WORDS[verdict], tuple(paths)))

    def _clause(self, clause: Clause, status: Status, deciding: tuple[bool | None, ...]) -> str:
        """Add a clause and all below it; `deciding` are the verdicts that decide its parent."""
        verdict = self._verdict(self.table.where(clause))
        decisive = verdict in deciding
        inner = clause.children[0] if clause.kind == "not" else clause
        criterion = (
            self.table.ruleset.criteria[str(inner.criterion)] if inner.kind == "criterion" else None
        )
        owner: Criterion | Status = criterion or status
        self.outline.nodes[clause.path] = node = self._node(
            clause.kind, verdict, decisive, owner, clause
        )
        if criterion is None:
            below = _deciding(clause.kind, verdict) if decisive else ()
            children = tuple([self._clause(child, status, below) for child in clause.children])
            node = replace(node, children=children)
        else:
            self.outline.criteria[clause.path] = criterion
            expected = criterion.otherwise if clause.kind == "not" else criterion.title
            node = replace(node, criterion=criterion.name, expected=expected)
        self.outline.nodes[clause.path] = node
        return clause.path

    def _unless(self, status: Status, other: str, deciding: tuple[bool | None, ...]) -> str:
        path = f"{status.name}.unless.{other}"
        verdict = self._verdict(self.table.everything & ~self.table.statuses[other])
        self.outline.nodes[path] = replace(
            self._node("unless", verdict, verdict in deciding, status),
            expected=f"not: {self.table.ruleset.statuses[other].title}",
            reading="interpretation",
        )
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


def observe(criterion: Criterion, value: Any, shown: Any) -> Observation:
    """What was seen of a criterion's fact (`shown`), and for a number how far it lies from the
    limit.
    """
    return Observation(shown, *distance(criterion, value))


def distance(criterion: Criterion, value: Any) -> Distance:
    """How far a number lies from the limit of a criterion, and its counting error."""
    limit = criterion.condition.limit
    if limit is None or not isinstance(value, Percent):
        return None, False, None
    return _distance(value, *limit.as_integer_ratio())


@lru_cache(maxsize=4096)  # few spellings, often repeated; whole numbers are found sooner
def _distance(value: Percent, numerator: int, denominator: int) -> Distance:
    if value.exact is None:
        return None, False, None
    limit = Fraction(numerator, denominator)
    margin = value.exact - limit
    return _signed(margin), margin == 0, counting_error(value, limit)


def _deciding(kind: str, verdict: bool | None) -> tuple[bool | None, ...]:
    """Which verdicts of children decide a parent of this kind and verdict."""
    if kind == "not":
        return (None,) if verdict is None else (not verdict,)
    return (verdict,)


def _signed(margin: Fraction) -> str:
    return f"+{format_number(margin)}" if margin > 0 else format_number(margin)
