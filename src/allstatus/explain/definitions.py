"""The definitions clause by clause as lines of a tree, with what was observed beside each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allstatus.explain.words import MARK, limit_words, margin_words, value_words, words
from allstatus.rules.model import RuleSet

Line = tuple[str, str, int]  # mark (empty for a remark), text, depth


def definition_lines(rules: RuleSet, document: dict[str, Any], titles: dict[str, str]) -> Iterator[Line]:
    """Every status with its clauses, those that hold first; a remark at the limit or on counting stands once."""
    said: set[str] = set()
    for status in sorted(document["trace"]["statuses"], key=lambda status: tuple(MARK).index(status["verdict"])):
        yield MARK[status["verdict"]], titles[status["status"]], 0
        for path in status["clauses"]:
            yield from _node(rules, document, path, 1, said)


def _node(rules: RuleSet, document: dict[str, Any], path: str, depth: int, said: set[str]) -> Iterator[Line]:
    node = document["trace"]["nodes"][path]
    yield MARK[node["verdict"]], node_words(rules, document, node), depth
    for remark in remarks(rules, node):
        if remark not in said:
            said.add(remark)
            yield "", remark, depth
    for child in node["children"]:
        yield from _node(rules, document, child, depth + 1, said)


def node_words(rules: RuleSet, document: dict[str, Any], node: dict[str, Any]) -> str:
    """A clause as it is expected, with what was observed and whether it is our reading."""
    if node["children"]:
        return "none of:" if node["kind"] == "not" else f"{node['kind']} of:"
    reading = "  (our reading)" if node["reading"] == "interpretation" else ""
    if node["criterion"] is None:
        return f"{node['expected']}{reading}"
    fact = rules.criteria[node["criterion"]].condition.fact
    return f"{node['expected']} [{value_words(rules, fact, document['facts'][fact])}{margin_words(node['margin'])}]{reading}"


def why_not_words(rules: RuleSet, document: dict[str, Any], titles: dict[str, str]) -> list[str]:
    """For each status not reached what decides against it, or what it waits for."""
    nodes, lines = document["trace"]["nodes"], []
    for entry in document["why_not"]:
        against = "; ".join(_opposite(rules, nodes[path]) for path in entry["failing"])
        if entry["together"]:
            lines.append(f"{titles[entry['status']]}: it cannot be that all of its clauses hold")
        elif against:
            lines.append(f"{titles[entry['status']]}: {against}")
        else:
            lines.append(f"{titles[entry['status']]}: not decided until known: {', '.join(map(words, entry['waiting_for']))}")
    return lines


def _opposite(rules: RuleSet, node: dict[str, Any]) -> str:
    """What is the case where a clause does not hold."""
    if node["criterion"] is None:
        return f"it is already {node['expected'].removeprefix('not: ')}"
    criterion = rules.criteria[node["criterion"]]
    text = criterion.title if node["kind"] == "not" else criterion.otherwise
    return text[0].lower() + text[1:]


def remarks(rules: RuleSet, node: dict[str, Any]) -> Iterator[str]:
    """What a reader should know of a value on the limit, or counted in too few cells."""
    if node["at_threshold"]:
        limit = limit_words(rules, node["criterion"])
        yield f"{limit} is on the line; the page's remission says {limit} or fewer"
    if error := node["counting_error"]:
        side = "on both sides of the limit" if error["spans_threshold"] else "on one side of the limit"
        yield f"{error['cells_counted']} cells counted: the true share may lie from {error['low']} to {error['high']} % (95 %), {side}"
