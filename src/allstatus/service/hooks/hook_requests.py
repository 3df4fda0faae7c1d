"""The CDS Hooks calls this service understands, checked against the contract of CDS Hooks 2.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from allstatus.ehr.fhir.json_access import obj
from allstatus.render.words import any_of, short_titles
from allstatus.rules.ruleset import RuleSet
from allstatus.service.hooks.cds_types import CdsCall, CdsServices, FhirAuthorization, Hook
from allstatus.service.prefetch import Searches, templates
from allstatus.service.problem_details import ProblemDetails

STATUS = "allstatus-patient-view"
SERVICES: Mapping[str, tuple[Hook, str, str]] = {
    STATUS: (
        "patient-view",
        "Leukemia status by NCI's patient page",
        "Says whether adult {disease} is {statuses} by the definitions on NCI's patient page, what "
        "the page lists for that, what is missing, and why.",
    ),
    "allstatus-order-select": (
        "order-select",
        "Orders beside the page's lists",
        "Says when an agent just selected is listed by the page for another status only. Never a "
        "block.",
    ),
    "allstatus-order-sign": (
        "order-sign",
        "Orders beside the page's lists, at signing",
        "Says when an agent to be signed is listed by the page for another status only. Never a "
        "block.",
    ),
}
WRONG = "is missing or of another type than the hook asks for"
NEEDED = {"order-select": ("selections", "draftOrders"), "order-sign": ("draftOrders",)}
CALL = TypeAdapter(CdsCall)
NESTED = frozenset({dict, list})


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its hook, its context, and whose chart it is about."""

    hook: str
    context: dict[str, Any]
    patient: str


def discovery(rules: RuleSet, asked: Searches | None = None) -> CdsServices:
    """The services for a rule set, as `GET /cds-services` lists them."""
    said = {"disease": rules.disease, "statuses": any_of(short_titles(rules))}
    return {
        "services": [
            {
                "hook": hook,
                "id": name,
                "title": title,
                "description": description.format(**said),
                "prefetch": templates(asked),
                "usageRequirements": (
                    "Data not prefetched are read from the FHIR server, if this service is "
                    "configured to read from it."
                ),
            }
            for name, (hook, title, description) in SERVICES.items()
        ]
    }


def hook_of(service: str) -> str:
    """The hook of a service; raises Problem (404) for one that is not there."""
    if service not in SERVICES:
        raise ProblemDetails(
            404,
            "no-such-service",
            "There is no such service; GET /cds-services lists those there are.",
        )
    return SERVICES[service][0]


def read_call(service: str, body: Any) -> Call:
    """Check a call; raises Problem (400) that names the element, never its value."""
    hook, found = hook_of(service), obj(body)
    if found.get("hook") != hook:
        raise _bad("hook", f"must be {hook}")
    try:
        call = CALL.validate_python(body, strict=True)
    except ValidationError as error:
        place = error.errors(include_url=False, include_context=False, include_input=False)[0][
            "loc"
        ]
        ours = place[:1] if place[0] == "prefetch" else place[:2]  # whose keys are the caller's
        raise _bad(".".join(map(str, ours)), WRONG) from None
    for name in NEEDED.get(hook, ()):
        if name not in call["context"]:
            raise _bad(f"context.{name}", WRONG)
    context = found["context"]
    _check_authorization(call.get("fhirAuthorization"), call.get("fhirServer"), context)
    return Call(hook, context, context["patientId"])


def _check_authorization(
    authorization: FhirAuthorization | None, server: str | None, context: dict[str, Any]
) -> None:
    if authorization is None:
        return
    if not server:
        raise _bad("fhirServer", "is required beside fhirAuthorization")
    token = authorization["access_token"]
    if authorization["token_type"].lower() != "bearer":
        raise _bad("fhirAuthorization.token_type", "must be Bearer")
    if not (token.isascii() and token.isprintable()):
        raise _bad("fhirAuthorization.access_token", "holds signs that no header can")
    if authorization.get("patient") not in (None, context["patientId"]):
        raise _bad("fhirAuthorization.patient", "is not the patient in context")


def _bad(field: str, detail: str) -> ProblemDetails:
    return ProblemDetails(400, "invalid-call", f"{field} {detail}.", field=field)


def filled_json(value: list[Any]) -> bytes:
    """The JSON of a list without empties; most have none."""
    return to_json(without_empties(value) if _has_empties(value) else value)


def _has_empties(value: list[Any]) -> bool:
    waiting: list[Any] = [value]
    for item in waiting:  # which grows while it is gone through
        for one in item.values() if type(item) is dict else item:
            if not one and one != 0:
                return True
            if type(one) in NESTED:
                waiting.append(one)
    return False


def without_empties(value: Any) -> Any:
    """The same without null, empty text, empty lists and empty objects, which CDS Hooks and FHIR
    forbid.
    """
    if isinstance(value, dict):
        kept = {}
        for name, item in value.items():
            left = item if isinstance(item, str) else without_empties(item)
            if left or left == 0:  # 0 and false say something
                kept[name] = left
        return kept
    if isinstance(value, list):
        return [item for item in map(without_empties, value) if item or item == 0]
    return value
