"""Order hooks: an agent the page lists for another status gives information with its citation, and
nothing ever blocks.
"""

import pytest
from starlette.testclient import TestClient

from allstatus import classify, load_rules
from allstatus.service.hooks.cards import Occasion, status_cards
from allstatus.service.hooks.draft_orders import DraftOrders, read_orders
from allstatus.service.hooks.order_cards import order_cards
from allstatus.service.prefetch import PrefetchedChart
from service.conftest import call, chart, prefetch_of
from service.contract import faults

RULES = load_rules().ruleset
SIGN, SELECT = "/cds-services/allstatus-order-sign", "/cds-services/allstatus-order-select"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
IN_REMISSION = "01-exactly-five"
CARD = "4e0a3a1e-3c1b-4b6e-9d1e-2f6f2c9b2a10"
OCCASION = Occasion(CARD, "p1", "http://127.0.0.1/decisions/x")


def medicine(name: str, *, code: str | None = None, id: str = "1") -> dict:
    concept: dict = {"text": name}
    if code:
        concept = {"coding": [{"system": RXNORM, "code": code}]}
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": concept,
        "subject": {"reference": "Patient/p1"},
    }


def ordered(*orders: dict) -> DraftOrders:
    bundle = {"entry": [{"resource": order} for order in orders]}
    return read_orders({"draftOrders": bundle}, "order-sign", PrefetchedChart("p1", ""))


def ask(
    client: TestClient,
    *orders: dict,
    name: str = IN_REMISSION,
    path: str = SIGN,
    selections: object = None,
) -> list[dict]:
    context = {
        "draftOrders": {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": order} for order in orders],
        }
    }
    if selections is not None:
        context["selections"] = selections
    body = call(
        prefetch_of(chart(name)),
        hook="order-sign" if path == SIGN else "order-select",
        context=context,
    )
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    assert faults(answer.json()) == []
    return answer.json()["cards"]


AGENTS = {
    agent: [s for s, options in RULES.options.items() if any(agent in o["agents"] for o in options)]
    for options in RULES.options.values()
    for option in options
    for agent in option["agents"]
}
CLEAR = {"cbc": "normal", "marrow_blast_percent": "1", "signs_and_symptoms": "absent"}
FULL = {"cbc": "abnormal", "marrow_blast_percent": "80", "signs_and_symptoms": "present"}
RECORDS = {
    "in_remission": {"prior_treatment": "disease_directed", **CLEAR},
    "untreated": {"prior_treatment": "none", **FULL},
    "recurrent": {"prior_treatment": "disease_directed", "prior_remission": True, **FULL},
}


@pytest.mark.parametrize("status", RECORDS)
@pytest.mark.parametrize("agent", AGENTS)
def test_each_agent_at_each_status(agent: str, status: str) -> None:
    """A card exactly when the page lists the agent, but not for this status; its text names where
    it is listed.
    """
    decision = classify(RECORDS[status])
    assert decision.status == status
    cards = order_cards(decision, OCCASION, ordered(medicine(agent.replace("_", " "))))
    assert faults({"cards": cards}) == []
    assert len(cards) == (status not in AGENTS[agent])
    for card in cards:
        assert card["indicator"] == "info"
        assert "suggestions" not in card
        assert all(RULES.statuses[other].title in card["summary"] for other in AGENTS[agent])
        listed = [
            o for other in AGENTS[agent] for o in RULES.options[other] if agent in o["agents"]
        ]
        assert all(
            o["cite"]["sentence"][:12] in card["detail"] and o["cite"]["section"] in card["detail"]
            for o in listed
        )
        assert "does not hold up the order" in card["detail"]


@pytest.mark.parametrize(
    "order",
    [
        medicine("anything", code="1597258"),
        medicine("Blinatumomab 35 mcg vial"),
        {
            "resourceType": "MedicationRequest",
            "id": "1",
            "medicationReference": {"reference": "#m"},
            "contained": [
                {
                    "resourceType": "Medication",
                    "id": "m",
                    "code": {"coding": [{"system": RXNORM, "code": "1597258"}]},
                }
            ],
        },
    ],
)
def test_an_agent_is_found_by_code_by_name_and_by_reference(
    client: TestClient, order: dict
) -> None:
    (card,) = ask(client, order)
    assert card["summary"].startswith("Blinatumomab: listed by the page for Recurrent ALL")


@pytest.mark.parametrize(
    "order",
    [
        medicine("aspirin"),
        medicine("dasatinib"),
        {"resourceType": "ServiceRequest", "id": "1", "code": {"text": "Chest X-ray"}},
        {"resourceType": "Task", "id": "1"},
    ],
)
def test_other_orders_give_no_card(client: TestClient, order: dict) -> None:
    assert ask(client, order) == []


@pytest.mark.parametrize(
    ("known", "cards"), [({"bcr_abl1": "negative"}, 1), ({"bcr_abl1": "positive"}, 0), ({}, 0)]
)
def test_a_listed_agent_that_does_not_apply_gives_information(known: dict, cards: int) -> None:
    decision = classify({**RECORDS["in_remission"], "biomarkers": known})
    found = order_cards(decision, OCCASION, ordered(medicine("dasatinib")))
    assert len(found) == cards
    assert faults({"cards": found}) == []
    for card in found:
        (fit,) = [
            fit
            for option in decision.options
            for fit in option.by_agent
            if fit.agent == "dasatinib"
        ]
        assert card["indicator"] == "info"
        assert "stated use does not fit" in card["summary"]
        assert all(
            part in card["detail"]
            for part in (
                fit.cite.url,
                fit.cite.sentence[:12],
                "does not hold up the order",
            )
        )


def test_what_does_not_fit_stands_last_on_the_card() -> None:
    decision = classify(
        {**RECORDS["recurrent"], "biomarkers": {"cd19": "negative", "cd22": "negative"}}
    )
    (card,) = status_cards(decision, OCCASION)
    assert faults({"cards": [card]}) == []
    listed, _, ruled_out = card["detail"].partition("**Listed, but the stated use does not fit**")
    assert "blinatumomab or inotuzumab" in ruled_out
    assert "blinatumomab or inotuzumab" not in listed


def test_nothing_is_said_where_the_status_is_not_known(client: TestClient) -> None:
    assert ask(client, medicine("blinatumomab"), name="19-no-marrow") == []


def test_several_orders_give_a_card_for_each_agent_once(client: TestClient) -> None:
    orders = [
        medicine("blinatumomab", id="1"),
        medicine("revumenib", id="2"),
        medicine("blinatumomab", id="3"),
    ]
    assert [card["summary"].partition(":")[0] for card in ask(client, *orders)] == [
        "Blinatumomab",
        "Revumenib",
    ]


def test_at_selection_only_what_is_selected_counts(client: TestClient) -> None:
    orders = [medicine("blinatumomab", id="1"), medicine("revumenib", id="2")]
    cards = ask(client, *orders, path=SELECT, selections=["MedicationRequest/2"])
    assert [card["summary"].partition(":")[0] for card in cards] == ["Revumenib"]
    assert ask(client, *orders, path=SELECT, selections=[]) == []


@pytest.mark.parametrize("field", ["draftOrders", "selections"])
def test_a_call_without_its_context_is_400(client: TestClient, field: str) -> None:
    context = {"draftOrders": {"resourceType": "Bundle"}, "selections": []}
    del context[field]
    answer = client.post(
        SELECT, json=call(prefetch_of(chart(IN_REMISSION)), hook="order-select", context=context)
    )
    assert (answer.status_code, answer.json()["issue"][0]["expression"][0]) == (
        400,
        f"context.{field}",
    )
