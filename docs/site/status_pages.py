"""The definitions of a rule set: each status clause by clause, with its examples and what the page
lists for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pieces import anchor, code, plain, table
from rule_words import cited, clause, expected, facts, reading, to_a_student

from allstatus.decision.classifier import Classifier
from allstatus.rules.ruleset import RuleSet, Status

HEAD = """# Definitions

A status holds when every line below it does. {legend}

"""
LEGEND = (
    "*The page's word*: the page says so. *Our reading*: the page leaves it open, we decided, and "
    "say so."
)


def page(classifier: Classifier) -> str:
    """All statuses of a rule set."""
    rules = classifier.ruleset
    return HEAD.format(legend=LEGEND) + "\n".join(
        line for status in rules.statuses.values() for line in _status(rules, status)
    )


def _status(rules: RuleSet, status: Status) -> Iterator[str]:
    yield f"## {plain(status.title)}\n"
    yield f"{to_a_student(rules, status.says)}\n"
    for part in status.clauses:
        yield from clause(rules.criteria, part, "criteria.md")
    for other in status.unless:
        yield (
            f"- unless "
            f"[{plain(rules.statuses[other].title)}](#{anchor(rules.statuses[other].title)}) holds"
        )
    yield f"\nRead from: {cited(status.cite)} ({reading(status.reading)}).\n"
    yield "### Examples\n\nRun whenever the rules are checked.\n"
    rows = (
        (plain(example["name"]), facts(example["facts"]), expected(rules, example))
        for example in status.examples
    )
    yield table(("example", "facts", "answer"), rows)
    yield (
        "### What the page lists\n\nListed by the page, in its order; nothing here is advice to "
        "use it.\n"
    )
    yield table(
        ("option", "category", "the page adds", "read from"),
        (_option(option) for option in rules.options[status.name]),
    )


def _option(option: Mapping[str, Any]) -> tuple[str, str, str, str]:
    title = f"{plain(option['title'])}<br>{code(option['id'])}"
    return title, option["category"].replace("_", " "), _qualifier(option), cited(option["cite"])


def _qualifier(option: Mapping[str, Any]) -> str:
    parts = [
        (option["qualifier"] or {}).get("text"),
        option["purpose"],
        "studied in clinical trials" * (option["listed_by"] != "page"),
    ]
    return plain(" ".join(part for part in parts if part))
