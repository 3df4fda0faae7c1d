"""The Observation a clinician may accept: the computed status, preliminary, with the results it was
derived from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import allstatus
from allstatus.decision.decision import Decision
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.observation import make_observation


def preliminary_observation(decision: Decision, patient: str) -> dict[str, Any] | None:
    """A preliminary FHIR R4 Observation of a determined status, to be created on its own; None for
    any other outcome.
    """
    if decision.status is None:
        return None
    observation = make_observation(Context(decision, datetime.now(UTC)))
    del observation["id"]  # the EHR gives one
    return observation | {
        "subject": {"reference": f"Patient/{patient}"},
        "device": {
            "display": f"allstatus {allstatus.__version__}"
        },  # its Device is not created beside it
    }
