"""Medicines and procedures are read as `fhir_treatments.yaml` says, in every version of FHIR."""

from typing import Any

import pytest

from allstatus.ehr.chart import MOST
from allstatus.ehr.fhir.fhir_standing import MORE
from ehr.fhir.fhir_cases import cases, chart_of, check


@pytest.mark.parametrize("case", cases("fhir_treatments"), ids=lambda case: case["name"])
def test_a_treatment_is_read_as_it_says(case: dict[str, Any]) -> None:
    check(case)


def medicine(**more: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationAdministration", "id": "g", **more}


def day_of(**more: Any) -> str | None:
    when = chart_of([medicine(**more)]).treatments[0].when
    return when.text if when else None


def test_a_date_that_cannot_be_read_is_not_replaced_by_another() -> None:
    assert day_of(effectiveDateTime="2025-03-10", dateAsserted="2025-04-01") == "2025-03-10"
    assert day_of(dateAsserted="2025-04-01") == "2025-04-01"
    assert day_of(effectiveDateTime="soon", dateAsserted="2025-04-01") is None
    assert day_of(_effectiveDateTime={"extension": []}, dateAsserted="2025-04-01") is None
    assert day_of(effectiveTiming={"event": ["2025-03-10"]}, dateAsserted="2025-04-01") is None


def test_inactive_ingredients_say_nothing() -> None:
    drug, filler = ({"coding": [{"system": "urn:x", "code": code}]} for code in ("drug", "filler"))
    mixed = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [
            {"itemCodeableConcept": drug},
            {"itemCodeableConcept": filler, "isActive": False},
        ],
    }
    given = medicine(medicationReference={"reference": "#m"}, contained=[mixed])
    (treatment,) = chart_of([given]).treatments
    assert [code.code for code in treatment.codes] == ["drug"]


def test_a_reason_of_versions_that_cannot_be_told_apart_is_not_known() -> None:
    given = medicine(reasonReference=[{"reference": "Condition/z"}])
    either = [{"resourceType": "Condition", "id": "z", "code": {"text": said}} for said in "ab"]
    for versions in (either, either[::-1]):
        (treatment,) = chart_of([given, *versions]).treatments
        assert [code.code for code in treatment.reasons] == ["not here"]


def test_of_more_orders_or_ingredients_than_are_read_a_treatment_is_in_doubt() -> None:
    def orders(number: int) -> list[dict[str, Any]]:
        names = [f"MedicationRequest/{n}" for n in range(number)]
        refs = [{"request": {"reference": names[0]}}]
        refs += [{"basedOn": [{"reference": name}]} for name in names[1:]] + [{}]
        made = [{"resourceType": "MedicationRequest", "id": f"{n}"} for n in range(number)]
        kept = [one | ref for one, ref in zip(made, refs[1:], strict=True)]
        return [medicine(**refs[0], status="completed"), *kept]

    def mixed(number: int) -> list[dict[str, Any]]:
        holds = [{"itemCodeableConcept": {"text": f"drug {n}"}} for n in range(number)]
        mix = {"resourceType": "Medication", "id": "m", "ingredient": holds}
        return [
            medicine(status="completed", medicationReference={"reference": "Medication/m"}),
            mix,
        ]

    for made, most in ((orders, MOST - 1), (mixed, MOST)):
        for number, doubt in ((most, ""), (most + 1, MORE.doubt)):
            treatment, *_ = chart_of(made(number)).treatments
            assert treatment.doubt == doubt
