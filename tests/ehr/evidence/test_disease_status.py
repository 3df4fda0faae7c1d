"""Statuses that codes assert: where their date can be relied on they are history, else doubt."""

from typing import Any

import pytest

from ehr.assess.test_assessor import chart_of, decide

CASES: dict[str, tuple[list[dict[str, Any]], Any, Any]] = {
    # lines beside a remission, then prior_remission and relapse_since_remission
    "a relapse recorded on a day": (
        [{"condition": "icd10cm C91.02", "recordedDate": "2025-03-05"}],
        True,
        True,
    ),
    "a relapse not confirmed": (
        [
            {
                "condition": "icd10cm C91.02",
                "recordedDate": "2025-03-05",
                "verificationStatus": "verification unconfirmed",
            }
        ],
        None,
        None,
    ),
    "a relapse now": (
        [{"condition": "snomed 91857003", "clinicalStatus": "clinical relapse"}],
        True,
        True,
    ),
    "a remission recorded on its onset's day was recorded later": (
        [
            {
                "condition": "icd10cm C91.01",
                "onsetDateTime": "2025-01-02",
                "recordedDate": "2025-01-02",
            }
        ],
        None,
        False,
    ),
    "a remission recorded after 28 days": (
        [
            {
                "condition": "icd10cm C91.01",
                "onsetDateTime": "2025-01-02",
                "recordedDate": "2025-02-02",
            }
        ],
        True,
        False,
    ),
    "a clinician's status that nothing knows": (
        [{"disease status": "2025-03-09", "valueCodeableConcept": {"text": "CR"}}],
        None,
        None,
    ),
    "a clinician's trend": (
        [{"disease status": "2025-03-09", "valueCodeableConcept": "snomed 359746009"}],
        None,
        False,
    ),
    "a clinician's full remission, before": (
        [{"disease status": "2025-03-01", "valueCodeableConcept": "snomed 103338009"}],
        True,
        False,
    ),
    "of another disease": (
        [
            {"condition": "icd10cm C50.9", "id": "b", "onsetDateTime": "2026-01-01"},
            {
                "disease status": "2025-03-01",
                "valueCodeableConcept": "snomed 103338009",
                "focus": [{"reference": "Condition/b"}],
            },
        ],
        None,
        False,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_coded_status_asserts(name: str) -> None:
    lines, remission, relapse = CASES[name]
    facts = decide(chart_of({"chart": lines})).facts
    found = facts["prior_remission"].value, facts["relapse_since_remission"].value
    assert found == (remission, relapse)
