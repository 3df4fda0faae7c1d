"""How rules, citations and answers are worded on the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pieces import anchor, code, plain

from allstatus.rules.condition import Clause
from allstatus.rules.phrases import Says
from allstatus.rules.ruleset import Criterion, RuleSet
from allstatus.table.decision_table import OUTSIDE

READINGS = {"literal": "the page's word", "interpretation": "**our reading**"}
OUTCOMES = {
    OUTSIDE: "not described by the page",
    "insufficient_data": "cannot tell yet",
    "conflicting_data": "contradicts itself",
    "not_applicable": "not about ALL",
}


def about(rules: RuleSet) -> Iterator[tuple[str, str]]:
    """The lines of a rule set's head."""
    source = rules.source
    yield (
        "read from",
        f"[{plain(source['title'])}]({source['url']}), reviewed {source['last_reviewed']}",
    )
    yield "version", f"{rules.version}, in force from {rules.effective_from}"
    yield "digest", code(rules.digest)
    yield "by name", code(f"--rules {rules.id}")


def sentences(text: str) -> str:
    """A paragraph, set apart."""
    return f"```{{note}}\n{plain(text)}\n```\n"


def to_a_student(rules: RuleSet, says: Says) -> str:
    """What is said whatever the case, and after it what is said in some cases only."""
    told: dict[bool, list[str]] = {False: [], True: []}
    for phrase in says["student"]:
        told[bool(phrase.criteria())].append(plain(rules.with_limits(phrase.text)))
    always, sometimes = " ".join(told[False]), " ".join(told[True])
    return f"{always} *In some cases:* {sometimes}".strip() if sometimes else always


def cited(cite: Mapping[str, Any]) -> str:
    """Where it stands on the page: the section, and the sentence by its fingerprint."""
    section = " › ".join(
        plain(part.strip()) for part in str(cite.get("section") or "").split(" > ")
    )
    title = f"{plain(cite['title'])}: " if cite.get("title") else ""
    sentence = f", sentence `{cite['sentence'][:12]}`" if cite.get("sentence") else ""
    return f"{title}{section}{sentence}"


def reading(word: str | None) -> str:
    """`literal` or `interpretation`, in words."""
    return READINGS.get(str(word), "")


def answer(rules: RuleSet, name: str) -> str:
    """A status or another outcome, in words."""
    return rules.statuses[name].title if name in rules.statuses else OUTCOMES[name]


def clause(
    criteria: Mapping[str, Criterion],
    node: Clause,
    page: str,
    depth: int = 0,
    *,
    source: bool = True,
) -> Iterator[str]:
    """A clause as a nested list, each criterion linked to its section of `page`; with its reading
    and citation where `source`.
    """
    inner = node.children[0] if node.kind == "not" else node
    indent = "  " * depth
    if inner.kind != "criterion":
        yield f"{indent}- {'not ' if node.kind == 'not' else ''}{inner.kind} of:"
        for child in inner.children:
            yield from clause(criteria, child, page, depth + 1, source=source)
        return
    criterion = criteria[str(inner.criterion)]
    words = criterion.otherwise if node.kind == "not" else criterion.title
    line = f"{indent}- [{plain(words)}]({page}#{anchor(criterion.title)})"
    yield line + _source(criterion, node, inner, indent) if source else line


def _source(criterion: Criterion, node: Clause, inner: Clause, indent: str) -> str:
    said = reading(node.reading or inner.reading or criterion.reading)
    note, cite = node.note or inner.note, node.cite or inner.cite
    words = (f" ({said})" if said else "") + (f". {plain(note)}" if note else "")
    return words + (f"\n{indent}  <br><small>{cited(cite)}</small>" if cite else "")


def facts(stated: Mapping[str, Any]) -> str:
    """The facts of an example."""
    return ", ".join(
        f"{name.replace('_', ' ')} {code(_value(value))}" for name, value in stated.items()
    )


def _value(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def expected(rules: RuleSet, example: Mapping[str, Any]) -> str:
    """What an example of a status file expects."""
    if "status" in example:
        return answer(rules, example["status"])
    possible = ", ".join(answer(rules, name) for name in example.get("possible", ()))
    return answer(rules, example["outcome"]) + (f": {possible}" if possible else "")
