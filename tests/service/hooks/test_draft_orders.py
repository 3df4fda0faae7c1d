"""Orders of a hook: selections in every form of an address, medications by every form of reference,
and what could not be read is said.
"""

import pytest
from starlette.testclient import TestClient

from service.conftest import call, chart, prefetch_of

from .test_order_cards import IN_REMISSION, RXNORM, SELECT, SIGN, ask, medicine

HOME = "https://fhir.example.org/r4"
FIRST, SECOND = "urn:uuid:0b3e1d5e-6c1a-4e7c-9d5c-000000000001", f"{HOME}/MedicationRequest/2"
BLINATUMOMAB = {"coding": [{"system": RXNORM, "code": "1597258"}]}
MEDICATION = {"resourceType": "Medication", "id": "m1", "code": BLINATUMOMAB}
ELSEWHERE = "Blinatumomab: listed by the page for Recurrent ALL"
UNREAD = "Some orders were not compared with the page's lists"


def asked(client: TestClient, entries: list[dict], path: str = SIGN, **more: object) -> list[str]:
    """The summaries of the cards on a bundle of drafted orders."""
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    hook = "order-sign" if path == SIGN else "order-select"
    context = {"draftOrders": bundle, **more}
    body = call(prefetch_of(chart(IN_REMISSION)), hook=hook, context=context)
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return [card["summary"] for card in answer.json()["cards"]]


SELECTIONS = {
    "type and id": ("MedicationRequest/2", "Revumenib"),
    "id alone": ("2", "Revumenib"),
    "an address": (SECOND, "Revumenib"),
    "with a version": ("MedicationRequest/2/_history/3", "Revumenib"),
    "an address with a version": (f"{SECOND}/_history/3", "Revumenib"),
    "a UUID": (FIRST, "Blinatumomab"),
    "a UUID without its scheme": (FIRST.removeprefix("urn:uuid:"), "Blinatumomab"),
    "none of them": ("MedicationRequest/9", UNREAD),
    "none of them, of another kind": ("ServiceRequest/2", UNREAD),
    "none of them, as what is contained": ("#2", UNREAD),
    "none of them, as a search": ("MedicationRequest/2?_id=2", UNREAD),
    "empty": ("", UNREAD),
}


@pytest.mark.parametrize("form", SELECTIONS)
def test_a_selection_in_any_form(client: TestClient, form: str) -> None:
    name, said = SELECTIONS[form]
    nameless = {key: value for key, value in medicine("blinatumomab").items() if key != "id"}
    entries = [
        {"fullUrl": FIRST, "resource": nameless},
        {"fullUrl": SECOND, "resource": medicine("revumenib", id="2")},
    ]
    (summary,) = asked(client, entries, SELECT, selections=[name])
    assert summary.startswith(said)


def test_a_selection_that_is_not_there_is_counted_once(client: TestClient) -> None:
    twice = ["MedicationRequest/9", "MedicationRequest/9", "MedicationRequest/9/_history/1"]
    (card,) = ask(client, medicine("revumenib"), path=SELECT, selections=twice)
    assert "- 1 of the orders could not be read" in card["detail"]


def test_what_is_selected_of_several_kinds_by_one_id_is_compared(client: TestClient) -> None:
    service = {"resourceType": "ServiceRequest", "id": "1", "code": {"text": "blinatumomab"}}
    entries = [{"resource": medicine("revumenib")}, {"resource": service}]
    found = asked(client, entries, SELECT, selections=["1"])
    assert [summary.partition(":")[0] for summary in found] == ["Blinatumomab", "Revumenib"]


@pytest.mark.parametrize(
    "said",
    [
        {"medicationCodeableConcept": {**BLINATUMOMAB, "text": "revumenib"}},
        {
            "medicationCodeableConcept": {
                "coding": [*BLINATUMOMAB["coding"], {"code": "x", "display": "revumenib"}]
            }
        },
        {
            "medicationCodeableConcept": {"text": "revumenib"},
            "medicationReference": {"reference": "#m"},
            "contained": [{"resourceType": "Medication", "id": "m", "code": BLINATUMOMAB}],
        },
    ],
)
def test_an_order_that_says_two_agents_is_compared_for_both(client: TestClient, said: dict) -> None:
    found = asked(client, [{"resource": order(**said)}])
    assert [summary.partition(":")[0] for summary in found] == ["Blinatumomab", "Revumenib"]


def order(**medication: object) -> dict:
    plain = medicine("")
    del plain["medicationCodeableConcept"]
    return plain | medication


BESIDE = {"fullUrl": f"{HOME}/Medication/m1", "resource": MEDICATION}
UUID = "urn:uuid:0b3e1d5e-6c1a-4e7c-9d5c-0000000000aa"
REFERENCES = {
    "beside, relative": ({"medicationReference": {"reference": "Medication/m1"}}, BESIDE),
    "beside, absolute": (
        {"medicationReference": {"reference": f"{HOME}/Medication/m1"}},
        BESIDE,
    ),
    "beside, with a version": (
        {"medicationReference": {"reference": "Medication/m1/_history/2"}},
        BESIDE,
    ),
    "beside, by UUID": (
        {"medicationReference": {"reference": UUID}},
        {"fullUrl": UUID, "resource": {**MEDICATION, "id": None}},
    ),
    "beside, without a full address": (
        {"medicationReference": {"reference": "Medication/m1"}},
        {"resource": MEDICATION},
    ),
    "its display": (
        {"medicationReference": {"reference": "Medication/x", "display": "blinatumomab 35 mcg"}},
        None,
    ),
    "as R5 writes a concept": ({"medication": {"concept": BLINATUMOMAB}}, None),
    "as R5 writes a reference": (
        {"medication": {"reference": {"reference": "Medication/m1"}}},
        BESIDE,
    ),
}


@pytest.mark.parametrize("form", REFERENCES)
def test_a_medication_in_any_form(client: TestClient, form: str) -> None:
    said, beside = REFERENCES[form]
    entries = [{"fullUrl": f"{HOME}/MedicationRequest/1", "resource": order(**said)}]
    entries += [] if beside is None else [beside]
    (summary,) = asked(client, entries)
    assert summary.startswith(ELSEWHERE)


@pytest.mark.parametrize(
    "said",
    [
        {"medicationReference": {"reference": "Medication/x"}},
        {"medicationReference": {"reference": f"{HOME}/Medication/x"}},
        {"medicationReference": {"reference": UUID}},
        {"medicationReference": {"reference": "#x"}},
        {"medicationReference": {"identifier": {"value": "7"}}},
        {"medication": {"reference": {"reference": "Medication/x"}}},
    ],
)
def test_what_could_not_be_read_is_said(client: TestClient, said: dict) -> None:
    (summary,) = asked(client, [{"resource": order(**said)}])
    assert summary == UNREAD


def test_what_is_not_to_be_done_is_no_order(client: TestClient) -> None:
    assert asked(client, [{"resource": medicine("blinatumomab") | {"doNotPerform": True}}]) == []


@pytest.mark.parametrize("patient", ["Patient/p2", "https://other.example/Patient/p1"])
def test_another_patients_order_is_not_answered_for_this_one(
    client: TestClient, patient: str
) -> None:
    theirs = medicine("blinatumomab") | {"subject": {"reference": patient}}
    assert asked(client, [{"resource": theirs}]) == [UNREAD]


def test_it_is_said_though_the_status_is_not_known(client: TestClient) -> None:
    unread = order(medicationReference={"reference": "Medication/x"})
    (card,) = ask(client, unread, name="19-no-marrow")
    assert card["summary"] == UNREAD
