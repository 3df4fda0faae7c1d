"""What the teaching page carries: a rule set and its decision table as JSON, every set of cases a
hexadecimal number, nothing twice.
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from allstatus.decision.classifier import Classifier
from allstatus.record.model import Site
from allstatus.record.percent import format_number, grades_of
from allstatus.record.record_schema import AGE
from allstatus.rules.comparisons import OtherDefinition, other_remissions
from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import HIGHEST, RELAPSE, Fact, RuleSet, Status
from allstatus.table.decision_table import DecisionTable
from allstatus.table.facts import UNKNOWN, sources_of, state_facts
from allstatus.teach.page_words import embed_says, hexadecimal, one_or_each
from allstatus.teach.strings import COMPARISONS, fact_label, short_section, texts
from allstatus.why.other_definitions import MARROW

FINDINGS = {"some": "present", "none": "absent"}


def embed_rules(classifier: Classifier) -> dict[str, Any]:
    """The rule set, its table and its words."""
    rules, table = classifier.ruleset, classifier.table
    sections = _sections(rules)
    embedded = {
        "ruleset": _about(rules),
        "diagnoses": [*rules.population["icd10cm"], *rules.population["snomed"]],
        "other_keys": [key for key in rules.record_model.model_fields if key not in rules.facts],
        "grades": {
            name: _grade(grade) for fact in rules.facts for name, grade in grades_of(fact).items()
        },
        "consistent": hexadecimal(table.consistent),
        "sections": [short_section(section) for section in sections],
        "facts": [_fact(classifier, fact) for fact in rules.facts.values()],
        "criteria": [_criterion(rules, name, sections) for name in rules.criteria],
        "statuses": [_status(rules, table, status, sections) for status in rules.statuses.values()],
        "regions": {name: hexadecimal(cases) for name, cases in table.regions.items()},
        "constraints": [_constraint(rules, table, name) for name in rules.constraints],
        "options": {
            name: [_option(option) for option in options] for name, options in rules.options.items()
        },
        "says": embed_says(rules, table),
        "others": _others(rules),
    }
    return {key: _without_nothing(value) for key, value in embedded.items()}


def _without_nothing(value: Any) -> Any:
    """The same without keys that say nothing; the page takes an absent key as null, or as an empty
    list of children.
    """
    if isinstance(value, dict):
        return {
            key: _without_nothing(entry)
            for key, entry in value.items()
            if entry is not None and entry not in ([], ())
        }
    return (
        [_without_nothing(entry) for entry in value] if isinstance(value, list | tuple) else value
    )


def _sections(rules: RuleSet) -> list[str]:
    """Every section of the page that is cited; citations are places in this list."""
    statuses = rules.statuses.values()
    cited = [
        (clause.cite or status.cite)["section"]
        for status in statuses
        for top in status.clauses
        for clause in top.walk()
    ]
    cited += [status.cite["section"] for status in statuses] + [
        criterion.cite["section"] for criterion in rules.criteria.values()
    ]
    return list(dict.fromkeys(cited))


def _about(rules: RuleSet) -> dict[str, Any]:
    return {
        "id": rules.id,
        "version": rules.version,
        "title": rules.title,
        "digest": rules.digest,
        "source": dict(rules.source),
        "notice": rules.notice,
    }


def _grade(grade: Any) -> dict[str, Any]:
    return {
        "low": format_number(grade.low),
        "high": format_number(grade.high),
        "low_open": grade.low_open,
    }


def _fact(classifier: Classifier, fact: Fact) -> dict[str, Any]:
    rules = classifier.ruleset
    criteria = rules.criteria_of(fact.name)
    classes = {
        c.region.removeprefix(f"{fact.name} "): "".join("ft"[c.verdicts[name]] for name in criteria)
        for c in classifier.resolver.classes[fact.name]
    }
    entry: dict[str, Any] = {
        "name": fact.name,
        "kind": fact.kind,
        "question": fact.question,
        "values": list(fact.values),
        "about": fact.about,
        "burden": fact.burden,
        "answered_by": rules.test_titles(fact),
        "assume": _assume(classifier.table, fact),
        "classes": classes,
    }
    if fact.name not in texts(rules)["facts"]:
        entry["label"] = fact_label(rules, fact.name)
    if fact.kind == "choice":
        entry["reads"] = _reads(classifier, fact)
    if fact.kind == "number":
        entry |= _number(fact)
    if fact.name in ("signs_and_symptoms", "leukemia_outside_marrow"):
        entry["findings"] = FINDINGS
    if fact.name == "leukemia_outside_marrow":
        entry["sites"] = list(get_args(Site))
    if fact.name == "cbc":
        entry["panel"] = True
    return entry


def _number(fact: Fact) -> dict[str, Any]:
    """How a record states a plain number: up to what, whether it is a count, and whether as text
    too.
    """
    if fact.own:
        return {"highest": format_number(HIGHEST[fact.kind]), "spelled": True}
    return {"highest": str(AGE["maximum"])} if fact.name == "age_years" else {"whole": True}


def _reads(classifier: Classifier, fact: Fact) -> dict[str, list[str]]:
    """Words that a record may use and the rule set does not, each with the values it can mean."""
    model = classifier.record_model
    words, sources = (
        _words_in(model.model_fields[fact.name].annotation),
        sources_of(classifier.ruleset.facts.values()),
    )
    meant = {}
    for word in words - {UNKNOWN, *fact.values}:
        value = state_facts(model.read({fact.name: word}), (fact.name,), sources).values[fact.name]
        meant[word] = sorted(value) if isinstance(value, frozenset) else [value]
    return dict(sorted(meant.items()))


def _words_in(annotation: Any) -> set[str]:
    """Every word a type allows."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {word for part in get_args(annotation) for word in _words_in(part)}


def _others(rules: RuleSet) -> dict[str, Any]:
    """What a remission asks of the marrow, here (criteria and their verdicts) and by other
    definitions.
    """
    status = rules.remission
    marrow = (
        [clause for clause in status.clauses if _asks_only(rules, clause, MARROW)] if status else []
    )
    here = {name: clause.holds({name: True}) for clause in marrow for name in clause.criteria()}
    definitions = other_remissions(rules) if here else ()
    return {
        "fact": MARROW,
        "here": here,
        "definitions": [_definition(rules, definition) for definition in definitions],
    }


def _asks_only(rules: RuleSet, clause: Clause, fact: str) -> bool:
    return {rules.criteria[name].condition.fact for name in clause.criteria()} == {fact} and len(
        clause.criteria()
    ) == 1


def _definition(rules: RuleSet, definition: OtherDefinition) -> dict[str, str]:
    titles = {entry["id"]: entry["title"] for entry in COMPARISONS.texts(rules.language)}
    limit = definition.marrow
    return {
        "id": definition.id,
        "title": titles[definition.id],
        "comparator": limit.comparator,
        "limit": format_number(limit.value),
    }


def _assume(table: DecisionTable, fact: Fact) -> dict[str, Any] | None:
    if fact.assume is None:
        return None
    when = None if fact.assume.when is None else hexadecimal(table.where(fact.assume.when))
    return {"value": fact.assume.value, "when": when, "because": fact.assume.because}


def _criterion(rules: RuleSet, name: str, sections: list[str]) -> dict[str, Any]:
    criterion = rules.criteria[name]
    condition = criterion.condition
    limit = None if condition.limit is None else format_number(condition.limit)
    return {
        "name": name,
        "title": criterion.title,
        "otherwise": criterion.otherwise,
        "fact": condition.fact,
        "operator": None if condition.operator == "==" else condition.operator,
        "operand": condition.operand,
        "limit": limit,
        "section": sections.index(criterion.cite["section"]),
    }


def _status(
    rules: RuleSet, table: DecisionTable, status: Status, sections: list[str]
) -> dict[str, Any]:
    clauses = [_clause(rules, table, status, clause, sections) for clause in status.clauses]
    section, said = sections.index(status.cite["section"]), texts(rules)["page"]
    for other in status.unless:
        clauses.append(
            {
                "path": f"{status.name}.unless.{other}",
                "kind": "unless",
                "cases": hexadecimal(table.everything & ~table.statuses[other]),
                "expected": said["not_status"].format(title=rules.statuses[other].title),
                "ours": True,
                "section": section,
            }
        )
    return {
        "name": status.name,
        "title": status.title,
        "section": section,
        "cases": hexadecimal(table.statuses[status.name]),
        "remission": status.is_remission or None,
        "relapse": RELAPSE in status.asserts or None,
        "told_apart": len(status.asserts) == 1 or None,
        "clauses": clauses,
    }


def _clause(
    rules: RuleSet, table: DecisionTable, status: Status, clause: Clause, sections: list[str]
) -> dict[str, Any]:
    """A clause; what the page can tell from its place and criterion (path, cases, words, section)
    is left to the page.
    """
    inner = clause.children[0] if clause.kind == "not" else clause
    criterion = rules.criteria[str(inner.criterion)] if inner.kind == "criterion" else None
    owner = criterion or status
    ours = (clause.reading or owner.reading) == "interpretation" or None
    cite = clause.cite if criterion else clause.cite or status.cite
    node = {
        "kind": None if clause.kind == "criterion" else clause.kind,
        "ours": ours,
        "section": cite and sections.index(cite["section"]),
        "note": clause.note,
    }
    if criterion is not None:
        return node | {"criterion": criterion.name}
    children = [_clause(rules, table, status, child, sections) for child in clause.children]
    return node | {"cases": hexadecimal(table.where(clause)), "children": children}


def _constraint(rules: RuleSet, table: DecisionTable, name: str) -> dict[str, Any]:
    constraint = rules.constraints[name]
    criteria = sorted(constraint.condition.criteria() | constraint.consequence.criteria())
    return {"name": name, "broken": hexadecimal(table.broken[name]), "criteria": criteria}


def _option(option: Any) -> dict[str, Any]:
    qualifier, listed_by = option["qualifier"], option["listed_by"]
    return {
        "id": option["id"],
        "title": one_or_each(option["titles"]),
        "qualifier": qualifier and qualifier["text"],
        "listed_by": None if listed_by == "page" else listed_by,
    }
