"""A rule set as a page to read: its definitions, regions and options in words."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.measurement import format_number
from allstatus.rules.condition import Clause
from allstatus.rules.model import RuleSet


def render_rules(ruleset: RuleSet) -> str:
    """The rule set in words."""
    return "\n".join(_lines(ruleset)) + "\n"


def _lines(ruleset: RuleSet) -> Iterator[str]:
    yield f"{ruleset.title}"
    yield f"{ruleset.id} {ruleset.version}, in force from {ruleset.effective_from}, digest {ruleset.digest}"
    yield f"source: {ruleset.source['title']} ({ruleset.source['url']}), reviewed {ruleset.source['last_reviewed']}"
    yield ""
    for threshold in ruleset.thresholds.values():
        yield f"{threshold.name} = {format_number(threshold.value)} {threshold.unit} since {threshold.since}: {threshold.title}"
    for status in ruleset.statuses.values():
        yield ""
        yield f"{status.title} [{status.name}]: all of"
        for clause in status.clauses:
            yield from _clause(ruleset, clause, 1)
        for other in status.unless:
            yield f"  unless {ruleset.statuses[other].title} holds"
        yield "  the page lists:"
        for option in ruleset.options[status.name]:
            yield f"    - {option['title']} [{option['category']}]"
    yield ""
    yield "What cannot be"
    for constraint in ruleset.constraints.values():
        yield f"  {constraint.name}: {constraint.because}"
    yield ""
    yield "What the page does not describe"
    for region in ruleset.regions.values():
        yield f"  {region.name}: {region.sentence}"
    yield ""
    yield ruleset.notice


def _clause(ruleset: RuleSet, clause: Clause, depth: int) -> Iterator[str]:
    indent = "  " * depth
    inner = clause.children[0] if clause.kind == "not" else clause
    if inner.kind == "criterion":
        criterion = ruleset.criteria[str(inner.criterion)]
        words = criterion.otherwise if clause.kind == "not" else criterion.title
        text = f"not ({criterion.condition})" if clause.kind == "not" else str(criterion.condition)
        yield f"{indent}- {words}   {text}   [{clause.reading or criterion.reading}]"
        return
    yield f"{indent}- {clause.kind} of"
    for child in clause.children:
        yield from _clause(ruleset, child, depth + 1)
