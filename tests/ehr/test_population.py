"""Charts are placed by the population that a rule set declares, as records are."""

from pathlib import Path
from typing import Any

import pytest

from allstatus.decision.classifier import load_rules
from allstatus.ehr.coding.codes import Population, code_tables, population_tables
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from shipped import RULES as ALL

ROOT = Path(__file__).parents[2]
AML = load_rules(ROOT / "examples" / "rules" / "nci-pdq-adult-aml-patient", engine="builtin")


def test_the_shipped_population_is_that_of_the_code_tables() -> None:
    ours, marked = code_tables().diagnoses, population_tables(Population.of(ALL.ruleset)).diagnoses
    assert {n: t["all"] for n, t in marked.topics.items()} == {
        n: t["all"] for n, t in ours.topics.items()
    }
    assert set(marked.by_code) == set(ours.by_code)


def chart(system: str, code: str) -> Any:
    patient = {"resourceType": "Patient", "id": "p"}
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": system, "code": code}]},
        "recordedDate": "2026-01-02",
    }
    entries = [{"resource": patient}, {"resource": condition}]
    (read,) = read_fhir({"resourceType": "Bundle", "type": "collection", "entry": entries})
    return read


ICD, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("system", "code", "of_all", "of_aml"),
    [
        (ICD, "C91.00", True, False),
        (ICD, "C92.00", False, True),
        (SNOMED, "91861009", False, True),
        (SNOMED, "91857003", True, False),
        (ICD, "C50.9", False, False),
    ],
)
def test_a_diagnosis_is_one_of_the_rules_or_another(
    system: str, code: str, of_all: bool, of_aml: bool
) -> None:
    for classifier, expected in ((ALL, of_all), (AML, of_aml)):
        decision = decide_chart(classifier, chart(system, code))
        assert (decision.outcome != "not_applicable") is expected, classifier.ruleset.id
