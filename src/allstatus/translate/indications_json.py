"""The overlay of stated uses as plain JSON, with the options it is about, for ports that answer
applicability too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from allstatus.decision.applicability import Applicability
from allstatus.record.frozen import plain
from allstatus.rules.condition import Clause
from allstatus.rules.indications import STATUS_FACT, AgentUse
from allstatus.rules.lock import table_digest
from allstatus.rules.ruleset import Fact
from allstatus.translate.plain_json import plain_criterion, plain_fact

FORMAT = "allstatus stated uses, plain, 1"


def about_uses(applicability: Applicability) -> dict[str, str]:
    """Which overlay it is: id, version, digests of its files and of its tables, notice."""
    return {**plain(applicability.about), "table_digest": table_digest(applicability.csv)}


def to_plain_uses(applicability: Applicability) -> dict[str, Any]:
    """The document: facts with the keys of the record, criteria, each agent's condition, and the
    options by status.
    """
    overlay, rules = applicability.overlay, applicability.ruleset
    return {
        "format": FORMAT,
        "overlay": about_uses(applicability),
        "facts": {fact.name: _fact(fact) for fact in overlay.facts.values()},
        "criteria": {name: plain_criterion(one) for name, one in overlay.criteria.items()},
        "agents": {
            use.agent: _agent(use)
            for use in overlay.agents.values()
            if rules.is_about(use.population)
        },
        "options": {status: list(map(_option, rules.options[status])) for status in rules.statuses},
    }


def _option(option: Mapping[str, Any]) -> dict[str, Any]:
    return {key: option[key] for key in ("id", "agents", "choice")}


def _fact(fact: Fact) -> dict[str, Any]:
    key = None if fact.name == STATUS_FACT else fact.record_key or fact.name
    return {**plain_fact(fact), "record_key": key}


def _agent(use: AgentUse) -> dict[str, Any]:
    others = [
        {
            "title": other.cite["title"],
            "says": other.says,
            "statuses": list(other.statuses),
            "all": None if other.clauses is None else _written(other.clauses),
        }
        for other in use.other_sources
    ]
    return {"title": use.title, "all": _written(use.clauses), "other_sources": others}


def _written(clauses: Iterable[Clause]) -> list[Any]:
    """Clauses as the rule files write them: a criterion's name, or all, any or not of others."""
    return [_clause(clause) for clause in clauses]


def _clause(clause: Clause) -> Any:
    if clause.kind == "criterion":
        return clause.criterion
    children = _written(clause.children)
    return {clause.kind: children[0] if clause.kind == "not" else children}
