"""The concepts that the resources are coded with: a rule set's, and those of allstatus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from allstatus.decision.entries import Option
from allstatus.decision.options import list_options
from allstatus.ehr.assess.recorded_answers import answer_code, question_code, questions
from allstatus.ehr.coding.codes import read_yaml
from allstatus.render.messages import in_general
from allstatus.render.reader import Reader
from allstatus.rules.ruleset import Criterion, RuleSet


class Concept(NamedTuple):
    """A code with what it is called and means; `kind` is status, region, criterion, option,
    category, question, answer or agent.
    """

    kind: str
    code: str
    display: str
    definition: str = ""


def own_concepts() -> Iterator[Concept]:
    """The concepts of allstatus itself."""
    for code, entry in read_yaml("outputs")["concepts"].items():
        yield Concept("", code, entry["display"], entry["definition"])


def rule_concepts(rules: RuleSet) -> Iterator[Concept]:
    """Everything of a rule set that a resource can name, in the rule set's own words."""
    for status in rules.statuses.values():
        yield Concept(
            "status", status.name, status.title, in_general(rules, status.says, "clinician")
        )
    for region in rules.regions.values():
        yield Concept(
            "region", region.name, region.sentence, in_general(rules, region.says, "clinician")
        )
    for criterion in rules.criteria.values():
        yield Concept("criterion", criterion.name, criterion.title, _condition(rules, criterion))
    options = [option for status in rules.options for option in list_options(rules, status)]
    for option in options:
        yield Concept("option", option.id, option.title, words_of(option))
    for category in dict.fromkeys(option.category for option in options):
        yield Concept("category", category, category.replace("_", " "))
    reader = Reader(rules)
    for fact in questions(rules).values():
        yield Concept("question", question_code(fact), fact.question)
        for value in fact.values if fact.kind == "choice" else ():
            shown = f"{reader.words(fact.name)}: {reader.value(fact.name, value)}"
            yield Concept("answer", answer_code(fact, value), shown)
    for agent in rules.guidance["agents"]:
        yield Concept("agent", agent["id"], agent["name"], agent["title"])


def words_of(option: Option) -> str:
    """An option in a sentence or more, with its purpose and whom the page lists it for."""
    qualifier = option.qualifier.text if option.qualifier else None
    return " ".join(
        f"{part.rstrip('.')}." for part in (option.title, option.purpose, qualifier) if part
    )


def _condition(rules: RuleSet, criterion: Criterion) -> str:
    condition = criterion.condition
    limit = (
        rules.with_limits(f", which is {{{condition.operand}}}")
        if condition.limit is not None
        else ""
    )
    return f"True: {criterion.title}. False: {criterion.otherwise}. Condition: {condition}{limit}."
