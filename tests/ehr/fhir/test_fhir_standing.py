"""What stands beside a resource's content: whether it counts, does not, or cannot be relied on."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_standing import (
    GIVEN,
    RESULT,
    STANDS,
    Standing,
    modified,
    standing,
    together,
)

UNKNOWN = {"extension": [{"url": "x", "valueCode": "unknown"}]}
VOID, DOUBT = "void", "doubt"
TAKEN = GIVEN["MedicationStatement"]


@pytest.mark.parametrize(
    ("resource", "statuses", "counts"),
    [
        ({"status": "final"}, RESULT, ""),
        ({"status": "amended"}, RESULT, ""),
        ({}, RESULT, ""),
        ({"_status": UNKNOWN}, RESULT, DOUBT),
        ({"status": "preliminary"}, RESULT, DOUBT),
        ({"status": "registered"}, RESULT, DOUBT),
        ({"status": "entered-in-error"}, RESULT, VOID),
        ({"status": "cancelled"}, RESULT, VOID),
        ({"status": "FINAL"}, RESULT, DOUBT),
        ({"status": ["final"]}, RESULT, DOUBT),
        ({"status": "completed"}, TAKEN, ""),
        ({}, TAKEN, DOUBT),
        ({"status": "not-taken"}, TAKEN, VOID),
        ({"status": "completed", "wasNotTaken": True}, TAKEN, VOID),
        ({"status": "completed", "notGiven": False}, TAKEN, ""),
        ({"status": "completed", "notGiven": "no"}, TAKEN, DOUBT),
        ({"status": "completed", "reasonNotTaken": [{"text": "nausea"}]}, TAKEN, DOUBT),
        ({"status": "completed", "taken": "n"}, TAKEN, VOID),
        ({"status": "completed", "taken": "unk"}, TAKEN, DOUBT),
        ({"status": "completed", "taken": "y"}, TAKEN, ""),
        ({"status": "final", "implicitRules": "http://x"}, RESULT, DOUBT),
        ({"status": "final", "meta": {"tag": [{"code": "SUBSETTED"}]}}, RESULT, DOUBT),
        ({"status": "final", "code": {"modifierExtension": []}}, RESULT, DOUBT),
        ({"status": "final", "contained": [{"modifierExtension": []}]}, RESULT, ""),
        ({"status": "cancelled", "modifierExtension": []}, RESULT, VOID),
    ],
)
def test_whether_a_resource_counts(
    resource: dict[str, Any], statuses: dict[str, Standing], counts: str
) -> None:
    found = standing(resource, statuses)
    assert (bool(found.void), bool(found.doubt)) == (counts == VOID, counts == DOUBT)


def test_the_first_reason_not_to_count_holds_before_any_doubt() -> None:
    doubt, void = Standing("", "preliminary"), Standing("refuted")
    assert together() == together(STANDS, STANDS) == STANDS
    assert together(doubt, STANDS, Standing("", "undated")) == doubt
    assert together(doubt, void, Standing("cancelled")) == void


def test_a_modifier_extension_is_found_at_any_depth_but_in_what_stands_for_itself() -> None:
    deep = {"referenceRange": [{"low": {"value": 1, "modifierExtension": []}}]}
    assert modified(deep)
    assert not modified(deep, inside=("referenceRange",))
    assert not modified({"extension": [{"url": "modifierExtension"}]})
