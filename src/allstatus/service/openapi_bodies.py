"""What the OpenAPI document says of bodies and answers, with examples of a patient who does not
exist.
"""

from __future__ import annotations

from typing import Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from allstatus.decision.schema import decision_schema
from allstatus.record.model import Record
from allstatus.service import rest_types
from allstatus.service.hooks import cds_types
from allstatus.service.hooks.cards import REASONS_SYSTEM
from allstatus.service.prefetch import templates

REFERENCE = "#/components/schemas/{model}"
FHIR, NDJSON = "application/fhir+json", "application/x-ndjson"
HL7 = ("application/hl7-v2", "x-application/hl7-v2+er7")
RECORD = {
    "id": "example-1",
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": "4.9",
    "signs_and_symptoms": "absent",
}
_ENTRIES: list[dict[str, Any]] = [
    {
        "resource": {
            "resourceType": "Patient",
            "id": "example-2",
            "gender": "female",
            "birthDate": "1980-05-01",
        }
    },
    {
        "resource": {
            "resourceType": "Condition",
            "id": "c1",
            "subject": {"reference": "Patient/example-2"},
            "onsetDateTime": "2025-01-02",
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91857003"}]},
        }
    },
    {
        "resource": {
            "resourceType": "Observation",
            "id": "o1",
            "status": "final",
            "subject": {"reference": "Patient/example-2"},
            "code": {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]},
            "effectiveDateTime": "2025-01-05",
            "valueQuantity": {
                "value": 80,
                "unit": "%",
                "system": "http://unitsofmeasure.org",
                "code": "%",
            },
        }
    },
]
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": _ENTRIES}
MESSAGE = (
    "MSH|^~\\&|LAB|HOSPITAL|||20250310||ORU^R01|1|P|2.5.1\rPID|1||example-3\rOBR|1|||58410-2^CBC^LN|||20250310\r"
    "OBX|1|NM|6690-2^Leukocytes^LN||6.2|10*9/L|4.0-11.0|N|||F\r"
)


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": REFERENCE.format(model=name)}


_ANY_INPUT = {
    "application/json": {
        "schema": {"anyOf": [_ref("Record"), _ref("Resource")]},  # a list here breaks clients
        "example": RECORD,
    },
    FHIR: {"schema": _ref("Resource"), "example": BUNDLE},
    NDJSON: {"schema": {"type": "string"}, "example": '{"cbc": "normal"}\n'},
    **{name: {"schema": {"type": "string"}, "example": MESSAGE} for name in HL7},
}
INPUT_BODY = {"requestBody": {"required": True, "content": _ANY_INPUT}}
DECISION_ID = {
    "X-Decision-Id": {"description": "The decision in the audit", "schema": {"type": "string"}}
}
DECISIONS_SCHEMA = {
    "description": (
        "A decision, as FHIR where that is what is accepted; of several inputs one line each, a "
        "decision or a problem"
    ),
    "content": {
        "application/json": {"schema": _ref("Decision")},
        FHIR: {"schema": _ref("Resource")},
        NDJSON: {"schema": {"type": "string"}},
    },
    "headers": DECISION_ID,
}
EXPLANATION_SCHEMA = {
    "description": "The decision explained",
    "content": {
        "text/html": {"schema": {"type": "string"}},
        "text/plain": {"schema": {"type": "string"}},
    },
    "headers": DECISION_ID,
}


def answers(name: str, description: str) -> dict[str, Any]:
    """A JSON answer of a named type."""
    return {"description": description, "content": {"application/json": {"schema": _ref(name)}}}


def _body(name: str, example: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": _ref(name), "example": example}}
    return {"requestBody": {"required": True, "content": content}}


TIMELINE_SCHEMA = answers(
    "TimelineDocument", "Every assessment in date order, and the decision as it stands"
)
CARDS_SCHEMA = answers("CdsResponse", "The cards; none when there is nothing to say")
_CALL_EXAMPLE = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": "example-2"},
    "prefetch": {
        **dict.fromkeys(templates()),
        "patient": _ENTRIES[0]["resource"],
        "conditions": {"resourceType": "Bundle", "type": "searchset", "entry": _ENTRIES[1:2]},
        "observations": {"resourceType": "Bundle", "type": "searchset", "entry": _ENTRIES[2:]},
    },
}
HOOK_BODY = _body("CdsCall", _CALL_EXAMPLE)
_FEEDBACK_EXAMPLE = {
    "feedback": [
        {
            "card": "4e0a3a1e-3c1b-4b6e-9d1e-2f6f2c9b2a10",
            "outcome": "overridden",
            "outcomeTimestamp": "2026-01-05T12:00:00Z",
            "overrideReason": {"reason": {"system": REASONS_SYSTEM, "code": "chart-incomplete"}},
        }
    ]
}
FEEDBACK_BODY = _body("FeedbackCall", _FEEDBACK_EXAMPLE)
TYPES: tuple[Any, ...] = (
    cds_types.CdsCall,
    cds_types.CdsResponse,
    cds_types.FeedbackCall,
    rest_types.TimelineDocument,
    rest_types.ProblemDocument,
    rest_types.OperationOutcome,
)
RESOURCE = {
    "title": "Resource",
    "description": "A FHIR R4 resource.",
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string", "minLength": 1}},
}


def component_schemas() -> dict[str, Any]:
    """The named parts of the OpenAPI document that routes refer to."""
    asked: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = [
        (one, "validation", TypeAdapter(one)) for one in TYPES
    ]
    _, whole = TypeAdapter.json_schemas(asked, ref_template=REFERENCE)
    found: dict[str, Any] = whole["$defs"]
    found["TimelineDocument"]["properties"]["now"] = {"anyOf": [_ref("Decision"), {"type": "null"}]}
    for name, schema in (
        ("Record", Record.model_json_schema(ref_template=REFERENCE)),
        ("Decision", decision_schema(REFERENCE)),
    ):
        found |= schema.pop("$defs", {})
        schema.pop("anyOf", None)  # that one fact must be there: clients would make a type of each
        found[name] = {**schema, "title": name}
    return {**found, "Resource": RESOURCE}


def name_of(route: APIRoute) -> str:
    """What an operation is called: as the function that answers."""
    return route.name
