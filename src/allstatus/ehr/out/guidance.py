"""The answer of the service as a GuidanceResponse: what came out, or which data it still needs."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.ehr.out.context import Context
from allstatus.ehr.out.data_requirements import requirements_of
from allstatus.ehr.out.names import Json, dropped
from allstatus.ehr.out.observation import ROLE as OBSERVATION
from allstatus.ehr.out.observation import has_observation
from allstatus.ehr.out.request_group import ROLE as PROPOSALS

ROLE = ("GuidanceResponse",)
STATUS = {"insufficient_data": "data-required", "conflicting_data": "failure"}


def make_guidance(context: Context) -> Json:
    """`data-required` when data are missing, `failure` when they conflict, else `success`."""
    decision, issues = context.decision, list(_issues(context))
    contained = [
        {"resourceType": "Parameters", "id": "answer", "parameter": list(_answer(context))}
    ]
    if issues:
        contained.append({"resourceType": "OperationOutcome", "id": "messages", "issue": issues})
    return context.resource(
        "GuidanceResponse",
        ROLE,
        contained=contained,
        moduleCanonical=context.names.versioned("PlanDefinition"),
        status=STATUS.get(decision.outcome, "success"),
        subject=context.subject,
        occurrenceDateTime=context.instant,
        performer=context.device,
        note=[context.notice],
        evaluationMessage=[{"reference": "#messages"}] if issues else None,
        outputParameters={"reference": "#answer"},
        result=context.link(*PROPOSALS) if decision.options else None,
        dataRequirement=[
            needed
            for entry in decision.missing
            for needed in requirements_of(context.names, entry.fact)
        ],
    )


def _answer(context: Context) -> Iterator[Json]:
    decision = context.decision
    yield {"name": "outcome", "valueCode": decision.outcome}
    if decision.status:
        yield {"name": "status", "valueCode": decision.status}
    for name in decision.possible:
        yield {"name": "possible", "valueCode": name}
    for region in decision.regions:
        yield {"name": "region", "valueCode": region.id}
    for may_be in decision.possible_regions:
        yield {"name": "possibleRegion", "valueCode": may_be.id}
    if has_observation(context):
        yield {"name": "observation", "valueReference": context.link(*OBSERVATION)}


def _issues(context: Context) -> Iterator[Json]:
    decision = context.decision
    for entry in decision.missing:
        tests = "; ".join(entry.answered_by)
        yield _issue("warning", "required", f"{entry.question} Answered by: {tests}.", entry.fact)
    for conflict in decision.conflicts:
        yield _issue("error", "business-rule", conflict.because, conflict.constraint)
    if decision.outcome == "not_applicable":
        said = context.names.own_concepts["not_applicable"].display
        yield _issue("information", "informational", said)
    for warning in decision.warnings:
        yield _issue("warning", "informational", warning)


def _issue(severity: str, code: str, text: str, about: str = "") -> Json:
    return dropped(
        {"severity": severity, "code": code, "details": {"text": text}, "diagnostics": about}
    )
