"""What stands beside a resource's content: whether it counts, does not, or cannot be relied on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.ehr.fhir.fhir_standing import (
    GIVEN,
    RESULT,
    STANDS,
    Standing,
    may_modify,
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


NAMES = st.sampled_from(["modifierExtension", "extension", "contained", "Extension", "ä"])
ELEMENTS = st.recursive(
    st.none() | st.integers() | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def escaped(text: str, places: set[int]) -> str:
    """The same JSON with the letters at these places written as escapes."""
    return "".join(
        f"\\u{ord(sign):04x}" if place in places and sign.isalpha() else sign
        for place, sign in enumerate(text)
    )


@given(st.dictionaries(NAMES, ELEMENTS, max_size=3), st.sets(st.integers(0, 60)), st.booleans())
def test_what_holds_a_modifier_extension_may_as_it_is_written(
    element: dict[str, Any], places: set[int], ascii_only: bool
) -> None:
    names_only = json.dumps(element, ensure_ascii=ascii_only).replace("null", "0")
    text = escaped(names_only, places) if not ascii_only else names_only
    assert may_modify(text) or not modified(json.loads(text))
    assert may_modify(text.encode()) == may_modify(text)
