"""The computed status as a preliminary Observation, for a clinician to accept; it claims no profile
that demands one.
"""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.ehr.coding.codes import Population, population_tables
from allstatus.ehr.out.context import Context, linked
from allstatus.ehr.out.names import Json, coded, reference_of
from allstatus.render.messages import may_be, messages
from allstatus.table.decision_table import OUTSIDE

ROLE = ("Observation",)
ANSWERED = ("determined", OUTSIDE)
UNKNOWN = coded("data-absent-reason", "unknown", "Unknown")


def has_observation(context: Context) -> bool:
    """Whether there is something to store: an answer, not the lack of one."""
    return context.decision.outcome in ANSWERED


def make_observation(context: Context) -> Json:
    """The status, or that no definition fits, with each criterion as a component."""
    return context.resource(
        "Observation", ROLE, **observed(context, context.subject, context.device)
    )


def observed(context: Context, subject: Json | None, device: Json) -> Json:
    """The elements that say it of a subject, worked out by a device."""
    decision, names = context.decision, context.names
    day, disease = decision.record.as_of, decision.rules.population["diagnosis"]
    return {
        "identifier": [{"system": f"{context.base}/decision", "value": f"sha256:{context.digest}"}],
        "status": "preliminary",
        "code": {**names.own("computed_status"), "text": f"Computed status of {disease}"},
        "subject": subject,
        "focus": linked(_diagnoses(context), "Condition"),
        "effectiveDateTime": day.isoformat() if day else None,
        "issued": context.instant,
        "valueCodeableConcept": _value(context),
        "note": [*_notes(context), context.notice],
        "method": {"text": f"Definitions of rule set {context.source}"},
        "device": device,
        "derivedFrom": linked(context.used(), "Observation"),
        "component": list(_components(context)),
    }


def _value(context: Context) -> Json:
    status = context.decision.status
    if status is None:
        return context.names.own(OUTSIDE)
    return context.names.rule(status)


def _notes(context: Context) -> Iterator[Json]:
    decision = context.decision
    if decision.outcome in ANSWERED:
        for text in messages(decision, "clinician"):
            yield {"text": text}
    if open_cases := may_be(decision, "clinician"):
        yield {"text": " ".join((open_cases[0], *open_cases[1]))}
    for entry in decision.assumptions:
        yield {"text": f"Assumed: {entry.because}"}


def _components(context: Context) -> Iterator[Json]:
    decision, names = context.decision, context.names
    for name, verdict in decision.verdicts.items():
        said = {"dataAbsentReason": UNKNOWN} if verdict is None else {"valueBoolean": verdict}
        yield {"code": names.rule(name), **said}
    for region in decision.regions:
        yield {"code": names.own("undescribed_case"), "valueCodeableConcept": names.rule(region.id)}
    if decision.remission_number is not None:
        yield {"code": names.own("remission_number"), "valueInteger": decision.remission_number}


def _diagnoses(context: Context) -> Iterator[str]:
    """The conditions that say the patient has the disease."""
    by_code = population_tables(Population.of(context.decision.rules)).diagnoses.by_code
    for seen in context.decision.diagnoses:
        known, reference = by_code.get((seen.system, seen.code)), reference_of(seen.source)
        if known is not None and known[0]["all"] and reference is not None:
            yield reference
