"""The rule set as a PlanDefinition, with a Library of its decision table and CQL."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping

from allstatus.decision.options import list_options
from allstatus.ehr.out.data_requirements import requirements_of
from allstatus.ehr.out.names import Json, Names, coded
from allstatus.ehr.out.request_group import action_of
from allstatus.ehr.out.terminology import camel, head
from allstatus.rules.ruleset import Status
from allstatus.table.decision_table import DecisionTable


def make_plan(names: Names) -> Json:
    """One action for each status, applicable when the library says so (`IsInRemission`), holding
    what the page lists for it.
    """
    return {
        **head(names, "PlanDefinition", "", "status and what the page lists for it"),
        "type": coded("plan-definition-type", "eca-rule", "ECA Rule"),
        "relatedArtifact": [_source(names)],
        "library": [names.versioned("Library")],
        "action": [_action(names, status) for status in names.ruleset.statuses.values()],
    }


def make_library(names: Names, table: DecisionTable, cql: str | None = None) -> Json:
    """The decision table, the CQL library if there is one, and the data that the rules need."""
    content = [_attachment("text/cql", cql, "CQL library")] if cql else []
    content.append(_attachment("text/csv", table.csv, f"Decision table, SHA-256 {table.digest}"))
    return {
        **head(names, "Library", "", "the rules"),
        "name": camel(names.ruleset.id),
        "type": coded("library-type", "logic-library", "Logic Library"),
        "relatedArtifact": [_source(names)],
        "dataRequirement": [
            needed for fact in names.ruleset.facts for needed in requirements_of(names, fact)
        ],
        "content": content,
    }


def _action(names: Names, status: Status) -> Json:
    # by name: some engines can do no more
    expression = {"language": "text/cql", "expression": status.condition_name}
    return {
        "title": status.title,
        "description": names.concepts[status.name].definition,
        "code": [names.rule(status.name)],
        "documentation": list(_citations(names, status)),
        "condition": [{"kind": "applicability", "expression": expression}],
        "action": [action_of(names, option) for option in list_options(names.ruleset, status.name)],
    }


def _citations(names: Names, status: Status) -> Iterator[Json]:
    """The sentences of the page behind a status, each once."""
    criteria = names.ruleset.criteria
    nodes = [node for clause in status.clauses for node in clause.walk()]
    cites = [status.cite] + [
        node.cite or criteria[str(node.criterion)].cite
        for node in nodes
        if node.cite or node.criterion
    ]
    once: dict[str, Mapping[str, str]] = {}
    for cite in cites:
        once.setdefault(cite["sentence"], cite)
    yield from map(names.citation, once.values())


def _source(names: Names) -> Json:
    source = names.ruleset.source
    return {
        "type": "derived-from",
        "display": f"{source['title']}, reviewed {source['last_reviewed']}",
        "url": source["url"],
    }


def _attachment(kind: str, text: str, title: str) -> Json:
    return {"contentType": kind, "title": title, "data": b64encode(text.encode()).decode("ascii")}
