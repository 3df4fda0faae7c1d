"""Small FHIR resources for tests, as charts send them."""

from typing import Any

LOINC, SNOMED, RXNORM = (
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
)
ICD10CM, UCUM = "http://hl7.org/fhir/sid/icd-10-cm", "http://unitsofmeasure.org"
INTENT = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-treatment-intent"
RANGES = {
    "6690-2": ("10*9/L", 4.0, 11.0),
    "718-7": ("g/dL", 12.0, 15.5),
    "777-3": ("10*9/L", 150, 400),
    "4544-3": ("%", 36, 46),
    "751-8": ("10*9/L", 2.0, 7.5),
}
Resource = dict[str, Any]


def concept(code: str, system: str = LOINC, display: str | None = None) -> Resource:
    return {
        "coding": [{"system": system, "code": code} | ({"display": display} if display else {})]
    }


def patient(id: str = "p1", **more: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": id,
        "gender": "female",
        "birthDate": "1980-05-01",
    } | more


def condition(
    id: str, code: str, system: str = SNOMED, day: str | None = None, **more: Any
) -> Resource:
    dated = {"onsetDateTime": day} if day else {}
    return (
        {
            "resourceType": "Condition",
            "id": id,
            "code": concept(code, system),
            "subject": {"reference": "Patient/p1"},
            "verificationStatus": concept(
                "confirmed", "http://terminology.hl7.org/CodeSystem/condition-ver-status"
            ),
        }
        | dated
        | more
    )


def observation(id: str, code: str, day: str, **more: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": concept(code),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": day,
    } | more


def quantity(value: Any, unit: str, comparator: str | None = None) -> Resource:
    found = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return found | ({"comparator": comparator} if comparator else {})


def marrow(
    day: str,
    value: Any,
    unit: str = "%",
    id: str | None = None,
    comparator: str | None = None,
    **more: Any,
) -> Resource:
    return observation(
        id or f"marrow-{day}",
        "11150-0",
        day,
        valueQuantity=quantity(value, unit, comparator),
        **more,
    )


def count(
    code: str, day: str, value: Any, *, ranged: bool = True, unit: str | None = None, **more: Any
) -> Resource:
    own, low, high = RANGES[code]
    found = observation(f"{code}-{day}", code, day, valueQuantity=quantity(value, unit or own))
    if ranged:
        found["referenceRange"] = [{"low": quantity(low, own), "high": quantity(high, own)}]
    return found | more


def cbc(
    day: str, wbc: Any = 6.2, hemoglobin: Any = 13.1, platelets: Any = 230, **more: Any
) -> list[Resource]:
    return [
        count(code, day, value, **more)
        for code, value in (("6690-2", wbc), ("718-7", hemoglobin), ("777-3", platelets))
    ]


def given(
    day: str, code: str = "11202", id: str | None = None, display: str = "vincristine", **more: Any
) -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": id or f"given-{display}-{day}",
        "status": "completed",
        "medicationCodeableConcept": concept(code, RXNORM, display),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": day,
    } | more


def intent(code: str) -> Resource:
    return {"extension": [{"url": INTENT, "valueCodeableConcept": concept(code, SNOMED)}]}


def bundle(*resources: Any, kind: str = "collection") -> Resource:
    flat = [
        item
        for resource in resources
        for item in (resource if isinstance(resource, list) else [resource])
    ]
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"resource": resource} for resource in flat],
    }


ALL = condition("all", "91857003", day="2025-01-02")
REMISSION = [patient(), ALL, given("2025-01-10"), marrow("2025-03-10", 2), *cbc("2025-03-10")]
