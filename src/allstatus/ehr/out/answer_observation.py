"""A clinician's answer to a question of a rule set as an Observation, to be accepted and signed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allstatus.ehr.assess.recorded_answers import answer_code, question_code
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.names import Json, coded
from allstatus.rules.ruleset import Fact

SURVEY = coded("observation-category", "survey", "Survey")


def answer_observation(
    context: Context, subject: Json, fact: Fact, value: Any, notes: Iterable[str]
) -> Json:
    """A preliminary FHIR R4 Observation of an answer given at the context's moment, without an id
    (the EHR gives one) and without a performer (whoever signs it is).
    """
    if fact.kind == "yes_no":
        said: Json = {"valueBoolean": value}
    else:
        said = {"valueCodeableConcept": context.names.rule(answer_code(fact, value))}
    return {
        "resourceType": "Observation",
        "status": "preliminary",
        "category": [SURVEY],
        "code": {**context.names.rule(question_code(fact)), "text": fact.question},
        "subject": subject,
        "effectiveDateTime": context.instant,
        **said,
        "note": [*({"text": text} for text in notes), context.notice],
    }
