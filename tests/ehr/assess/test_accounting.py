"""Every statement of a chart has one place, and the numbers add up to what came in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allstatus.decision.classifier import load_rules
from allstatus.ehr.assess.caller_facts import make_overlays
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions, make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.render.messages import headline

RULES = load_rules()
FIXTURES = Path(__file__).parents[3] / "fixtures" / "fhir"
CHARTS = sorted(p for p in FIXTURES.glob("*.json") if ".expected" not in p.name)


def resources(value: Any) -> Iterator[dict[str, Any]]:
    """The resources of a bundle, without this package's reader."""
    for entry in value.get("entry", ()):
        yield entry["resource"]


def coded(kind: str, name: str, *codings: tuple[str, str], **more: Any) -> dict[str, Any]:
    concept = {"coding": [{"system": system, "code": code} for system, code in codings]}
    place = "medicationCodeableConcept" if kind.startswith("Medication") else "code"
    about = {"resourceType": kind, "id": name, "subject": {"reference": "Patient/p"}}
    return {**about, place: concept, **more}


def decide(*found: dict[str, Any], options: ChartOptions = DEFAULT_OPTIONS, **more: Any) -> Any:
    (chart,) = read_fhir([{"resourceType": "Patient", "id": "p"}, *found])
    return decide_chart(RULES, chart, options=options, **more)


ALL = coded("Condition", "dx", ("http://hl7.org/fhir/sid/icd-10-cm", "C91.00"))
SODIUM = coded(
    "Observation", "na", ("http://loinc.org", "2951-2"), status="final", valueInteger=140
)
LOCAL = coded("Observation", "own", ("http://h.example/lab", "KMB"), status="final", valueInteger=2)
MEDICINE = coded(
    "MedicationAdministration",
    "tx",
    ("http://hl7.org/fhir/sid/ndc", "61703-309-06"),
    status="completed",
    effectiveDateTime="2025-01-10",
)


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: path.stem)
def test_the_numbers_of_every_fixture_add_up(path: Path) -> None:
    for chart in read_fhir(json.loads(path.read_text("utf-8"))):
        numbers = decide_chart(RULES, chart).accounted
        parts = (numbers.counted, numbers.set_aside, numbers.about_something_else)
        assert numbers.came_in == sum(parts) + numbers.not_understood


def test_each_statement_has_the_first_place_that_fits() -> None:
    numbers = decide(ALL, SODIUM, LOCAL, MEDICINE).accounted
    assert (numbers.came_in, numbers.counted, numbers.set_aside) == (4, 1, 0)
    assert (numbers.about_something_else, numbers.not_understood) == (1, 2)


def test_what_is_not_understood_is_listed_by_its_codes_and_told() -> None:
    decision = decide(ALL, LOCAL, LOCAL | {"id": "own2"}, MEDICINE)
    assert decision.chart.account.codes == (
        {"system": "http://h.example/lab", "code": "KMB", "display": "", "count": 2},
        {"system": "ndc", "code": "61703-309-06", "display": "", "count": 1},
    )
    assert [w for w in decision.warnings if "could not be read" in w] == [
        "2 results could not be read: http://h.example/lab KMB; no table names them",
        "1 treatment could not be read: ndc 61703-309-06; no table names it",
    ]


def test_no_all_diagnosis_is_said_only_when_all_are_understood() -> None:
    other = coded("Condition", "dx", ("http://hl7.org/fhir/sid/icd-10-cm", "C18.9"))
    local = coded("Condition", "dx", ("http://h.example/dx", "4711"))
    assert headline(decide(other), "clinician") == "No ALL diagnosis on this chart"
    assert headline(decide(local), "clinician") == (
        "No diagnosis known here as ALL; not understood: no text (http://h.example/dx 4711)"
    )
    status = {"coding": [{"code": "provisional"}]}
    assert headline(decide(ALL | {"verificationStatus": status}), "clinician") == (
        "No diagnosis known here as ALL; not understood: no text (icd10cm C91.00, not confirmed)"
    )
    given = make_overlays({"diagnosis": "C91.00"})
    assert decide(local, overlays=given).outcome != "not_applicable"


def test_a_sites_codes_are_laid_over_ours_and_named(tmp_path: Path) -> None:
    (tmp_path / "treatments.yaml").write_text(
        'vincristine:\n  codes: [{system: ndc, code: "61703-309-06", verified: yes, cite: x}]\n'
    )
    (tmp_path / "results.yaml").write_text(
        'marrow_blasts:\n  codes: [{system: "http://h.example/lab/", code: KMB, verified: no, '
        "cite: our laboratory}]\n"
    )
    (tmp_path / "diagnoses.yaml").write_text(
        'all:\n  codes: [{system: "urn:oid:1.2.3", code: "4711", verified: yes, cite: x}]\n'
    )
    options = make_reader(codes=tmp_path)
    own = coded("Condition", "dx", ("1.2.3", "4711"))
    decision = decide(own, LOCAL, MEDICINE, options=options)
    assert decision.facts["prior_treatment"].value == "disease_directed"
    assert decision.accounted.not_understood == 0
    assert decision.codes.digest == options.codes.digest
    assert decide(own).outcome == "not_applicable"


def test_of_two_sendings_of_one_value_only_one_counts() -> None:
    marrow = coded(
        "Observation",
        "bm",
        ("http://loinc.org", "11150-0"),
        status="final",
        valueQuantity={"value": 2, "unit": "%"},
        effectiveDateTime="2025-03-01",
    )
    again = marrow | {"id": "bm2", "identifier": [{"system": "urn:lab", "value": "7"}]}
    earlier = again | {"issued": "2025-03-02T08:00:00Z"}
    later = again | {"issued": "2025-03-03T08:00:00Z"}
    decision = decide(ALL, marrow, earlier, later)
    numbers = decision.accounted
    assert (numbers.came_in, numbers.counted, numbers.set_aside) == (4, 3, 1)
    assert [why for _, why, _ in decision.chart.account.reasons] == [
        "superseded by a later sending of the same result"
    ]


def test_a_visit_without_a_reason_and_kinds_that_are_not_read_are_counted() -> None:
    about = {"subject": {"reference": "Patient/p"}}
    visit = {"resourceType": "Encounter", "id": "e", "status": "finished", **about}
    allergy = {"resourceType": "AllergyIntolerance", "id": "a", "patient": about["subject"]}
    numbers = decide(ALL, visit, allergy).accounted
    assert (numbers.came_in, numbers.counted, numbers.about_something_else) == (3, 1, 2)


def test_a_morphology_and_the_place_beside_it_mean_a_disease_together() -> None:
    lymphoblastic = coded(
        "Condition", "dx", ("http://terminology.hl7.org/CodeSystem/icd-o-3", "9811/3")
    )
    place = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "C42.1"}]
    }
    assert decide(lymphoblastic).outcome == "not_applicable"
    assert decide(lymphoblastic | {"bodySite": [place]}).outcome != "not_applicable"
