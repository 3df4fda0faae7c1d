"""Inputs that are odd in one thing, as tables: tokens, bundles and orders. What is wrong is refused
or said, and nothing is an error inside.
"""

import time
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from allstatus.service.draft_orders import read_orders
from allstatus.service.prefetch import PrefetchedChart

from .conftest import BASE, PATIENT_VIEW, call, chart, prefetch_of, serving
from .test_auth import BODY, encoded
from .test_draft_orders import UNREAD, asked
from .test_order_cards import IN_REMISSION, SIGN, ask, medicine
from .tokens import ISSUER, TokenIssuer

HERE = Path(__file__).parent
DRUG = "inotuzumab ozogamicin"
ABOUT = {
    "unread": "- 1 of the orders could not be read: what they are for is not known here.",
    "others": "- 1 of the orders name another patient: nothing is said of them.",
}


def table(name: str) -> object:
    return yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))


TOKENS, ORDERS, ISSUING = table("odd_tokens"), table("odd_orders"), TokenIssuer()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("odd")
    issuers = [{"issuer": ISSUER, "keys": ISSUING.written(folder)}]
    with serving(folder, insecure_dev=False, base_url=BASE, issuers=issuers) as client:
        yield client


def signed(header: object, claims: object) -> str:
    """A token of these two parts, whatever they are, by the listed elliptic key."""
    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{ISSUING.sign(text)}"


def moments(claims: dict) -> dict:
    named = {"now": int(time.time()), "soon": int(time.time()) + 20}
    return {name: named.get(str(value), value) for name, value in claims.items()}


HEADER = {"alg": "ES384", "kid": "ec", "typ": "JWT"}
PARTS = {
    **{f"header {row}": (HEADER | row, {}) for row in TOKENS["header"]},
    **{f"claims {row!a}": (HEADER, row) for row in TOKENS["claims"]},
    **{f"whole {row}": tuple(row) for row in TOKENS["whole"]},
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_another_kind_is_401(guarded: TestClient, name: str) -> None:
    header, changed = PARTS[name]
    claims = ISSUING.claims() | moments(changed) if isinstance(changed, dict) else changed
    headers = {"Authorization": f"Bearer {signed(header, claims)}"}
    assert guarded.post(PATIENT_VIEW, json=BODY, headers=headers).status_code == 401


def test_a_token_as_these_are_made_passes_but_not_beside_another(guarded: TestClient) -> None:
    one, two = (f"Bearer {signed(HEADER, ISSUING.claims())}" for _ in range(2))
    both = [("Authorization", one), ("Authorization", two)]
    assert guarded.post(PATIENT_VIEW, json=BODY, headers=both).status_code == 401
    headers = {"Authorization": one}
    assert guarded.post(PATIENT_VIEW, json=BODY, headers=headers).status_code == 200


@pytest.mark.parametrize("row", table("odd_bundles"), ids=str)
def test_a_bundle_that_is_not_all_is_412(client: TestClient, row: dict) -> None:
    given = prefetch_of(chart(IN_REMISSION))
    given["observations"] |= row.get("bundle", {})
    if "entry" in row:
        given["observations"]["entry"].append(row["entry"])
    answer = client.post(PATIENT_VIEW, json=call(given))
    assert answer.status_code == 412
    assert "observations" in answer.text


def test_an_outcome_that_says_nothing_is_told(client: TestClient) -> None:
    given = prefetch_of(chart(IN_REMISSION))
    given["observations"]["entry"].append({"resource": {"resourceType": "OperationOutcome"}})
    (card,) = client.post(PATIENT_VIEW, json=call(given)).json()["cards"]
    assert "answer for observations came with a warning" in card["detail"]


def ordered(changed: dict) -> dict:
    both = medicine(DRUG) | changed
    return {name: value for name, value in both.items() if value is not None}


@pytest.mark.parametrize("row", ORDERS["compared"], ids=str)
def test_an_order_is_compared(client: TestClient, row: dict) -> None:
    (card,) = ask(client, ordered(row))
    assert card["summary"].startswith("Inotuzumab ozogamicin: listed by the page for Recurrent ALL")


@pytest.mark.parametrize("kind", ABOUT)
def test_an_order_that_was_not_compared_is_said(client: TestClient, kind: str) -> None:
    for row in ORDERS[kind]:
        (card,) = ask(client, ordered(row))
        assert (card["summary"], ABOUT[kind] in card["detail"]) == (UNREAD, True), row


@pytest.mark.parametrize("row", ORDERS["silent"], ids=str)
def test_what_is_no_order_to_be_carried_out_is_passed_over(client: TestClient, row: dict) -> None:
    assert ask(client, ordered(row)) == []


@pytest.mark.parametrize("row", table("odd_drafts"), ids=str)
def test_drafts_that_cannot_be_opened_are_said(client: TestClient, row: dict) -> None:
    body = call(prefetch_of(chart(IN_REMISSION)), hook="order-sign", context={"draftOrders": row})
    (card,) = client.post(SIGN, json=body).json()["cards"]
    assert (card["summary"], ABOUT["unread"] in card["detail"]) == (UNREAD, True)


def test_one_order_in_the_place_of_a_bundle_is_compared(client: TestClient) -> None:
    context = {"draftOrders": medicine(DRUG)}
    body = call(prefetch_of(chart(IN_REMISSION)), hook="order-sign", context=context)
    (card,) = client.post(SIGN, json=body).json()["cards"]
    assert card["summary"].startswith("Inotuzumab ozogamicin: listed")


def test_as_many_selections_as_orders_are_looked_up_and_not_searched_for() -> None:
    class Counting(str):
        asked = 0
        __slots__ = ()

        def removeprefix(self, prefix: str) -> str:
            Counting.asked += 1
            return super().removeprefix(prefix)

    many = 2_000
    orders = [medicine(DRUG, id=Counting(number)) for number in range(many)]
    drafts = {"entry": [{"resource": order} for order in orders]}
    context = {"draftOrders": drafts, "selections": [str(number + 5) for number in range(many)]}
    read = read_orders(context, "order-select", PrefetchedChart("p1", ""))
    assert (len(read.products), read.unread) == (many - 5, 5)
    assert Counting.asked < 20 * many


def test_nothing_drafted_is_nothing_to_say(client: TestClient) -> None:
    assert asked(client, []) == []
