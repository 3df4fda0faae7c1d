"""The Observation a clinician may accept: the computed status, preliminary, with the results it was derived from."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import allstatus
from allstatus.decision import Decision

STATUS_SYSTEM = "urn:allstatus:codesystem:computed-status"
_OBSERVATION = re.compile(r"Observation/[A-Za-z0-9\-.]{1,64}")


def preliminary_observation(decision: Decision, patient: str) -> dict[str, Any] | None:
    """A preliminary FHIR R4 Observation of a determined status; None for any other outcome."""
    if decision.status is None:
        return None
    rules, title = decision.ruleset, decision.ruleset.statuses[decision.status].title
    observation = {
        "resourceType": "Observation",
        "status": "preliminary",
        "code": {"coding": [{"system": "http://loinc.org", "code": "97509-4", "display": "Cancer disease status"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "issued": datetime.now(UTC).isoformat(timespec="seconds"),
        "valueCodeableConcept": {"coding": [{"system": STATUS_SYSTEM, "code": decision.status, "display": title}], "text": title},
        "device": {"display": f"allstatus {allstatus.__version__}"},
        "note": [{"text": f"Computed by rules {rules.id} {rules.version} (SHA-256 {rules.digest}). {rules.notice}"}],
    }
    if decision.record.as_of is not None:
        observation["effectiveDateTime"] = decision.record.as_of.isoformat()
    if sources := _sources(decision):
        observation["derivedFrom"] = [{"reference": source} for source in sources]
    return observation


def _sources(decision: Decision) -> list[str]:
    """The Observations that counted, by their references."""
    used = [e["source"] for fact in decision.facts.values() for e in fact["evidence"] if isinstance(e, dict) and e["used"]]
    return sorted({source for source in used if _OBSERVATION.fullmatch(source)})
