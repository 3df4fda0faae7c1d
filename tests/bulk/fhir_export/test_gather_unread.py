"""Nothing that counts is left unread, whatever it is written in: a line is passed over only when no
patient's answer could change.
"""

from pathlib import Path

import pytest

from bulk.folders import Resource, write_folder
from bulk.one_bundle import assert_same, expected
from ehr.bundles import (
    ICD10CM,
    REMISSION,
    SNOMED,
    concept,
    given,
    intent,
    marrow,
    observation,
    quantity,
)


def about_one(*more: Resource) -> list[Resource]:
    """A patient with ALL in remission, another patient, and more about the first."""
    own = {"subject": {"reference": "Patient/p1"}}
    other = [
        {"resourceType": "Patient", "id": "p2"},
        {"resourceType": "Condition", "id": "c2", "subject": {"reference": "Patient/p2"}},
    ]
    return [*REMISSION, *other, *(resource | own for resource in more)]


def to(*references: str) -> list[Resource]:
    return [{"reference": reference} for reference in references]


SODIUM = {"code": concept("2951-2"), "valueQuantity": quantity(140, "mmol/L")}
STATUS = observation(
    "status", "97509-4", "2025-02-15", valueCodeableConcept=concept("103338009", SNOMED)
)
BLASTS = observation("blasts", "", "2025-03-20", valueQuantity=quantity(60, "%"))
VISIT = {
    "resourceType": "Encounter",
    "id": "v",
    "status": "finished",
    "period": {"start": "2025-02-02"},
}
REPORT = {"resourceType": "DiagnosticReport", "id": "r", "effectiveDateTime": "2025-03-25"}
UNREAD = {
    "a later version with another code": [
        marrow("2025-03-10", 2, meta={"versionId": "9"}) | SODIUM
    ],
    "a result that is the reason of a dose": [
        observation("reason", "2951-2", "2025-01-05"),
        given("2025-01-06", "6851", reasonReference=to("Observation/reason")),
    ],
    "a result that a result is about": [
        observation("focus", "", "2025-02-15") | {"code": concept("363406005", SNOMED)},
        STATUS | {"focus": to("Observation/focus")},
    ],
    "a report that says the day of a result": [
        {
            key: value
            for key, value in marrow("2025-03-25", 40, id="undated").items()
            if key != "effectiveDateTime"
        },
        REPORT | {"subject": to("Patient/p1"), "result": [to("Observation/undated")]},
    ],
    "a panel that says the specimen": [
        BLASTS | {"id": "member", "code": concept("C74605", "NCIT")},
        {"resourceType": "Specimen", "id": "bone", "type": concept("119359002", SNOMED)},
        observation("panel", "2951-2", "2025-03-25")
        | {"hasMember": [to("Observation/member")], "specimen": to("Specimen/bone")},
    ],
    "a report that announces a result": [
        REPORT | {"subject": to("Patient/p1"), "status": "registered", "code": concept("26447-3")},
    ],
    "a report that says the specimen": [
        BLASTS | {"code": concept("C74605", "NCIT")},
        {"resourceType": "Specimen", "id": "m", "type": concept("119359002", SNOMED)},
        REPORT | {"specimen": to("Specimen/m"), "result": to("Observation/blasts")},
    ],
    "another cancer as the reason of a visit": [
        VISIT | {"reasonCode": [concept("C34.1", ICD10CM)]}
    ],
    "a procedure with a stated intent": [
        {
            "resourceType": "Procedure",
            "id": "p",
            "status": "completed",
            "performedDateTime": "2025-01-03",
            **intent("373808002"),
        },
    ],
    "a spelling of a code with spaces": [marrow("2025-03-20", 30) | {"code": concept(" 11150-0 ")}],
    "results contained in a report": [
        REPORT | {"contained": [{"id": "m"} | marrow("2025-03-25", 50)]}
    ],
}


@pytest.mark.parametrize("name", UNREAD)
def test_nothing_that_counts_is_left_unread(name: str, tmp_path: Path) -> None:
    resources = about_one(*UNREAD[name])
    answers, grounds = expected(resources)
    assert (answers, grounds) != expected(about_one()), "this would not be missed"
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources),
        tmp_path / "out.ndjson",
        ordered=False,
    )
