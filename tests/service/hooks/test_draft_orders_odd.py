"""Orders that are odd in one thing, as tables: compared, or said not to have been."""

from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from allstatus.service.hooks.draft_orders import read_orders
from allstatus.service.prefetch import PrefetchedChart
from service.conftest import call, chart, prefetch_of

from .test_draft_orders import UNREAD, asked
from .test_order_cards import IN_REMISSION, SIGN, ask, medicine

HERE = Path(__file__).parent
ORDERS = yaml.safe_load((HERE / "odd_orders.yaml").read_text("utf-8"))
DRAFTS = yaml.safe_load((HERE / "odd_drafts.yaml").read_text("utf-8"))
DRUG = "inotuzumab ozogamicin"
ABOUT = {
    "unread": "- 1 of the orders could not be read: what they are for is not known here.",
    "others": "- 1 of the orders name another patient: nothing is said of them.",
}


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


@pytest.mark.parametrize("row", DRAFTS, ids=str)
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
