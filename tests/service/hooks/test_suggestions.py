"""What a card offers does what it says: recorded and signed, an answer gives the outcome it was
told to give; until it is signed nothing is decided by it.
"""

import copy
import json
import subprocess
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from allstatus.decision.decision import Decision
from allstatus.ehr.assess.recorded_answers import questions
from allstatus.ehr.chart_options import ChartOptions, make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.service.hooks.suggestions import LABEL, MOST, suggestions
from allstatus.table.decision_table import OUTSIDE
from allstatus.table.fact_domain import domains_of
from needs import FHIR_VALIDATORS
from node import JS
from service.conftest import FIXTURES, PATIENT_VIEW, call, chart, prefetch_of, serving
from shipped import RULES

READERS = {
    "as it is": make_reader(),
    "symptoms absent": make_reader(("symptoms-absent-unless-recorded",)),
}
NAMES = [
    path.stem
    for path in sorted((FIXTURES / "fhir").glob("*.json"))
    if ".expected" not in path.name and isinstance(chart(path.stem), dict)
]


def decide(bundle: dict[str, Any], options: ChartOptions) -> Decision | None:
    """The decision of a bundle of one patient."""
    found = list(read_fhir(bundle))
    return decide_chart(RULES, found[0], options=options) if len(found) == 1 else None


def with_answers(bundle: dict[str, Any], actions: list[Any], status: str) -> dict[str, Any]:
    """The bundle once its EHR has stored what was accepted."""
    stored = copy.deepcopy(bundle)
    for number, action in enumerate(actions):
        resource = action["resource"] | {"id": f"accepted-{number}", "status": status}
        stored["entry"].append({"resource": copy.deepcopy(resource)})
    return stored


def told(decision: Decision) -> dict[tuple[tuple[str, Any], ...], str]:
    """What each set of answers that a clinician can give is told to give, value by value."""
    domains, asked = domains_of(decision.rules), questions(decision.rules)
    found: dict[tuple[tuple[str, Any], ...], str] = {}
    for entry in decision.settling:
        if not {answer.fact for answer in entry.answers} <= asked.keys():
            continue
        values = [
            [
                (a.fact, v)
                for v in domains[a.fact].values()
                if domains[a.fact].verdicts(v) == a.verdicts
            ]
            for a in entry.answers
        ]
        found |= {tuple(sorted(given)): entry.to for given in product(*values)}
    return found


def given(actions: list[Any]) -> tuple[tuple[str, Any], ...]:
    """The answers that suggested Observations state."""
    found = []
    for action in actions:
        resource = action["resource"]
        fact = resource["code"]["coding"][0]["code"].removeprefix("ask.")
        coded = resource.get("valueCodeableConcept", {"coding": [{"code": ""}]})
        word = coded["coding"][0]["code"].removeprefix(f"{fact}.")
        found.append((fact, resource.get("valueBoolean", word)))
    return tuple(sorted(found))


def offered() -> Iterator[tuple[dict[str, Any], ChartOptions, Decision]]:
    for name, options in product(NAMES, READERS.values()):
        decision = decide(chart(name), options)
        if decision is not None and decision.outcome == "insufficient_data":
            yield chart(name), options, decision


def test_a_signed_answer_gives_what_was_told_and_an_unsigned_one_decides_nothing() -> None:
    number = 0
    for bundle, options, decision in offered():
        claims = told(decision)
        made = suggestions(decision, str(decision.record.id))
        assert len(made) == min(MOST, len(claims))
        for label, actions in made:
            outcome = claims[given(actions)]
            assert len(label) <= LABEL
            signed = decide(with_answers(bundle, actions, "final"), options)
            assert (signed.status or signed.outcome) == outcome, (bundle["entry"][:1], label)
            waiting = decide(with_answers(bundle, actions, "preliminary"), options)
            assert set(waiting.possible) >= set(decision.possible), label
            number += 1
    assert number > 150


def test_nothing_is_offered_that_a_test_tells() -> None:
    record = {
        "prior_treatment": "disease_directed",
        "cbc": "normal",
        "signs_and_symptoms": "absent",
    }
    decision = RULES.classify(record | {"prior_remission": False})
    assert [[one.fact for one in entry.answers] for entry in decision.settling] == [
        ["marrow_blast_percent"],
        ["marrow_blast_percent"],
    ]
    assert suggestions(decision, "p1") == []


def test_an_answer_of_several_values_is_offered_value_by_value() -> None:
    record = {"cbc": "abnormal", "marrow_blast_percent": "80", "signs_and_symptoms": "present"}
    decision = RULES.classify(record)
    found = [(label, given(actions)) for label, actions in suggestions(decision, "p1")]
    assert ("Record prior treatment: none", (("prior_treatment", "none"),)) in found
    relief = ("prior_treatment", "symptom_relief_only")
    assert ("Record prior treatment: symptom relief only", (relief,)) in found
    assert OUTSIDE not in {label for label, _ in found}


def cards() -> list[dict[str, Any]]:
    decisions = (decision for _, _, decision in offered())
    made = [offer for decision in decisions for offer in suggestions(decision, "p1")]
    return [action["resource"] for _, actions in made for action in actions]


def test_the_observation_says_what_it_is() -> None:
    for resource in cards():
        assert (resource["resourceType"], resource["status"]) == ("Observation", "preliminary")
        assert resource["subject"] == {"reference": "Patient/p1"}
        assert not {"id", "performer", "device", "issued"} & resource.keys()
        assert "nothing here was measured or computed" in resource["note"][0]["text"]
        assert "Preliminary until whoever answers signs it" in resource["note"][0]["text"]


@FHIR_VALIDATORS
def test_no_validator_finds_a_fault_in_an_answer() -> None:
    lines = sorted({json.dumps(resource) for resource in cards()})[:40]
    checked = subprocess.run(
        ["node", JS / "validate_fhir.mjs"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line) for line in checked.stdout.splitlines()] == [[]] * len(lines)


@pytest.mark.parametrize("status", ["preliminary", "final"])
def test_over_http_a_card_offers_and_takes_the_answer(tmp_path: Any, status: str) -> None:
    bundle = chart("01-exactly-five")
    with serving(tmp_path) as client:
        (card,) = client.post(PATIENT_VIEW, json=call(prefetch_of(bundle))).json()["cards"]
        offers = {offer["label"]: offer["actions"] for offer in card["suggestions"]}
        assert card["selectionBehavior"] == "at-most-one"
        actions = offers["Record signs and symptoms: absent"]
        assert actions[0]["description"] == (
            "Create a preliminary Observation: signs and symptoms: absent. It counts once you sign "
            "it as final; until then the question stays open."
        )
        stored = with_answers(bundle, actions, status)
        (after,) = client.post(PATIENT_VIEW, json=call(prefetch_of(stored))).json()["cards"]
    final = status == "final"
    assert after["summary"].startswith(
        "By NCI's patient page: ALL in remission" if final else "Cannot tell yet"
    )
    assert ("sign the answer, or enter another" in after["detail"]) is not final
