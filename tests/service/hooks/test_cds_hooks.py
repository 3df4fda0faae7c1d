"""The contract of CDS Hooks, on every chart among the fixtures."""

import json
import subprocess

import pytest
from markdown_it import MarkdownIt
from starlette.testclient import TestClient

from allstatus import load_rules
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.fhir.fhir_resources import READERS
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.service.hooks.hook_requests import filled_json, without_empties
from allstatus.service.hooks.suggestions import suggestions
from allstatus.service.prefetch import templates
from needs import FHIR_VALIDATORS
from node import JS
from service.conftest import FIXTURES, PATIENT_VIEW, call, chart, prefetch_of, searchset
from service.contract import empties, faults

NAMES = [
    path.stem for path in sorted((FIXTURES / "fhir").glob("*.json")) if ".expected" not in path.name
]
CHARTS = [
    name
    for name in NAMES
    if isinstance(chart(name), dict) and chart(name)["entry"][0]["resource"].get("id") == "p1"
]
# Charts whose only diagnosis of the disease is not certain: a card says which.
DOUBTED = {"29-verification-that-cannot-be-read"}
ANOTHER = {"resourceType": "Patient", "id": "somebody-else"}
NEEDED = list(templates())


@pytest.fixture(scope="module")
def answers(client: TestClient) -> dict[str, dict]:
    """The answer for each chart."""
    return {
        name: client.post(PATIENT_VIEW, json=call(prefetch_of(chart(name)))).json()
        for name in CHARTS
    }


def test_discovery_names_every_service_with_what_it_needs(client: TestClient) -> None:
    services = client.get("/cds-services").json()["services"]
    assert [service["hook"] for service in services] == [
        "patient-view",
        "order-select",
        "order-sign",
    ]
    assert not [path for service in services for path in empties(service)]
    for service in services:
        assert {"hook", "id", "title", "description", "prefetch"} <= set(service)
        assert all(
            template.count("{{context.patientId}}") == 1
            for template in service["prefetch"].values()
        )


def test_every_kind_the_reader_reads_is_asked_for() -> None:
    asked = {template.partition("?")[0].partition("/")[0] for template in templates().values()}
    rare = {"ClinicalImpression"}  # read where it is sent; few servers answer a search for it
    assert asked == {*READERS, "Patient", "Specimen"} - rare


def test_every_answer_keeps_the_contract(answers: dict[str, dict]) -> None:
    assert len(answers) > 100
    assert {name: faults(answer) for name, answer in answers.items() if faults(answer)} == {}


def test_a_card_says_what_the_decision_is(answers: dict[str, dict]) -> None:
    """Both are made here by different ways: over HTTP from prefetch, and in this process from the
    bundle.
    """
    classifier, reader = load_rules(), make_reader(("symptoms-absent-unless-recorded",))
    for name, answer in answers.items():
        decisions = {
            c.patient: decide_chart(classifier, c, options=reader) for c in read_fhir(chart(name))
        }
        decision, cards = decisions["p1"], answer["cards"]
        doubted = name in DOUBTED
        assert len(cards) == (doubted or decision.outcome != "not_applicable"), name
        for card in cards:
            assert ("suggestions" in card) == bool(suggestions(decision, "p1")), name
            assert decision.outcome != "determined" or len(card["suggestions"]) == 1, name
            assert card["indicator"] == (
                "warning" if decision.outcome == "conflicting_data" else "info"
            ), name
            assert all(option.title in card["detail"] for option in decision.options), name
            assert all(entry.question in card["detail"] for entry in decision.missing), name
            assert decision.rules.notice in card["detail"], name
            assert decision.rules.digest[:12] in card["detail"], name


def test_the_limit_is_shown_where_a_result_is_near_it(answers: dict[str, dict]) -> None:
    assert (
        "exactly at it, which counts as not above"
        in answers["01-exactly-five"]["cards"][0]["detail"]
    )
    assert "Near the limit" not in answers["17-symptoms-of-the-leukemia"]["cards"][0]["detail"]


def suggested(answers: dict[str, dict]) -> list[dict]:
    """Every action of every suggestion."""
    return [
        action
        for answer in answers.values()
        for card in answer["cards"]
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
    ]


def test_the_suggestion_is_a_preliminary_observation(answers: dict[str, dict]) -> None:
    for action in suggested(answers):
        resource = action["resource"]
        assert (action["type"], resource["resourceType"], resource["status"]) == (
            "create",
            "Observation",
            "preliminary",
        )
        assert resource["subject"] == {"reference": "Patient/p1"}
        assert "performer" not in resource  # nobody has judged yet


@FHIR_VALIDATORS
def test_no_validator_finds_a_fault_in_a_suggestion(answers: dict[str, dict]) -> None:
    made = [action["resource"] for action in suggested(answers)]
    lines = "".join(json.dumps(resource) + "\n" for resource in made)
    checked = subprocess.run(
        ["node", JS / "validate_fhir.mjs"], input=lines, capture_output=True, text=True, check=True
    )
    assert len(made) > 20
    assert [json.loads(line) for line in checked.stdout.splitlines()] == [[]] * len(made)


def test_text_from_a_chart_cannot_become_mark_up(client: TestClient) -> None:
    bundle = chart("01-exactly-five")
    evil = (
        "<img src=x onerror=alert(1)> [a](javascript:alert(1)) **b** http://evil.example "
        "`c`\u202e\n# d"
    )
    for entry in bundle["entry"]:
        resource = entry["resource"]
        for concept in ("code", "medicationCodeableConcept"):
            for coding in resource.get(concept, {}).get("coding", ()):
                coding["display"] = evil
        if "valueQuantity" in resource:
            resource["valueQuantity"]["unit"] = evil
    detail = client.post(PATIENT_VIEW, json=call(prefetch_of(bundle))).json()["cards"][0]["detail"]
    assert not any(mark in detail for mark in ("http://evil", "\u202e"))
    page = MarkdownIt("commonmark", {"html": True}).render(
        detail
    )  # as clients do that render HTML inside markdown
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert page.count("<a ") == 1  # the source
    assert not any(mark in page for mark in ("<img", "<strong>b", "<code>", "<h1"))


@pytest.mark.parametrize("value", [None, "empty", "outcome-inside"])
def test_nothing_to_say_gives_no_card(client: TestClient, value: object) -> None:
    warning = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "warning", "code": "informational"}],
    }
    given = {None: None, "empty": searchset(), "outcome-inside": searchset(warning)}[value]
    assert client.post(PATIENT_VIEW, json=call(dict.fromkeys(NEEDED, given))).json() == {
        "cards": []
    }


OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception"}],
}
NOT_HAD = {
    "absent": lambda given: given.pop("observations"),
    "a failure": lambda given: given.update(observations=OUTCOME),
    "a failure inside": lambda given: given.update(observations=searchset(OUTCOME)),
    "not whole": lambda given: given.update(
        observations=searchset(link=[{"relation": "next", "url": "http://127.0.0.1/next"}])
    ),
    "no resource": lambda given: given.update(observations="text"),
    "everything absent": lambda given: given.clear(),
}


@pytest.mark.parametrize("name", NOT_HAD)
def test_data_not_had_is_412(client: TestClient, name: str) -> None:
    given = prefetch_of(chart("01-exactly-five"))
    NOT_HAD[name](given)
    answer = client.post(PATIENT_VIEW, json=call(given))
    assert (answer.status_code, answer.headers["content-type"]) == (412, "application/fhir+json")
    assert "observations" in answer.json()["issue"][0]["diagnostics"]


CALLS = {
    "hook": {"hook": "order-sign"},
    "hookInstance": {"hookInstance": ""},
    "context.patientId": {"context": {"patientId": "../Patient/2"}},
    "context.userId": {"context": {"userId": None}},
    "prefetch": {"prefetch": [1]},
    "context.draftOrders": {"context": {"draftOrders": []}},
    "context.selections": {"context": {"selections": [1]}},
    "fhirAuthorization.token_type": {
        "fhirServer": "https://x.example",
        "fhirAuthorization": {"access_token": "t", "token_type": "MAC"},
    },
    "fhirServer": {"fhirAuthorization": {"access_token": "t", "token_type": "Bearer"}},
    "fhirAuthorization.access_token": {
        "fhirServer": "https://x.example",
        "fhirAuthorization": {"access_token": 1},
    },
    "fhirAuthorization.patient": {
        "fhirServer": "https://x.example",
        "fhirAuthorization": {"access_token": "t", "token_type": "Bearer", "patient": "p2"},
    },
}


@pytest.mark.parametrize("field", CALLS)
def test_a_call_that_is_none_is_400(client: TestClient, field: str) -> None:
    more = dict(CALLS[field])
    body = {**call({}, context=more.pop("context", {})), **more}
    answer = client.post(PATIENT_VIEW, json=body)
    assert (answer.status_code, answer.json()["issue"][0]["expression"][0]) == (400, field)


def test_data_of_another_patient_are_refused(client: TestClient) -> None:
    given = {**dict.fromkeys(NEEDED), "patient": ANOTHER}
    answer = client.post(PATIENT_VIEW, json=call(given))
    assert (answer.status_code, answer.json()["issue"][0]["expression"][0]) == (422, "prefetch")


def test_a_service_that_is_not_there(client: TestClient) -> None:
    assert client.post("/cds-services/other", json=call({})).status_code == 404
    assert client.post("/cds-services/other/feedback", json={}).status_code == 404


def test_no_empties_are_left() -> None:
    given = {
        "a": None,
        "b": "",
        "c": [],
        "d": {"e": None},
        "f": [None, {"g": ""}, 0, False],
        "h": "x",
    }
    assert without_empties(given) == {"f": [0, False], "h": "x"}
    assert filled_json([given, {"i": 'says "" and null'}]) == (
        b'[{"f":[0,false],"h":"x"},{"i":"says \\"\\" and null"}]'
    )
    assert filled_json([]) == b"[]"


def test_a_link_leads_to_the_explanation_of_this_decision(client: TestClient) -> None:
    card = client.post(PATIENT_VIEW, json=call(prefetch_of(chart("01-exactly-five")))).json()[
        "cards"
    ][0]
    (link,) = card["links"]
    page = client.get(link["url"])
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "p1" in page.text
    assert "ALL in remission" in page.text
    unknown = client.get(link["url"][:-2] + "AA")
    assert (unknown.status_code, unknown.headers["content-type"]) == (
        404,
        "application/problem+json",
    )
    assert json.loads(unknown.text)["detail"] == "This link is not known, or no longer."


def test_a_diagnosis_that_is_not_understood_is_told_where_the_chart_speaks_of_a_leukemia(
    client: TestClient,
) -> None:
    marrow = chart("30-count-near-the-marrow")["entry"]
    local = {"coding": [{"system": "http://h.example/dx", "code": "4711", "display": "L-ALL"}]}
    entries = [
        entry | {"resource": entry["resource"] | {"code": local}}
        if entry["resource"]["resourceType"] == "Condition"
        else entry
        for entry in marrow
    ]
    (card,) = client.post(PATIENT_VIEW, json=call(prefetch_of({"entry": entries}))).json()["cards"]
    assert card["summary"] == (
        "No diagnosis known here as ALL; not understood: L-ALL (http://h.example/dx 4711)"
    )
    kinds = ("Patient", "Condition")
    entries = [entry for entry in entries if entry["resource"]["resourceType"] in kinds]
    assert client.post(PATIENT_VIEW, json=call(prefetch_of({"entry": entries}))).json() == {
        "cards": []
    }
