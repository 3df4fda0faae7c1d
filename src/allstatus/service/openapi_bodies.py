"""What the OpenAPI document says of bodies and answers, with examples of a patient who does not
exist.
"""

from __future__ import annotations

from typing import Any

from allstatus.decision.schema import decision_schema
from allstatus.service.cards import REASONS_SYSTEM

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
_OBJECT: dict[str, Any] = {"type": "object"}
_RESOURCE = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string"}},
}
_ANY_INPUT = {
    "application/json": {
        "schema": {
            "anyOf": [
                {"$ref": "#/components/schemas/Record"},
                {"type": "array", "minItems": 1},
                _RESOURCE,
            ]
        },
        "example": RECORD,
    },
    FHIR: {"schema": _RESOURCE, "example": BUNDLE},
    NDJSON: {"schema": {"type": "string"}, "example": '{"cbc": "normal"}\n'},
    **{name: {"schema": {"type": "string"}, "example": MESSAGE} for name in HL7},
}
INPUT_BODY = {"requestBody": {"required": True, "content": _ANY_INPUT}}
DECISIONS_SCHEMA = {
    "description": (
        "A decision, as FHIR where that is what is accepted; of several inputs one line each, a "
        "decision or a problem"
    ),
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Decision"}},
        FHIR: {"schema": _RESOURCE},
        NDJSON: {"schema": {"type": "string"}},
    },
    "headers": {
        "X-Decision-Id": {"description": "The decision in the audit", "schema": {"type": "string"}}
    },
}
TIMELINE_SCHEMA = {
    "description": "Every assessment in date order, and the decision as it stands",
    "content": {"application/json": {"schema": _OBJECT}},
}
EXPLANATION_SCHEMA = {
    "description": "The decision explained",
    "content": {
        "text/html": {"schema": {"type": "string"}},
        "text/plain": {"schema": {"type": "string"}},
    },
}
SERVICES_SCHEMA = {
    "description": "The services",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["services"],
                "properties": {
                    "services": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["hook", "id", "description"],
                            "properties": {
                                name: {"type": "string"}
                                for name in ("hook", "id", "title", "description")
                            },
                        },
                    }
                },
            }
        }
    },
}
_CARD = {
    "type": "object",
    "required": ["summary", "indicator", "source"],
    "properties": {
        "uuid": {"type": "string"},
        "summary": {"type": "string", "maxLength": 139},
        "detail": {"type": "string"},
        "indicator": {"enum": ["info", "warning", "critical"]},
        "source": {
            "type": "object",
            "required": ["label"],
            "properties": {"label": {"type": "string"}},
        },
        "suggestions": {"type": "array", "minItems": 1},
        "links": {"type": "array", "minItems": 1},
    },
}
CARDS_SCHEMA = {
    "description": "The cards; none when there is nothing to say",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["cards"],
                "properties": {"cards": {"type": "array", "items": _CARD}},
            }
        }
    },
}
_CALL_EXAMPLE = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": "example-2"},
    "prefetch": {
        "patient": _ENTRIES[0]["resource"],
        "conditions": {"resourceType": "Bundle", "type": "searchset", "entry": _ENTRIES[1:2]},
        "observations": {"resourceType": "Bundle", "type": "searchset", "entry": _ENTRIES[2:]},
        **dict.fromkeys(
            (
                "reports",
                "administrations",
                "statements",
                "requests",
                "procedures",
                "encounters",
                "specimens",
            )
        ),
    },
}
_CALL = {
    "type": "object",
    "required": ["hook", "hookInstance", "context"],
    "properties": {
        "hook": {"enum": ["patient-view", "order-select", "order-sign"]},
        "hookInstance": {"type": "string", "minLength": 1},
        "context": {
            "type": "object",
            "required": ["userId", "patientId"],
            "properties": {
                "userId": {"type": "string", "minLength": 1},
                "patientId": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
                "selections": {"type": "array"},
                "draftOrders": _OBJECT,
            },
        },
        "prefetch": {"type": ["object", "null"]},
        "fhirServer": {"type": ["string", "null"]},
        "fhirAuthorization": {"type": ["object", "null"]},
    },
}
HOOK_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _CALL, "example": _CALL_EXAMPLE}},
    }
}
_FEEDBACK_ITEM = {
    "type": "object",
    "required": ["card", "outcome", "outcomeTimestamp"],
    "properties": {
        "card": {"type": "string", "format": "uuid"},
        "outcome": {"enum": ["accepted", "overridden"]},
        "acceptedSuggestions": {
            "type": "array",
            "items": {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}},
        },
        "overrideReason": _OBJECT,
        "outcomeTimestamp": {"type": "string", "format": "date-time"},
    },
}
_FEEDBACK_ITEMS = {"type": "array", "minItems": 1, "items": _FEEDBACK_ITEM}
_FEEDBACK = {
    "type": "object",
    "required": ["feedback"],
    "properties": {"feedback": _FEEDBACK_ITEMS},
}
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
FEEDBACK_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _FEEDBACK, "example": _FEEDBACK_EXAMPLE}},
    }
}


def component_schemas() -> dict[str, Any]:
    """The named parts of the OpenAPI document that routes refer to."""
    from allstatus.record.model import Record
    from allstatus.service.problem_details import OUTCOME_SCHEMA, SCHEMA

    record = Record.model_json_schema(ref_template="#/components/schemas/{model}")
    return {
        **record.pop("$defs", {}),
        "Record": record,
        "Decision": decision_schema(),
        "Problem": SCHEMA,
        "OperationOutcome": OUTCOME_SCHEMA,
    }
