"""A clinician's answers in the chart: each is read back as given, and counts as it should."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.decision.decision import Decision
from allstatus.ehr.assess.recorded_answers import questions
from allstatus.ehr.chart_options import DEFAULT_OPTIONS
from allstatus.ehr.coding.code_systems import OWN
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.out.answer_observation import answer_observation
from allstatus.ehr.out.context import Context
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.rules.ruleset import RuleSet
from ehr.bundles import cbc, concept, condition, given, marrow, patient
from shipped import RULES

HERE = Path(__file__).parent
SETS = [
    RULES,
    load_rules("nci-pdq-adult-all-health-professional", engine="builtin"),
    load_rules(HERE.parents[2] / "examples/rules/nci-pdq-adult-aml-patient", engine="builtin"),
]
CASES = yaml.safe_load((HERE / "recorded_answers.yaml").read_text("utf-8"))
DAY = "2026-02-01"
BASE = [
    patient(),
    condition("c1", "91857003", day="2025-06-01"),
    given("2025-07-01"),
    *cbc(DAY),
    marrow(DAY, 2),
]


def observation(number: int, answer: dict[str, Any], rules: str) -> dict[str, Any]:
    """An answer as it is recorded, written here without the package's writer."""
    answer = dict(answer)
    day, status = answer.pop("day", None), answer.pop("status", "final")
    ((fact, value),) = answer.items()
    system = f"{OWN}/CodeSystem/{rules}"
    said = {"coding": [{"system": system, "code": f"{fact}.{value}"}]}
    return {
        "resourceType": "Observation",
        "id": f"answer{number}",
        "status": status,
        "code": {"coding": [{"system": system, "code": f"ask.{fact}"}]},
        "subject": {"reference": "Patient/p1"},
        "valueBoolean" if isinstance(value, bool) else "valueCodeableConcept": (
            value if isinstance(value, bool) else said
        ),
    } | ({"effectiveDateTime": str(day)} if day else {})


def sign(line: dict[str, Any]) -> dict[str, Any]:
    line = dict(line)
    verified = line.pop("verification", "confirmed")
    ((_, day),) = line.items()
    system = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    return condition(
        "fever", "386661006", day=str(day), verificationStatus=concept(verified, system)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_answer_counts_as_it_should(case: dict[str, Any]) -> None:
    rules = case.get("ruleset", RULES.ruleset.id)
    told = [observation(n, answer, rules) for n, answer in enumerate(case["answers"])]
    signs = [sign(line) for line in case.get("more", ())]
    (chart,) = read_fhir([*BASE, *signs, *told])
    as_of: date | None = case.get("as_of")
    decision = decide_chart(RULES, chart, as_of=as_of)
    expect = case["expect"]
    assert (decision.outcome, decision.status) == (expect["outcome"], expect.get("status"))
    first = next(iter(case["answers"][0]))
    fact = decision.facts[first]
    if "value" in expect:
        assert (fact.value, fact.state) == (expect["value"], expect["state"])
    told_of = [entry.because for entry in fact.evidence if hasattr(entry, "because")]
    assert any(expect.get("says", "") in because for because in told_of) or "says" not in expect
    numbers = decision.chart.account.numbers
    assert numbers.came_in == (
        numbers.counted + numbers.set_aside + numbers.about_something_else + numbers.not_understood
    )
    assert numbers.not_understood == 0


def answers(rules: RuleSet) -> list[tuple[str, Any]]:
    """Every answer to every question of a rule set."""
    return [
        (name, value)
        for name, fact in questions(rules).items()
        for value in ((True, False) if fact.kind == "yes_no" else fact.values)
    ]


@pytest.mark.parametrize("classifier", SETS, ids=lambda one: one.ruleset.id)
def test_what_is_written_is_read_back(classifier: Classifier) -> None:
    rules = classifier.ruleset
    system, code = next(
        (system, codes[0])
        for system in ("snomed", "icd10cm")
        if (codes := rules.population[system])
    )
    address = {"snomed": "http://snomed.info/sct", "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm"}
    disease = condition("c1", code, address[system], "2025-06-01")
    context = Context(classifier.classify({"cbc": "unknown"}), datetime(2026, 2, 3, tzinfo=UTC))
    assert answers(rules)
    for name, value in answers(rules):
        subject = {"reference": "Patient/p1"}
        made = answer_observation(context, subject, rules.facts[name], value, ["said"])
        for status, seen in (("final", (value, "given")), ("preliminary", (None, "unknown"))):
            (chart,) = read_fhir([patient(), disease, {**made, "id": "a", "status": status}])
            decision: Decision = decide_chart(classifier, chart, options=DEFAULT_OPTIONS)
            fact = decision.facts[name]
            assert (fact.value, fact.state) == seen, (name, value)


def test_only_what_history_and_examination_tell_is_asked_of_a_clinician() -> None:
    assert list(questions(RULES.ruleset)) == [
        "prior_treatment",
        "prior_remission",
        "relapse_since_remission",
        "signs_and_symptoms",
    ]
