"""What a clinician may accept at a card: the computed status, or an answer that would settle it, as
a preliminary Observation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any

import allstatus
from allstatus.decision.decision import Decision, shared
from allstatus.ehr.assess.recorded_answers import questions
from allstatus.ehr.out.answer_observation import answer_observation
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.names import dropped
from allstatus.ehr.out.observation import observed
from allstatus.render.messages import suggestion_texts
from allstatus.render.reader import Reader
from allstatus.service.hooks.cds_types import SuggestedAction
from allstatus.table.fact_domain import ValueClass, domains_of

LABEL = 80  # characters at most
MOST = 6  # answers offered at once
Offer = tuple[str, list[SuggestedAction]]


def suggestions(decision: Decision, patient: str) -> list[Offer]:
    """What to offer, each as its label and the Observations to create: the status that was
    determined; where data are insufficient, each smallest set of answers that would settle it and
    that a clinician gives without a test.
    """
    context, subject = Context(decision, datetime.now(UTC)), {"reference": f"Patient/{patient}"}
    if decision.status is not None:
        return [_status(context, subject)]
    if decision.outcome != "insufficient_data":
        return []
    return _answers(context, subject)


def _status(context: Context, subject: dict[str, Any]) -> Offer:
    rules = context.decision.rules
    said = suggestion_texts(rules)
    title = rules.statuses[str(context.decision.status)].title
    device = {"display": f"allstatus {allstatus.__version__}"}  # none is created beside it
    told = observed(context, subject, device)
    resource = dropped({"resourceType": "Observation", **told})  # the EHR gives it an id
    about = said["status"]["action"].format(title=title)
    label = said["status"]["label"].format(title=title)
    return label[:LABEL], [{"type": "create", "description": about, "resource": resource}]


def _answers(context: Context, subject: dict[str, Any]) -> list[Offer]:
    """The answers that may be offered, the same for all decisions alike, as this patient's."""
    alike = shared(context.decision, "offers", lambda: tuple(islice(_offers(context), MOST)))
    own = {"subject": subject, "effectiveDateTime": context.instant}
    return [
        (label, [{**action, "resource": action["resource"] | own} for action in actions])
        for label, actions in alike
    ]


def _offers(context: Context) -> Iterator[Offer]:
    """What may be offered to anybody."""
    decision = context.decision
    asked = questions(decision.rules)
    for entry in decision.settling:
        if {answer.fact for answer in entry.answers} <= asked.keys():
            for values in product(*(_values(decision, answer) for answer in entry.answers)):
                given = {one.fact: value for one, value in zip(entry.answers, values, strict=True)}
                yield _offer(context, given)


def _values(decision: Decision, answer: ValueClass) -> list[Any]:
    """Every value that an answer may be: a clinician states one of them, not all."""
    domain = domains_of(decision.rules)[answer.fact]
    return [value for value in domain.values() if domain.verdicts(value) == answer.verdicts]


def _offer(context: Context, given: dict[str, Any]) -> Offer:
    rules = context.decision.rules
    reader, said = Reader(rules), suggestion_texts(rules)["answer"]
    shown = {fact: f"{reader.words(fact)}: {reader.value(fact, given[fact])}" for fact in given}
    actions: list[SuggestedAction] = []
    for fact, value in given.items():
        asked = rules.facts[fact]
        notes = [said["note"].format(question=asked.question)]
        resource = answer_observation(context, {}, asked, value, notes)
        about = said["action"].format(answer=shown[fact])
        actions.append({"type": "create", "description": about, "resource": resource})
    label = said["label"].format(answer="; ".join(shown.values()))
    return label[:LABEL], actions
