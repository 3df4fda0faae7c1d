"""Strategies for charts: FHIR R4 bundles, HL7 v2 messages, and one patient's records over time. Public, under semver.

All patients are invented. Numbers lie on and beside the limits of the rules, as in `near_threshold`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from allstatus.measurement import format_number
from allstatus.testing.sides import Record, limits_of
from allstatus.testing.strategies import Rules, Strategy, classifier_of, near_threshold

Resource = dict[str, Any]
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
RXNORM, UCUM = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://unitsofmeasure.org"
LEUKEMIA, MARROW_BLASTS = "91857003", "11150-0"
COUNTS = {  # LOINC code: name, unit, low, high
    "6690-2": ("Leukocytes", "10*9/L", "4.0", "11.0"), "718-7": ("Hemoglobin", "g/dL", "12.0", "15.5"),
    "777-3": ("Platelets", "10*9/L", "150", "400"),
}  # fmt: skip
BLASTS, FIRST_DAY = "marrow_blast_percent", date(2024, 1, 1)
PHASES: Mapping[str, tuple[str, ...]] = {  # what can follow what
    "untreated": ("treated", "in_remission"), "treated": ("in_remission",),
    "in_remission": ("in_remission", "recurrent"), "recurrent": ("recurrent", "in_remission"),
}  # fmt: skip


@st.composite
def bundles(draw: st.DrawFn, rules: Rules = None) -> Resource:
    """A FHIR R4 collection of one patient with ALL: marrow blasts, perhaps a blood count and a treatment, in any order."""
    day = FIRST_DAY + timedelta(days=draw(st.integers(60, 600)))
    resources = [_observation(f"marrow-{day}", MARROW_BLASTS, day, draw(_fhir_values(rules)))]
    if draw(st.booleans()):
        resources += [_observation(f"{code}-{day}", code, day, _in_range(code, draw(st.booleans()))) for code in COUNTS]
    if draw(st.booleans()):
        resources.append(_treatment(day - timedelta(days=draw(st.integers(30, 60)))))
    entries = [{"resource": resource} for resource in [_patient(), _condition(), *draw(st.permutations(resources))]]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


@st.composite
def hl7v2_messages(draw: st.DrawFn, rules: Rules = None) -> str:
    """An ORU^R01 message with a marrow result (a number, or a structured one with a comparator) and perhaps a blood count."""
    day = FIRST_DAY + timedelta(days=draw(st.integers(0, 600)))
    at = f"{day:%Y%m%d}"
    kind, value = draw(_hl7_values(rules))
    lines = [
        f"MSH|^~\\&|LAB|HOSP|EHR|HOSP|{at}0900||ORU^R01|M1|P|2.5.1", "PID|1||P1^^^HOSP^MR||TEST^PATIENT||19800501|F",
        f"DG1|1||C91.00^Acute lymphoblastic leukemia^I10C||{at}|W", f"OBR|1|O1|F1|{MARROW_BLASTS}^Marrow blasts^LN|||{at}",
        f"OBX|1|{kind}|{MARROW_BLASTS}^Blasts in bone marrow^LN||{value}|%|||||F|||{at}",
    ]  # fmt: skip
    if draw(st.booleans()):
        lines.append(f"OBR|2|O2|F2|58410-2^Complete blood count^LN|||{at}")
        for number, (code, (name, unit, low, high)) in enumerate(COUNTS.items(), 1):
            lines.append(f"OBX|{number}|NM|{code}^{name}^LN||{high if draw(st.booleans()) else low}|{unit}|{low}-{high}||||F|||{at}")
    return "\r".join(lines) + "\r"


@st.composite
def histories(draw: st.DrawFn, rules: Rules = None, longest: int = 6) -> list[Record]:
    """One patient's records in the order of time, the history in each as the earlier ones left it.

    The findings of each fit its phase: never treated, treated without a remission yet, in remission, recurrent.
    """
    day, phase, remissions, relapses = FIRST_DAY, "untreated", 0, 0
    found: list[Record] = []
    for number in range(draw(st.integers(1, longest))):
        if number:
            day += timedelta(days=draw(st.integers(1, 400)))
            phase, before = draw(st.sampled_from(PHASES[phase])), phase
            relapses += phase == "recurrent" != before
        found.append(
            {
                "id": "patient-1", "as_of": day.isoformat(), "prior_treatment": "none" if phase == "untreated" else "disease_directed",
                "prior_remission": remissions > 0, "relapse_since_remission": phase == "recurrent", "relapse_count": relapses,
                **draw(_findings(phase == "in_remission", rules)),
            }
        )  # fmt: skip
        remissions += phase == "in_remission"
    return found


def _findings(remission: bool, rules: Rules) -> Strategy[Record]:
    limit = limits_of(classifier_of(rules).ruleset, BLASTS)[0]
    inside = near_threshold(rules, BLASTS).filter(lambda number: (Fraction(number) <= limit) is remission)
    words = ("normal", "absent") if remission else ("abnormal", "present")
    return st.fixed_dictionaries(
        {"cbc": st.just(words[0]), BLASTS: inside, "signs_and_symptoms": st.just(words[1]), "leukemia_outside_marrow": st.just("absent")}
    )


def _fhir_values(rules: Rules) -> Strategy[Resource]:
    """A quantity where a JSON number says it exactly, with or without a comparator; else text."""
    numbers = near_threshold(rules, BLASTS)
    exact = numbers.map(lambda n: _quantity(n) if format_number(Fraction(str(float(n)))) == n else {"valueString": f"{n} %"})
    bounds = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(1, 99)).map(lambda pair: _quantity(str(pair[1]), pair[0]))
    return st.one_of(exact, bounds)


def _hl7_values(rules: Rules) -> Strategy[tuple[str, str]]:
    exact = near_threshold(rules, BLASTS).map(lambda number: ("NM", number))
    bounds = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(1, 99)).map(lambda pair: ("SN", f"{pair[0]}^{pair[1]}"))
    return st.one_of(exact, bounds)


def _quantity(number: str, comparator: str = "") -> Resource:
    value = float(number) if "." in number else int(number)
    compared = {"comparator": comparator} if comparator else {}
    return {"valueQuantity": {"value": value, "unit": "%", "system": UCUM, "code": "%", **compared}}


def _in_range(code: str, normal: bool) -> Resource:
    """A count at the upper limit of its range (which belongs to it), or ten times that."""
    _, unit, low, high = COUNTS[code]
    sent = {"unit": unit, "system": UCUM, "code": unit}
    limits = {"low": {"value": float(low), **sent}, "high": {"value": float(high), **sent}}
    return {"valueQuantity": {"value": float(high) * (1 if normal else 10), **sent}, "referenceRange": [limits]}


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def _patient() -> Resource:
    return {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-05-01"}


def _condition() -> Resource:
    verified = _coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed")
    of = {"reference": "Patient/p1"}
    return {
        "resourceType": "Condition", "id": "all", "code": _coded(SNOMED, LEUKEMIA), "subject": of,
        "verificationStatus": verified, "onsetDateTime": FIRST_DAY.isoformat(),
    }  # fmt: skip


def _observation(name: str, code: str, day: date, value: Resource) -> Resource:
    return {
        "resourceType": "Observation", "id": name, "status": "final", "code": _coded(LOINC, code),
        "subject": {"reference": "Patient/p1"}, "effectiveDateTime": day.isoformat(), **value,
    }  # fmt: skip


def _treatment(day: date) -> Resource:
    return {
        "resourceType": "MedicationAdministration", "id": "given", "status": "completed", "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": _coded(RXNORM, "11202"), "effectiveDateTime": day.isoformat(),
    }  # fmt: skip
