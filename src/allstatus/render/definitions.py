"""The definitions clause by clause, with what was observed beside each: as a tree, and as lines of
text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from allstatus.decision.answer import UNDECIDED
from allstatus.decision.decision import Decision
from allstatus.render.words import (
    MARK,
    NOT_EVALUATED,
    limit_words,
    margin_words,
    value_words,
    words,
)
from allstatus.rules.ruleset import RuleSet, Status
from allstatus.why.trace import Observation, TraceNode, WhyNot

Line = tuple[str, str, int]  # mark (empty for a remark), text, depth


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One clause: its state (a key of MARK), what is expected, what was observed, whose reading it
    is, and where from.

    `remarks` are what a reader should know of the value; a remark stands once in all definitions.
    """

    state: str
    expected: str
    observed: str
    reading: str | None
    section: str
    note: str | None
    remarks: tuple[str, ...]
    clauses: tuple[ClauseLine, ...]


@dataclass(frozen=True, slots=True)
class StatusDefinition:
    """One status with its clauses; all of them must hold."""

    status: str
    state: str
    title: str
    clauses: tuple[ClauseLine, ...]


def definitions(
    rules: RuleSet, decision: Decision, titles: dict[str, str]
) -> Iterator[StatusDefinition]:
    """Every status with its clauses, those that hold first."""
    tried = decision.outcome not in UNDECIDED
    said: set[str] = set()
    for status in sorted(
        decision.trace.statuses, key=lambda status: tuple(MARK).index(status.verdict)
    ):
        clauses = tuple(_clause(rules, decision, path, said, tried) for path in status.clauses)
        yield StatusDefinition(
            status.status,
            status.verdict if tried else NOT_EVALUATED,
            titles[status.status],
            clauses,
        )


def _clause(
    rules: RuleSet, decision: Decision, path: str, said: set[str], tried: bool
) -> ClauseLine:
    node = decision.trace.nodes[path]
    new = (
        tuple(remark for remark in remarks(rules, node.criterion, node) if remark not in said)
        if tried
        else ()
    )
    said.update(new)
    return ClauseLine(
        node.verdict if tried else NOT_EVALUATED,
        _expected(node),
        _observed(rules, decision, node),
        node.reading,
        node.cite.section,
        node.note,
        new,
        tuple(_clause(rules, decision, child, said, tried) for child in node.children),
    )


def definition_lines(rules: RuleSet, decision: Decision, titles: dict[str, str]) -> Iterator[Line]:
    """The definitions as lines of an outline."""
    for definition in definitions(rules, decision, titles):
        yield MARK[definition.state], definition.title, 0
        for clause in definition.clauses:
            yield from _lines(clause, 1)


def _lines(clause: ClauseLine, depth: int) -> Iterator[Line]:
    observed = f" [{clause.observed}]" if clause.observed else ""
    reading = "  (our reading)" if clause.reading == "interpretation" and not clause.clauses else ""
    yield MARK[clause.state], f"{clause.expected}{observed}{reading}", depth
    for remark in clause.remarks:
        yield "", remark, depth
    for child in clause.clauses:
        yield from _lines(child, depth + 1)


def _expected(node: TraceNode) -> str:
    if node.children:
        return "none of:" if node.kind == "not" else f"{node.kind} of:"
    return str(node.expected)


def _observed(rules: RuleSet, decision: Decision, node: TraceNode) -> str:
    """The value of a clause's fact, and how far it is from the limit; empty where a clause has no
    fact of its own.
    """
    if node.criterion is None:
        return ""
    fact = rules.criteria[node.criterion].condition.fact
    return value_words(rules, fact, decision.facts[fact]) + margin_words(node.margin)


def why_not_words(rules: RuleSet, decision: Decision) -> dict[str, str]:
    """For each status not reached what decides against it, or what it waits for."""
    return {
        entry.status: _against(rules, decision.trace.nodes, entry) for entry in decision.why_not
    }


def _against(rules: RuleSet, nodes: Mapping[str, TraceNode], entry: WhyNot) -> str:
    if entry.together:
        return "it cannot be that all of its clauses hold"
    if entry.failing:
        return "; ".join(_opposite(rules, nodes[path]) for path in entry.failing)
    return f"not decided until known: {', '.join(map(words, entry.waiting_for))}"


def _opposite(rules: RuleSet, node: TraceNode) -> str:
    """What is the case where a clause does not hold."""
    if node.criterion is None:
        return f"it is already {str(node.expected).removeprefix('not: ')}"
    criterion = rules.criteria[node.criterion]
    text = criterion.title if node.kind == "not" else criterion.otherwise
    return text[0].lower() + text[1:]


def remarks(rules: RuleSet, criterion: str | None, seen: Observation | TraceNode) -> Iterator[str]:
    """What a reader should know of a value on the limit, or counted in too few cells."""
    if criterion is not None and seen.at_threshold:
        belongs = " and ".join(
            status.title
            for status in rules.statuses.values()
            if _holds_at_limit(rules, status, criterion)
        )
        yield f"{limit_words(rules, criterion)} is on the line" + (
            f", which belongs to {belongs}" if belongs else ""
        )
    if error := seen.counting_error:
        side = "on both sides of the limit" if error.spans_threshold else "on one side of the limit"
        yield (
            f"{error.cells_counted} cells counted: the true share may lie from {error.low} "
            f"to {error.high} % (95 %), {side}"
        )


def _holds_at_limit(rules: RuleSet, status: Status, criterion: str) -> bool:
    """Whether a definition asks something of a criterion alone that holds where a value is exactly
    on its limit.
    """
    true_there = "=" in rules.criteria[criterion].condition.operator
    return any(
        clause.criteria() == {criterion} and clause.holds({criterion: true_there})
        for clause in status.clauses
    )
