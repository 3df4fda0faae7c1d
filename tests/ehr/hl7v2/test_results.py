"""An OBX is final by its own status, else by its order's; what its order names it by."""

import pytest

from allstatus.ehr.chart import NO_STATUS
from allstatus.ehr.hl7v2.results import (
    CANCELLED,
    DOUBT,
    FINAL,
    NO_VALUE,
    ORDER_DOUBT,
    ORDER_FINAL,
    ORDER_VOID,
    OUTSIDE_ORDER,
    UNREADABLE_STATUS,
    UNTOLD,
    VOID,
    Sending,
    orders_of,
    read_order,
)
from allstatus.ehr.hl7v2.segments import BROKEN_OFF, Segment
from ehr.hl7v2.segment_lines import SENDER, segments


def obr(status: str = "") -> str:
    return f"OBR|1|P1^A|F1^B|11150-0^^LN|||20250310{'|' * 18}{status}"


def obx(status: str = "F", value: str = "5", day: str = "") -> str:
    return f"OBX|1|NM|11150-0^Blasts^LN||{value}|%|||||{status}|||{day}"


def sendings(found: list[Segment], *, specimen_first: bool = False) -> list[Sending]:
    return [one for order in orders_of(found, specimen_first) for one in read_order(order, SENDER)]


def standing(*lines: str) -> tuple[str, str]:
    (one,) = sendings(segments(*lines))
    return one.result.void, one.result.doubt


@pytest.mark.parametrize("status", [*FINAL, *VOID, *DOUBT, "?"])
def test_a_result_stands_by_its_own_status_whatever_its_order_says(status: str) -> None:
    expected = VOID.get(status, "")
    doubt = "" if expected or status in FINAL else DOUBT.get(status, UNREADABLE_STATUS)
    for order in ("", "F", "P"):
        assert standing(obr(order), obx(status)) == (expected, doubt)


@pytest.mark.parametrize("status", ["", *ORDER_FINAL, *ORDER_VOID, *ORDER_DOUBT, "?"])
def test_without_one_it_stands_by_its_order_s(status: str) -> None:
    void = ORDER_VOID.get(status, "")
    final = not status or status in ORDER_FINAL
    doubt = "" if void or final else ORDER_DOUBT.get(status, UNREADABLE_STATUS)
    assert standing(obr(status), obx("")) == (void, doubt)
    (one,) = sendings(segments(obr(status), obx("")))
    assert (NO_STATUS in one.result.notes) is (status == "")


def test_a_cancelled_order_takes_its_results_away() -> None:
    assert standing(obr("X"), obx("F")) == (CANCELLED, "")
    assert standing("ORC|CA|P1|F1", obr(), obx("F")) == ("", CANCELLED)
    assert standing("ORC|SC|P1|F1||CA", obr(), obx("")) == (CANCELLED, "")


def test_a_broken_segment_or_order_leaves_its_result_in_doubt() -> None:
    for place, said in ((1, BROKEN_OFF), (0, "its order is broken off")):
        found = segments(obr(), obx())
        found[place].break_off()
        (one,) = sendings(found)
        assert one.result.doubt == said


def test_no_value_is_a_doubt_and_a_result_outside_an_order_is_noted() -> None:
    assert standing(obr(), obx(value="")) == ("", NO_VALUE)
    (alone,) = sendings(segments(obx()))
    assert alone.result.notes == (OUTSIDE_ORDER,)
    assert (alone.filler, alone.placer) == ("", "")


def test_an_order_without_a_result_announces_one() -> None:
    (one,) = sendings(segments(obr()))
    assert (one.result.doubt, one.rank, one.filler, one.placer) == (UNTOLD, 0, "F1^B", "P1^A")
    assert [code.code for code in one.result.codes] == ["11150-0"]


@pytest.mark.parametrize(
    ("status", "rank", "confirms"),
    [("P", 0, False), ("F", 1, False), ("C", 2, False), ("D", 3, False), ("W", 3, False)],
)
def test_sendings_of_one_time_are_ranked_by_status(status: str, rank: int, confirms: bool) -> None:
    (one,) = sendings(segments(obr(), obx(status)))
    assert (one.rank, one.confirms, one.result.corrected) == (rank, confirms, status == "C")


@pytest.mark.parametrize(
    ("status", "value", "confirms"), [("U", "", True), ("U", "5", False), ("F", "", False)]
)
def test_a_status_made_final_without_a_value_confirms_what_was_sent(
    status: str, value: str, confirms: bool
) -> None:
    (one,) = sendings(segments(obr(), obx(status, value)))
    assert one.confirms is confirms


@pytest.mark.parametrize(
    ("day", "read"),
    [("", "20250310"), ("20250309", "20250309"), ("20250401", None), ("soon", None)],
)
def test_a_result_is_of_its_own_day_else_of_its_order_s(day: str, read: str | None) -> None:
    (one,) = sendings(segments(obr(), obx(day=day)))
    assert (one.result.when and one.result.when.text) == read


def test_a_specimen_is_of_the_orders_after_it_where_specimens_come_first() -> None:
    lines = ("SPM|1|S1||BMA^^HL70487", obr(), obx(), "SPM|1|S2||BLD^^HL70487", obr(), obx())
    first = sendings(segments(*lines), specimen_first=True)
    assert [[code.code for code in one.result.specimen] for one in first] == [["BMA"], ["BLD"]]
    after = sendings(segments(*lines))
    assert [[code.code for code in one.result.specimen] for one in after] == [["BLD"], ["BMA"]]
