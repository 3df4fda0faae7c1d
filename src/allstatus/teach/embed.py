"""What the teaching page carries: a rule set and its decision table as JSON, with every set of cases as a hexadecimal number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from allstatus.classify import Classifier
from allstatus.counting import binomial_interval
from allstatus.elsewhere import MARROW, REMISSION
from allstatus.errors import RulesError
from allstatus.explain.messages import LEVELS, message
from allstatus.explain.words import class_words, heading
from allstatus.facts import UNKNOWN, sources_of, state_facts
from allstatus.measurement import MARROW_GRADES, format_number
from allstatus.record import Record, Site
from allstatus.rules.comparisons import Definition, read_comparisons
from allstatus.rules.condition import Clause
from allstatus.rules.model import Fact, RuleSet, Status
from allstatus.table import DecisionTable

KINDS = ("yes_no", "choice", "percent")
FINDINGS = {"some": "present", "none": "absent"}
COUNTED = (200, 500)  # cells of the two counts the page compares
OWN_CONFLICTS = ("relapse_count_against_history", "one_value")  # of the record, not of a rule set


def embed_rules(classifier: Classifier) -> dict[str, Any]:
    """The rule set, its table and its words; raises RulesError for a kind of fact the page has no control for."""
    rules, table = classifier.ruleset, classifier.table
    _refuse_kinds(rules)
    return {
        "ruleset": _about(rules, table),
        "diagnoses": [*rules.population["icd10cm"], *rules.population["snomed"]],
        "record_keys": list(Record.model_fields),
        "grades": {name: _grade(grade) for name, grade in MARROW_GRADES.items()},
        "everything": _hex(table.everything),
        "consistent": _hex(table.consistent),
        "outside": _hex(table.outside),
        "facts": [_fact(classifier, fact) for fact in rules.facts.values()],
        "criteria": [_criterion(rules, table, name) for name in rules.criteria],
        "statuses": [_status(rules, table, status) for status in rules.statuses.values()],
        "regions": [{"name": name, "cases": _hex(cases)} for name, cases in table.regions.items()],
        "constraints": [_constraint(rules, table, name) for name in rules.constraints],
        "options": {name: [_option(option) for option in options] for name, options in rules.options.items()},
        "says": says(rules),
        "others": _others(rules),
        "counting": {str(cells): _intervals(cells) for cells in COUNTED},
    }


def says(rules: RuleSet) -> dict[str, dict[str, dict[str, str]]]:
    """What is said for each outcome, reason and level, in the rule set's own words."""
    reasons: Mapping[str, Any] = {
        "determined": rules.statuses,
        "outside_definitions": rules.regions,
        "insufficient_data": rules.facts,
        "conflicting_data": [*rules.constraints, *OWN_CONFLICTS],
    }
    return {
        outcome: {reason: {level: message(rules, outcome, level, reason) for level in LEVELS} for reason in names}
        for outcome, names in reasons.items()
    }


def _refuse_kinds(rules: RuleSet) -> None:
    if unknown := [fact.name for fact in rules.facts.values() if fact.kind not in KINDS]:
        raise RulesError([f"{rules.directory.name}/facts.yaml:1: the page has no control for {', '.join(unknown)}; use {', '.join(KINDS)}"])


def _hex(cases: int) -> str:
    return f"{cases:x}"


def _about(rules: RuleSet, table: DecisionTable) -> dict[str, Any]:
    return {
        "id": rules.id, "version": rules.version, "title": rules.title, "digest": rules.digest, "table_digest": table.digest,
        "source": dict(rules.source), "notice": rules.notice,
    }  # fmt: skip


def _grade(grade: Any) -> dict[str, Any]:
    return {"low": format_number(grade.low), "high": format_number(grade.high), "low_open": grade.low_open}


def _fact(classifier: Classifier, fact: Fact) -> dict[str, Any]:
    rules, classes = classifier.ruleset, classifier.resolver.classes[fact.name]
    entry: dict[str, Any] = {
        "name": fact.name, "kind": fact.kind, "question": fact.question, "values": list(fact.values), "about": fact.about,
        "burden": fact.burden, "answered_by": rules.test_titles(fact), "assume": _assume(classifier.table, fact),
        "classes": [{"region": c.region, "verdicts": dict(c.verdicts), "words": class_words(rules, c)} for c in classes],
    }  # fmt: skip
    if fact.kind == "choice":
        entry["reads"] = _reads(classifier, fact)
    if fact.name in ("signs_and_symptoms", "leukemia_outside_marrow"):
        entry["findings"] = FINDINGS
    if fact.name == "leukemia_outside_marrow":
        entry["sites"] = list(get_args(Site))
    if fact.name == "cbc":
        entry["panel"] = True
    return entry


def _reads(classifier: Classifier, fact: Fact) -> dict[str, list[str]]:
    """Words that a record may use and the rule set does not, each with the values it can mean."""
    words, sources = _words_in(Record.model_fields[fact.name].annotation), sources_of(classifier.ruleset.facts.values())
    meant = {}
    for word in words - {UNKNOWN, *fact.values}:
        value = state_facts(Record.read({fact.name: word}), (fact.name,), sources).values[fact.name]
        meant[word] = sorted(value) if isinstance(value, frozenset) else [value]
    return dict(sorted(meant.items()))


def _words_in(annotation: Any) -> set[str]:
    """Every word a type allows."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {word for part in get_args(annotation) for word in _words_in(part)}


def _others(rules: RuleSet) -> dict[str, Any]:
    """What a remission asks of the marrow, here (criteria and their verdicts) and by other definitions."""
    status = rules.statuses.get(REMISSION)
    marrow = [clause for clause in status.clauses if _asks_only(rules, clause, MARROW)] if status else []
    here = {name: clause.holds({name: True}) for clause in marrow for name in clause.criteria()}
    definitions = [d for d in read_comparisons() if d.kind == "remission" and d.ruleset != rules.id] if here else []
    return {"fact": MARROW, "here": here, "definitions": [_definition(definition) for definition in definitions]}


def _asks_only(rules: RuleSet, clause: Clause, fact: str) -> bool:
    return {rules.criteria[name].condition.fact for name in clause.criteria()} == {fact} and len(clause.criteria()) == 1


def _definition(definition: Definition) -> dict[str, str]:
    limit = definition.marrow
    return {
        "id": definition.id, "title": definition.title, "asks": str(limit),
        "comparator": limit.comparator, "limit": format_number(limit.value),
    }  # fmt: skip


def _assume(table: DecisionTable, fact: Fact) -> dict[str, Any] | None:
    if fact.assume is None:
        return None
    when = None if fact.assume.when is None else _hex(table.where(fact.assume.when))
    return {"value": fact.assume.value, "when": when, "because": fact.assume.because}


def _criterion(rules: RuleSet, table: DecisionTable, name: str) -> dict[str, Any]:
    criterion = rules.criteria[name]
    condition = criterion.condition
    limit = None if condition.limit is None else format_number(condition.limit)
    return {
        "name": name, "title": criterion.title, "otherwise": criterion.otherwise, "fact": condition.fact, "operator": condition.operator,
        "operand": condition.operand, "limit": limit, "section": criterion.cite["section"], "cases": _hex(table.where_true(name)),
    }  # fmt: skip


def _status(rules: RuleSet, table: DecisionTable, status: Status) -> dict[str, Any]:
    clauses = [_clause(rules, table, status, clause) for clause in status.clauses]
    for other in status.unless:
        title = rules.statuses[other].title
        node = _node(f"{status.name}.unless.{other}", "unless", table.everything & ~table.statuses[other])
        clauses.append(node | {"expected": f"not: {title}", "reading": "interpretation", "section": status.cite["section"]})
    return {
        "name": status.name, "title": status.title, "section": status.cite["section"], "reading": status.reading,
        "cases": _hex(table.statuses[status.name]), "clauses": clauses,
    }  # fmt: skip


def _node(path: str, kind: str, cases: int) -> dict[str, Any]:
    return {"path": path, "kind": kind, "cases": _hex(cases), "criterion": None, "expected": None, "note": None, "children": []}


def _clause(rules: RuleSet, table: DecisionTable, status: Status, clause: Clause) -> dict[str, Any]:
    inner = clause.children[0] if clause.kind == "not" else clause
    criterion = rules.criteria[str(inner.criterion)] if inner.kind == "criterion" else None
    owner = criterion or status
    node = _node(clause.path, clause.kind, table.where(clause))
    node.update(reading=clause.reading or owner.reading, section=(clause.cite or owner.cite)["section"], note=clause.note)
    if criterion is None:
        return node | {"children": [_clause(rules, table, status, child) for child in clause.children]}
    return node | {"criterion": criterion.name, "expected": criterion.otherwise if clause.kind == "not" else criterion.title}


def _constraint(rules: RuleSet, table: DecisionTable, name: str) -> dict[str, Any]:
    constraint = rules.constraints[name]
    criteria = sorted(constraint.condition.criteria() | constraint.consequence.criteria())
    return {"name": name, "broken": _hex(table.broken[name]), "criteria": criteria}


def _option(option: Any) -> dict[str, Any]:
    qualifier = option["qualifier"]
    return {
        "id": option["id"], "title": option["title"], "category": heading(option["category"]), "listed_by": option["listed_by"],
        "qualifier": None if qualifier is None else qualifier["text"], "section": option["cite"]["section"],
    }  # fmt: skip


def _intervals(cells: int) -> list[list[float]]:
    """The exact binomial 95 % interval for 0, 1, … half of the cells, in percent; the rest mirrors it."""
    return [[round(bound, 1) for bound in binomial_interval(blasts, cells)] for blasts in range(cells // 2 + 1)]
