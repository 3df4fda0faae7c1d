"""Values, ranges and flags as sent; what cannot be read stays unreadable."""

from typing import Any

import pytest

from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.dates import When, read_when
from allstatus.ehr.fhir.fhir_values import (
    UNREADABLE_RANGE,
    flags,
    interpreted,
    quantity,
    ranges,
    value_of,
)
from allstatus.ehr.sent_values import Unreadable, percent_of

DAY = read_when("2025-03-10")
BORN = read_when("1980-05-01")
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


def spans(part: Any, born: When | None = BORN) -> list[str]:
    """The ranges as low-high."""
    found = ranges({"referenceRange": part}, lambda: born, DAY)
    shown = [
        tuple("" if end is None else str(end.number) for end in (r.low, r.high)) for r in found
    ]
    return [
        "unreadable" if r is UNREADABLE_RANGE else "-".join(s)
        for r, s in zip(found, shown, strict=True)
    ]


ADULT = {"low": {"value": 150}, "high": {"value": 400}}


def of_age(low: int, high: int, unit: str = "a") -> dict[str, Any]:
    return {"age": {"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}}}


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ([], []),
        (ADULT, ["150-400"]),
        ([ADULT], ["150-400"]),
        ("150-400", ["unreadable"]),
        ([{"low": {"value": 150}}], ["150-"]),
        ([ADULT | of_age(18, 120)], ["150-400"]),
        ([ADULT | of_age(44, 44)], ["150-400"]),
        ([ADULT | of_age(45, 120)], ["unreadable"]),
        ([ADULT | of_age(2, 12)], ["unreadable"]),
        ([ADULT | of_age(2, 12), {"low": {"value": 1}}], ["1-"]),
        ([ADULT | of_age(18, 120, "parsec")], ["unreadable"]),
        ([ADULT | {"appliesTo": [{"text": "pregnant"}]}], ["unreadable"]),
        ([ADULT | {"type": {"coding": [{"code": "treatment"}]}}], []),
        ([ADULT | {"type": {"coding": [{"code": "normal"}]}}], ["150-400"]),
        ([ADULT | {"type": {"text": "therapeutic"}}], ["unreadable"]),
        ([{"normalValue": {"text": "negative"}}], ["unreadable"]),
    ],
)
def test_the_ranges_that_may_be_this_patient_s(sent: Any, found: list[str]) -> None:
    assert spans(sent) == found


def test_of_a_patient_of_unknown_age_any_range_may_be() -> None:
    assert spans([ADULT | of_age(2, 12)], born=None) == ["150-400"]


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
