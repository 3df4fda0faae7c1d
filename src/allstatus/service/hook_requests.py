"""The CDS Hooks calls this service understands, checked against the contract of CDS Hooks 2.0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allstatus.ehr.json_access import obj
from allstatus.service.cds_types import CdsServices, Hook
from allstatus.service.prefetch import Searches, templates
from allstatus.service.problem_details import ProblemDetails

FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
STATUS = "allstatus-patient-view"
SERVICES: Mapping[str, tuple[Hook, str, str]] = {
    STATUS: (
        "patient-view",
        "Leukemia status by NCI's patient page",
        "Says whether adult ALL is untreated, in remission or recurrent by the definitions on "
        "NCI's patient page, "
        "what the page lists for that, what is missing, and why.",
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
NEEDED = {
    "patient-view": ("userId", "patientId"),
    "order-select": ("userId", "patientId", "selections", "draftOrders"),
    "order-sign": ("userId", "patientId", "draftOrders"),
}
OPTIONAL = {
    "prefetch": (dict, "an object"),
    "fhirAuthorization": (dict, "an object"),
    "fhirServer": (str, "an address as text"),
}
CONTAINERS = {"selections": list, "draftOrders": dict}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its hook, its context, and whose chart it is about."""

    hook: str
    context: dict[str, Any]
    patient: str


def discovery(asked: Searches | None = None) -> CdsServices:
    """The services, as `GET /cds-services` lists them."""
    return {
        "services": [
            {
                "hook": hook,
                "id": name,
                "title": title,
                "description": description,
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
    hook, call = hook_of(service), body if isinstance(body, dict) else {}
    if call.get("hook") != hook:
        raise _bad("hook", f"must be {hook}")
    if not isinstance(call.get("hookInstance"), str) or not call["hookInstance"]:
        raise _bad("hookInstance", "must be a UUID as text")
    context = _check_context(hook, call.get("context"))
    for name, (kind, said) in OPTIONAL.items():
        if not isinstance(call.get(name), kind | None):
            raise _bad(name, f"must be {said}")
    _check_authorization(
        obj(call.get("fhirAuthorization")), call.get("fhirServer"), context["patientId"]
    )
    return Call(hook, context, context["patientId"])


def _check_context(hook: str, value: Any) -> dict[str, Any]:
    context = obj(value)
    for name in (*NEEDED[hook], *(name for name in CONTAINERS if name in context)):
        if not isinstance(context.get(name), CONTAINERS.get(name, str)) or not (
            context[name] or name in CONTAINERS
        ):
            raise _bad(f"context.{name}", "is missing or of another type than the hook asks for")
    if not FHIR_ID.fullmatch(context["patientId"]):
        raise _bad("context.patientId", "must be the id of a FHIR resource")
    return context


def _check_authorization(authorization: dict[str, Any], server: Any, patient: str) -> None:
    if not authorization:
        return
    if not server:
        raise _bad("fhirServer", "is required beside fhirAuthorization")
    token, kind = authorization.get("access_token"), authorization.get("token_type")
    if not isinstance(token, str) or str(kind).lower() != "bearer":
        raise _bad("fhirAuthorization", "must hold an access_token of token_type Bearer")
    if not (token.isascii() and token.isprintable()):
        raise _bad("fhirAuthorization.access_token", "holds signs that no header can")
    if authorization.get("patient") not in (None, patient):
        raise _bad("fhirAuthorization.patient", "is not the patient in context")


def _bad(field: str, detail: str) -> ProblemDetails:
    return ProblemDetails(400, "invalid-call", f"{field} {detail}.", field=field)


def without_empties(value: Any) -> Any:
    """The same without null, empty text, empty lists and empty objects, which CDS Hooks and FHIR
    forbid.
    """
    if isinstance(value, dict):
        kept = {
            name: item if isinstance(item, str) else without_empties(item)
            for name, item in value.items()
        }
        return {
            name: item for name, item in kept.items() if item or item == 0
        }  # 0 and false say something
    return (
        [item for item in map(without_empties, value) if item or item == 0]
        if isinstance(value, list)
        else value
    )
