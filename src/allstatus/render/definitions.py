"""The definitions clause by clause, with what was observed beside each: as a tree, and as lines of
text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allstatus.decision.answer import UNDECIDED
from allstatus.decision.decision import Decision, follows_from
from allstatus.record.value_class import value_class
from allstatus.render.reader import Reader
from allstatus.render.words import MARK, NOT_EVALUATED, criterion_words, limit_words
from allstatus.rules.ruleset import RuleSet, Status
from allstatus.why.observed import Observation
from allstatus.why.trace import TraceNode, WhyNot

Line = tuple[str, str, int]  # mark (empty for a remark), text, depth


@value_class
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


@value_class
class StatusDefinition:
    """One status with its clauses, all of which must hold, where the page defines it, and what
    decides against it (empty where nothing does).
    """

    status: str
    state: str
    title: str
    section: str
    against: str
    clauses: tuple[ClauseLine, ...]


def definitions(decision: Decision, reader: Reader) -> Iterator[StatusDefinition]:
    """Every status with its clauses, those that hold first."""
    tried = decision.outcome not in UNDECIDED
    titles, against = reader.outcomes(), why_not_words(decision, reader)
    said: set[str] = set()
    for status in sorted(
        decision.trace.statuses, key=lambda status: tuple(MARK).index(status.verdict)
    ):
        clauses = tuple(_clause(decision, path, reader, said, tried) for path in status.clauses)
        yield StatusDefinition(
            status.status,
            status.verdict if tried else NOT_EVALUATED,
            titles[status.status],
            decision.rules.statuses[status.status].cite["section"],
            against.get(status.status, ""),
            clauses,
        )


def _clause(
    decision: Decision, path: str, reader: Reader, said: set[str], tried: bool
) -> ClauseLine:
    node = decision.trace.nodes[path]
    found = remarks(decision.rules, node.criterion, node, reader) if tried else ()
    new = tuple(remark for remark in found if remark not in said)
    said.update(new)
    return ClauseLine(
        node.verdict if tried else NOT_EVALUATED,
        _expected(node, reader),
        _observed(decision, node, reader),
        node.reading,
        node.cite.section,
        node.note,
        new,
        tuple(_clause(decision, child, reader, said, tried) for child in node.children),
    )


def _expected(node: TraceNode, reader: Reader) -> str:
    if node.kind == "unless":
        return reader.says("clauses", "unless", title=_other_status(node))
    return reader.says("clauses", node.kind) if node.children else str(node.expected)


def _other_status(node: TraceNode) -> str:
    """The title of the status that must not hold."""
    return str(node.expected).removeprefix("not: ")


def definition_lines(definitions: Iterable[StatusDefinition], reader: Reader) -> Iterator[Line]:
    """The definitions as lines of an outline."""
    for definition in definitions:
        yield MARK[definition.state], definition.title, 0
        for clause in definition.clauses:
            yield from _lines(clause, reader, 1)


def _lines(clause: ClauseLine, reader: Reader, depth: int) -> Iterator[Line]:
    observed = f" [{clause.observed}]" if clause.observed else ""
    ours = clause.reading == "interpretation" and not clause.clauses
    reading = f"  {reader.says('clauses', 'our_reading')}" if ours else ""
    yield MARK[clause.state], f"{clause.expected}{observed}{reading}", depth
    for remark in clause.remarks:
        yield "", remark, depth
    for child in clause.clauses:
        yield from _lines(child, reader, depth + 1)


def _observed(decision: Decision, node: TraceNode, reader: Reader) -> str:
    """The value of a clause's fact, and how far it is from the limit; empty where a clause has no
    fact of its own.
    """
    if node.criterion is None:
        return ""
    fact = decision.rules.criteria[node.criterion].condition.fact
    known = reader.known(fact, decision.facts[fact])
    return known + reader.margin(node.margin)


def why_not_words(decision: Decision, reader: Reader) -> dict[str, str]:
    """For each status not reached what decides against it, or what it waits for."""
    return {entry.status: _against(decision, entry, reader) for entry in decision.why_not}


def _against(decision: Decision, entry: WhyNot, reader: Reader) -> str:
    if entry.together:
        return reader.says("clauses", "together")
    if entry.failing:
        nodes = decision.trace.nodes
        return "; ".join(_failing(decision, nodes[path], reader) for path in entry.failing)
    facts = ", ".join(map(reader.words, entry.waiting_for))
    return reader.says("clauses", "waiting", facts=facts)


def _failing(decision: Decision, node: TraceNode, reader: Reader) -> str:
    """What is the case where a clause does not hold; what nobody recorded says so."""
    if node.criterion is None:
        return reader.says("clauses", "already", what=_other_status(node))
    words = criterion_words(decision.rules, node.criterion, node.kind == "not")
    fact = decision.rules.criteria[node.criterion].condition.fact
    if decision.facts[fact].state == "assumed":
        return f"{words} ({reader.says('known', 'assumed')})"
    return follows_words(decision, node.criterion, words, reader)


def follows_words(decision: Decision, criterion: str, words: str, reader: Reader) -> str:
    """What is so of a criterion, with what it follows from where its own fact does not say it."""
    known = follows_from(decision, criterion)
    because = [criterion_words(decision.rules, n, decision.verdicts[n]) for n in known]
    said = reader.says("and").join(because)
    return reader.says("clauses", "follows", words=words, because=said) if known else words


def remarks(
    rules: RuleSet, criterion: str | None, seen: Observation | TraceNode, reader: Reader
) -> Iterator[str]:
    """What a reader should know of a value on the limit, or counted in too few cells."""
    if criterion is not None and seen.at_threshold:
        limit, said, titles = limit_words(rules, criterion), "at_limit", list[str]()
        for holds, key in ((False, "at_limit_not"), (True, "at_limit_of")):
            asking = [s for s in rules.statuses.values() if _at_limit(rules, s, criterion, holds)]
            if asking:
                said, titles = key, [status.title for status in asking]
        yield reader.says("clauses", said, limit=limit, statuses=reader.says("and").join(titles))
    if error := seen.counting_error:
        said = "counted_both_sides" if error.spans_threshold else "counted_one_side"
        low, high = f"{error.low:g}", f"{error.high:g}"
        yield reader.says("clauses", said, cells=error.cells_counted, low=low, high=high)


def _at_limit(rules: RuleSet, status: Status, criterion: str, holds: bool) -> bool:
    """Whether a definition asks something of a criterion alone that holds, or does not, where a
    value is exactly on its limit.
    """
    true_there = "=" in rules.criteria[criterion].condition.operator
    return any(
        clause.criteria() == {criterion} and clause.holds({criterion: true_there}) is holds
        for clause in status.clauses
    )
