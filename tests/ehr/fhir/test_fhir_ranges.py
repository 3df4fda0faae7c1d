"""Reference ranges as sent: which may be this patient's."""

from typing import Any

import pytest

from allstatus.ehr.dates import When, read_when
from allstatus.ehr.fhir.fhir_ranges import UNREADABLE_RANGE, ranges

DAY = read_when("2025-03-10")
BORN = read_when("1980-05-01")


def spans(part: Any, born: When | None = BORN) -> list[str]:
    """The ranges as low-high."""
    found = ranges({"referenceRange": part}, lambda: born, DAY)
    shown = [
        tuple("" if end is None else str(end.number) for end in (r.low, r.high)) for r in found
    ]
    return [
        "unreadable" if r is UNREADABLE_RANGE else "words" if r.low and r.low.text else "-".join(s)
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
        ([ADULT | {"text": "see report"}], ["150-400"]),
        ([ADULT | {"text": "150 - 400 10*9/L"}], ["150-400", "words"]),
        ([ADULT | {"text": "150-400"} | of_age(2, 12)], ["unreadable"]),
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
