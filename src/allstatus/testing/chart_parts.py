"""The resources and segments of which generated charts are made, each beside what a record would
say instead.

All patients are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from allstatus.ehr.coding.codes import Population, population_tables
from allstatus.record.percent import format_number
from allstatus.rules.ruleset import RELAPSE, REMISSION
from allstatus.testing.number_strategies import Rules, classifier_of
from allstatus.testing.representatives import Record

Resource = dict[str, Any]
Part = tuple[Record, list[Resource]]  # what a record would say, and the resources that say it
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
RXNORM, UCUM = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://unitsofmeasure.org"
FHIR = "http://hl7.org/fhir/StructureDefinition"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
FEVER, IN_THE_CNS, VINCRISTINE = "386661006", "61301000119102", "11202"
MARROW_BLASTS, BLASTS = "11150-0", "marrow_blast_percent"
COUNTS = {  # LOINC code: name, unit, low, high, a digit below
    "6690-2": ("Leukocytes", "10*9/L", "4.0", "11.0", "3.9"),
    "718-7": ("Hemoglobin", "g/dL", "12.0", "15.5", "11.9"),
    "777-3": ("Platelets", "10*9/L", "150", "400", "149"),
}
BORN = date(1980, 5, 1)
SUBJECT = {"reference": "Patient/p1"}


def marrow(day: date, number: str, comparator: str = "") -> Part:
    """Marrow blasts as a quantity; as text where a reader that makes doubles of JSON numbers would
    not get it exactly.
    """
    if format_number(Fraction(str(float(number)))) != number:
        return {BLASTS: number}, [
            _observation(f"marrow-{day}", MARROW_BLASTS, day, {"valueString": f"{number} %"})
        ]
    compared = {"comparator": comparator} if comparator else {}
    sent = float(number) if "." in number else int(number)
    value = {"value": sent, "unit": "%", "system": UCUM, "code": "%", **compared}
    return {BLASTS: f"{comparator}{number}"}, [
        _observation(f"marrow-{day}", MARROW_BLASTS, day, {"valueQuantity": value})
    ]


def counts(day: date, parts: Mapping[str, bool]) -> Part:
    """A blood count of these components, on a limit of their range, or a digit below it; what is
    missing leaves it open.
    """
    said = {}
    if parts:
        normal = "normal" if len(parts) == len(COUNTS) else "unknown"
        said["cbc"] = normal if all(parts.values()) else "abnormal"
    return said, [
        _observation(f"{code}-{day}", code, day, _in_range(code, normal))
        for code, normal in parts.items()
    ]


def treated(day: date) -> Part:
    """Vincristine given."""
    given = {
        "resourceType": "MedicationAdministration",
        "id": f"given-{day}",
        "status": "completed",
        "subject": SUBJECT,
        "medicationCodeableConcept": coded(RXNORM, VINCRISTINE),
        "effectiveDateTime": day.isoformat(),
    }
    return {"prior_treatment": "disease_directed"}, [given]


def fever(day: date) -> Part:
    """A coded symptom, gone the same day."""
    return {"signs_and_symptoms": "present"}, [
        condition("fever", FEVER, day, abatementDateTime=day.isoformat())
    ]


def in_the_cns(day: date) -> Part:
    """Leukemia coded outside the marrow."""
    return {"leukemia_outside_marrow": "present"}, [condition("cns", IN_THE_CNS, day)]


def coded_history(rules: Rules, remission: date, relapse: date | None) -> Part:
    """A remission coded on a day, and perhaps a relapse after it; nothing where no code of the
    disease says so.
    """
    reached, back = _code_that_asserts(rules, REMISSION), _code_that_asserts(rules, RELAPSE)
    if reached is None or (relapse is not None and back is None):
        return {}, []
    said = {"prior_remission": True}
    resources = [_recorded("remission", reached, remission)]
    if relapse is not None and back is not None:
        said["relapse_since_remission"] = True
        resources.append(_recorded("relapse", back, relapse))
    return said, resources


def diagnosis(rules: Rules, day: date) -> Resource:
    """The disease of the rules, coded on a day."""
    return condition("all", classifier_of(rules).ruleset.population["snomed"][0], day)


def _code_that_asserts(rules: Rules, status: str) -> str | None:
    """The first SNOMED CT code of the disease that asserts a status."""
    tables = population_tables(Population.of(classifier_of(rules).ruleset))
    for (system, code), (topic, _) in tables.diagnoses.by_code.items():
        if system == "snomed" and topic["all"] and topic["asserts"] == status:
            return code
    return None


def bundle(resources: list[Resource]) -> Resource:
    """A collection of one patient."""
    person = {"id": "p1", "gender": "female", "birthDate": BORN.isoformat()}
    patient = {"resourceType": "Patient", **person}
    entries = [{"resource": resource} for resource in [patient, *resources]]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def condition(name: str, code: str, day: date, **more: str) -> Resource:
    """A confirmed condition that begins on a day."""
    return {
        "resourceType": "Condition",
        "id": f"{name}-{day}",
        "code": coded(SNOMED, code),
        "subject": SUBJECT,
        "onsetDateTime": day.isoformat(),
        "verificationStatus": coded(VERIFICATION, "confirmed"),
        **more,
    }


def coded(system: str, code: str) -> Resource:
    """A codeable concept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def count_segment(number: int, code: str, at: str, *, normal: bool) -> str:
    """A component of a blood count as OBX."""
    name, unit, low, high, below = COUNTS[code]
    value = high if normal else below
    return f"OBX|{number}|NM|{code}^{name}^LN||{value}|{unit}|{low}-{high}||||F|||{at}"


def _recorded(name: str, code: str, day: date) -> Resource:
    resource = condition(name, code, day)
    resource["recordedDate"] = resource.pop("onsetDateTime")
    return resource


def _observation(name: str, code: str, day: date, value: Resource) -> Resource:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": coded(LOINC, code),
        "subject": SUBJECT,
        "effectiveDateTime": day.isoformat(),
        **value,
    }


def _in_range(code: str, normal: bool) -> Resource:
    _, unit, low, high, below = COUNTS[code]
    sent = {"unit": unit, "system": UCUM, "code": unit}
    limits = {"low": {"value": float(low), **sent}, "high": {"value": float(high), **sent}}
    return {
        "valueQuantity": {"value": float(high if normal else below), **sent},
        "referenceRange": [limits],
    }
