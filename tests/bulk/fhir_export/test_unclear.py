"""Which lines hold a diagnosis that is not understood does not depend on the lines read before."""

import json
from itertools import permutations
from typing import Any

import pytest

from allstatus.bulk.fhir_export.unclear import UnclearDiagnoses, number_of
from allstatus.ehr.chart_options import DEFAULT_OPTIONS
from ehr.bundles import ICD10CM, SNOMED, concept

ABOUT = {"id": "x", "subject": {"reference": "Patient/p"}}
CONDITION: dict[str, Any] = {"resourceType": "Condition", **ABOUT}
AMBULANT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
VISIT = {"resourceType": "Encounter", **ABOUT, "status": "finished", "class": AMBULANT}
STATUS = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
REFUTED = {"verificationStatus": {"coding": [{"system": STATUS, "code": "refuted"}]}}
STRANGE, KNOWN = concept("000000000", SNOMED), concept("I10", ICD10CM)
RULED_OUT = {
    "url": "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit",
    "valueCode": "A",
}
TOLD: dict[str, tuple[dict[str, Any], bool]] = {
    "a code that no table names": (CONDITION | {"code": STRANGE}, True),
    "the same, refuted": (CONDITION | {"code": STRANGE} | REFUTED, False),
    "the same, refuted as earlier versions say it": (
        CONDITION | {"code": STRANGE, "verificationStatus": "entered-in-error"},
        False,
    ),
    "the same, ruled out as in Germany": (
        CONDITION | {"code": STRANGE | {"extension": [RULED_OUT]}},
        False,
    ),
    "another disease": (CONDITION | {"code": KNOWN}, False),
    "words only": (CONDITION | {"code": {"text": "leukemia?"}}, True),
    "nothing": (CONDITION, True),
    "a visit without a reason": (VISIT, False),
    "a visit for what no table names": (VISIT | {"reasonCode": [STRANGE]}, True),
    "the same, entered in error": (
        VISIT | {"reasonCode": [STRANGE], "status": "entered-in-error"},
        False,
    ),
    "a visit for another disease": (VISIT | {"reasonCode": [KNOWN]}, False),
    "an impression that found it": (
        {"resourceType": "ClinicalImpression", **ABOUT, "status": "completed"}
        | {"finding": [{"itemCodeableConcept": STRANGE}]},
        True,
    ),
    "another kind": ({"resourceType": "Observation", **ABOUT, "code": STRANGE}, False),
    "no patient": ({"resourceType": "Condition", "code": STRANGE}, True),
}


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", " : ")])
def test_each_line_after_any_other(name: str, separators: tuple[str, str]) -> None:
    spelled = {
        other: (one["resourceType"], json.dumps(one, separators=separators).encode())
        for other, (one, _) in TOLD.items()
    }
    for before in TOLD:
        told = UnclearDiagnoses(DEFAULT_OPTIONS)
        told.holds(*spelled[before])
        assert told.holds(*spelled[name]) == TOLD[name][1], before


def test_what_cannot_be_read_holds_nothing() -> None:
    told = UnclearDiagnoses(DEFAULT_OPTIONS)
    assert not told.holds("Condition", b'{"resourceType":"Condition","code":{"coding":[{"code":"')


def test_patients_are_told_apart_by_number() -> None:
    names = ["".join(letters) for letters in permutations("abcdefg")]
    numbers = {number_of(name) for name in names}
    assert len(numbers) == len(names)
    assert {len(number) for number in numbers} == {8}
