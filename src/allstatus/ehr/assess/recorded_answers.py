"""A clinician's own answers to a rule set's questions, recorded in the chart as Observations.

The codes are the rule set's own, because no public one says that a patient has no sign of leukemia,
or was never treated. Only such questions have them as history and examination alone answer: what a
test tells is recorded by whoever does the test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allstatus.ehr.chart import Result
from allstatus.ehr.coding.code_systems import OWN
from allstatus.ehr.evidence.chart_reading import ChartReading, evidence_of, known_by, place_in_time
from allstatus.ehr.evidence.doubt import ANSWER, Doubt
from allstatus.ehr.sendings import without_superseded
from allstatus.render.messages import answer_texts
from allstatus.rules.once import once_for_rules
from allstatus.rules.ruleset import Fact, RuleSet

QUESTION = "ask."
YES_NO = {"Y": True, "N": False}


@once_for_rules
def questions(rules: RuleSet) -> dict[str, Fact]:
    """The facts with a yes or no or a choice for an answer that history and examination give: those
    that no test answers but the ones that tell what has happened.
    """
    facts = rules.facts.values()
    tell = {test for fact in facts if fact.about == "history" for test in fact.answered_by}
    return {
        fact.name: fact
        for fact in facts
        if fact.kind in ("yes_no", "choice") and fact.answered_by and tell >= {*fact.answered_by}
    }


def system_of(rules: str) -> str:
    """The address of a rule set's own code system, by the rule set's id."""
    return f"{OWN}/CodeSystem/{rules}"


def question_code(fact: Fact) -> str:
    """The code of a question in its rule set's code system."""
    return f"{QUESTION}{fact.name}"


def answer_code(fact: Fact, value: str) -> str:
    """The code of an answer to it."""
    return f"{fact.name}.{value}"


def read_answers(reading: ChartReading, rules: RuleSet) -> None:
    """Put each answer to one of this rule set's questions, and to no other's, in its place."""
    asked = _asked(rules)
    every = {result.codes for result in reading.chart.results}
    named = {codes for codes in every if any(code[:2] in asked for code in codes)}
    told = [
        result
        for result in (reading.chart.results if named else ())
        if result.codes in named and known_by(result, reading.as_of)
    ]
    for result in without_superseded(told):
        fact = next(asked[code[:2]] for code in result.codes if code[:2] in asked)
        _place(reading, result, fact, rules.id, answer_texts(rules))


@once_for_rules
def _asked(rules: RuleSet) -> dict[tuple[str, str], Fact]:
    system = system_of(rules.id)
    return {(system, question_code(fact)): fact for fact in questions(rules).values()}


def _place(
    reading: ChartReading, result: Result, fact: Fact, rules: str, texts: Mapping[str, str]
) -> None:
    evidence = evidence_of(result, sent=result.value.sent)
    if result.void:
        reading.put_aside(fact.name, evidence, result.void)
        return
    when, why = place_in_time(reading, result)
    value = answer_value(result, fact, rules)
    if value is None:
        why = why or texts["unread"]
    counted = evidence.counted(texts["counted"])
    reading.answers.append(Doubt(fact.name, ANSWER, when, why, counted, value, firm=not why))
    if why:
        reading.warn(f"{evidence.source} ({evidence.title}): {why}")


def answer_value(result: Result, fact: Fact, rules: str) -> Any:
    """What was answered, as a record states it, yes or no or by a rule set's own codes (`rules` is
    its id); None where it cannot be read.
    """
    system = system_of(rules)
    said: list[Any]
    if fact.kind == "yes_no":
        said = [YES_NO.get(code.code) for code in result.value.codes if code.system == "v2_yes_no"]
    else:
        codes = {(system, answer_code(fact, value)): value for value in fact.values}
        said = [codes.get(code[:2]) for code in result.value.codes if code.system == system]
    return said[0] if len(said) == 1 else None
