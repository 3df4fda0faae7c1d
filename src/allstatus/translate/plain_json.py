"""The rule set as plain JSON: every case that can be with its outcome, so that a port needs no rule
engine.

A port gives each criterion a verdict (true, false or unknown), applies the assumptions, and reads
the outcomes off the cases that contradict nothing known.
"""

from __future__ import annotations

from typing import Any

from allstatus.record.frozen import plain
from allstatus.record.percent import format_number
from allstatus.rules.ruleset import Criterion, Fact, RuleSet
from allstatus.table.case_set import members
from allstatus.table.decision_table import OUTSIDE, DecisionTable

FORMAT = "allstatus rules, plain, 1"


def about_rules(table: DecisionTable) -> dict[str, Any]:
    """Which rules these are: id, version, digests, source and notice."""
    rules = table.ruleset
    return {
        "id": rules.id,
        "version": rules.version,
        "title": rules.title,
        "digest": rules.digest,
        "table_digest": table.digest,
        "effective_from": rules.effective_from,
        "source": plain(rules.source),
        "notice": rules.notice,
    }


def to_plain(table: DecisionTable) -> dict[str, Any]:
    """The document: facts, criteria, assumptions, statuses with the listed options, and the
    cases.
    """
    rules = table.ruleset
    assumable = [fact for fact in rules.facts.values() if fact.assume is not None]
    return {
        "format": FORMAT,
        "ruleset": about_rules(table),
        "population": plain(rules.population),
        "facts": {name: plain_fact(fact) for name, fact in rules.facts.items()},
        "criteria": {name: plain_criterion(one) for name, one in rules.criteria.items()},
        # of the verdicts in a case, for languages whose objects have none
        "order": list(rules.criteria),
        "assumptions": [_assumption(rules, fact) for fact in assumable],
        "statuses": {
            name: {"title": status.title, "options": _options(rules, name)}
            for name, status in rules.statuses.items()
        },
        "regions": {name: region.sentence for name, region in rules.regions.items()},
        "constraints": {name: constraint.because for name, constraint in rules.constraints.items()},
        "cases": [_case(table, number, assumable) for number in members(table.consistent)],
    }


def plain_fact(fact: Fact) -> dict[str, Any]:
    """Its kind, values and question."""
    return {"kind": fact.kind, "values": list(fact.values), "question": fact.question}


def plain_criterion(criterion: Criterion) -> dict[str, Any]:
    """Its title and its condition; a limit as a decimal string, or as a fraction where no decimal
    ends there.
    """
    condition = criterion.condition
    operand = condition.operand if condition.limit is None else format_number(condition.limit)
    return {
        "title": criterion.title,
        "fact": condition.fact,
        "operator": condition.operator,
        "operand": operand,
    }


def _assumption(rules: RuleSet, fact: Fact) -> dict[str, Any]:
    assert fact.assume is not None
    verdicts = {
        name: rules.criteria[name].condition.holds(fact.assume.value)
        for name in rules.criteria_of(fact.name)
    }
    return {
        "fact": fact.name,
        "value": fact.assume.value,
        "verdicts": verdicts,
        "because": fact.assume.because,
    }


def _options(rules: RuleSet, status: str) -> list[dict[str, Any]]:
    return [
        {key: option[key] for key in ("id", "title", "category", "listed_by")}
        for option in rules.options[status]
    ]


def _case(table: DecisionTable, number: int, assumable: list[Fact]) -> dict[str, Any]:
    """A case: its verdicts in the order of the criteria, and which assumptions its facts allow."""
    case, bit = table.cases[number], 1 << number
    return {
        "verdicts": [case[name] for name in table.criteria],
        "outcome": next((name for name, cases in table.statuses.items() if cases & bit), OUTSIDE),
        "regions": [name for name, cases in table.regions.items() if cases & bit],
        "may_assume": [
            f.name
            for f in assumable
            if f.assume and (f.assume.when is None or f.assume.when.holds(case))
        ],
    }
