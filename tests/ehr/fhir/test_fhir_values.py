"""Values and flags as sent; what cannot be read stays unreadable."""

from typing import Any

import pytest

from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.fhir.fhir_values import (
    flags,
    interpreted,
    quantity,
    value_of,
)
from allstatus.ehr.sent_values import Unreadable, percent_of

HL7 = "http://terminology.hl7.org/CodeSystem/"
INTERPRETATION = f"{HL7}v3-ObservationInterpretation"


def percent(value: Any) -> str | None:
    """A value as marrow blasts, or None where it cannot be read."""
    sent = value_of({"valueQuantity": value} if "valueRatio" not in value else value)
    assert sent is not None
    try:
        return percent_of(sent, code_tables()).describe()
    except Unreadable:
        return None


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"value": 2, "unit": "%"}, "2"),
        ({"value": 2, "unit": "%", "comparator": "<"}, "less than 2"),
        ({"value": 2, "unit": "%", "comparator": "≤"}, "at most 2"),
        ({"value": 2, "unit": "%", "comparator": "ad"}, None),
        ({"value": 2, "unit": "%", "_comparator": {"extension": []}}, None),
        ({"value": 2, "unit": "%", "comparator": "<", "_comparator": {"id": "a"}}, "less than 2"),
        ({"value": 2, "unit": "percent", "code": "g/L"}, None),
        ({"value": 2}, None),
        ({"unit": "%"}, None),
    ],
)
def test_a_quantity_as_a_share_of_cells(value: dict[str, Any], read: str | None) -> None:
    assert percent(value) == read


@pytest.mark.parametrize(
    ("top", "bottom", "read"),
    [
        ("", "", "5"),
        (">", "", "more than 5"),
        ("", ">", "less than 5"),
        ("", ">=", "at most 5"),
        (">", "<", "more than 5"),
        ("<", "<", None),
        ("?", "", None),
    ],
)
def test_the_signs_of_both_ends_of_a_ratio_say_which_way_it_is_open(
    top: str, bottom: str, read: str | None
) -> None:
    ends = {"numerator": {"value": 10}, "denominator": {"value": 200}}
    for end, sign in zip(ends.values(), (top, bottom), strict=True):
        end.update({"comparator": sign} if sign else {})  # type: ignore[dict-item]
    assert percent({"valueRatio": ends}) == read


def test_two_values_are_none_and_no_value_is_no_value() -> None:
    assert value_of({"status": "final"}) is None
    assert value_of({"valueString": None}) is None
    both = value_of({"valueInteger": 2, "valueString": "40 %"})
    assert both is not None
    assert both.text == "more than one value"


def test_flags_are_hl7_s_own_or_keep_their_system() -> None:
    said = [
        {"coding": [{"system": INTERPRETATION, "code": "l"}]},
        {"coding": [{"system": "http://h.example", "code": "N"}]},
        {"text": "low"},
        {"text": "lowish"},
    ]
    assert flags({"interpretation": said}) == ("L", "http://h.example|N", "L", "|lowish")


def test_an_interpretation_alone_is_a_finding_where_it_says_one() -> None:
    positive = {"interpretation": [{"coding": [{"system": INTERPRETATION, "code": "POS"}]}]}
    assert interpreted(positive) is not None
    assert interpreted({"interpretation": [{"text": "positive"}]}) is None
    assert interpreted(positive | {"dataAbsentReason": {"text": "clotted"}}) is None


def test_unit_and_code_that_say_the_same_are_one() -> None:
    assert quantity({"value": 5, "unit": "10^9/L", "code": "10*9/L"}).unit == "10*9/L"
    assert quantity({"value": 5, "unit": "g/L", "code": "g/dL"}).unit == "g/dL or g/L"
