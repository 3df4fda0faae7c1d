"""A rule set as a page to read: its definitions, regions and options in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allstatus.rules.condition import Clause
from allstatus.rules.indications import Indications
from allstatus.rules.ruleset import Criterion, RuleSet


def render_rules(ruleset: RuleSet, overlay: Indications | None = None) -> str:
    """The rule set in words, and whom the stated use of its agents fits."""
    lines = [
        *_lines(ruleset),
        *(() if overlay is None else _overlay(ruleset, overlay)),
        "",
        ruleset.notice,
    ]
    return "\n".join(lines) + "\n"


def _lines(ruleset: RuleSet) -> Iterator[str]:
    yield f"{ruleset.title}"
    yield (
        f"{ruleset.id} {ruleset.version}, in force from {ruleset.effective_from}, digest "
        f"{ruleset.digest}"
    )
    yield (
        f"source: {ruleset.source['title']} ({ruleset.source['url']}), reviewed "
        f"{ruleset.source['last_reviewed']}"
    )
    yield ""
    for threshold in ruleset.thresholds.values():
        yield (f"{threshold.name} = {threshold.limit} since {threshold.since}: {threshold.title}")
    for status in ruleset.statuses.values():
        yield ""
        yield f"{status.title} [{status.name}]: all of"
        for clause in status.clauses:
            yield from _clause(ruleset.criteria, clause, 1)
        for other in status.unless:
            yield f"  unless {ruleset.statuses[other].title} holds"
        yield "  the page lists:"
        for option in ruleset.options[status.name]:
            yield f"    - {option['title']} [{option['category']}]{_qualified(option)}"
    yield ""
    yield "What cannot be"
    for constraint in ruleset.constraints.values():
        yield f"  {constraint.name}: {constraint.because}"
    yield ""
    yield "What the page does not describe"
    for region in ruleset.regions.values():
        yield f"  {region.name}: {region.sentence}"


def _qualified(option: Mapping[str, Any]) -> str:
    """Whom the page lists an option for, where it says only some."""
    qualifier = option["qualifier"]
    return f"   ({qualifier['text'].rstrip('.')})" if qualifier else ""


def _overlay(ruleset: RuleSet, overlay: Indications) -> Iterator[str]:
    """For each agent the rule set lists: for whom its stated use is, and what other sources say."""
    listed = {
        agent
        for options in ruleset.options.values()
        for option in options
        for agent in option["agents"]
    }
    yield ""
    yield f"{overlay.title} (not from the page)"
    yield f"{overlay.id} {overlay.version}, digest {overlay.digest}"
    for agent, use in overlay.agents.items():
        if agent not in listed or not ruleset.is_about(use.population):
            continue
        yield ""
        yield f"{use.title}: all of   [{use.reading}]   (source: {use.cite['title']})"
        for clause in use.clauses:
            yield from _clause(overlay.criteria, clause, 1)
        for other in use.other_sources:
            yield f"  elsewhere: {other.says} ({other.cite['title']})"
            for clause in other.clauses or ():
                yield from _clause(overlay.criteria, clause, 2)
    yield ""
    yield overlay.notice


def _clause(criteria: Mapping[str, Criterion], clause: Clause, depth: int) -> Iterator[str]:
    indent = "  " * depth
    inner = clause.children[0] if clause.kind == "not" else clause
    if inner.kind == "criterion":
        criterion = criteria[str(inner.criterion)]
        words = criterion.otherwise if clause.kind == "not" else criterion.title
        text = f"not ({criterion.condition})" if clause.kind == "not" else str(criterion.condition)
        reading = clause.reading or criterion.reading
        yield f"{indent}- {words}   {text}" + (f"   [{reading}]" if reading else "")
        return
    yield f"{indent}- {clause.kind} of"
    for child in clause.children:
        yield from _clause(criteria, child, depth + 1)
