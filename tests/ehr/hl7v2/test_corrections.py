"""Which sendings of one result a correction replaces, by what its order is called."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.ehr.chart import Quantity, Result
from allstatus.ehr.dates import When
from allstatus.ehr.hl7v2 import corrections
from allstatus.ehr.hl7v2.corrections import MAYBE_CORRECTED, named
from allstatus.ehr.hl7v2.results import CANCELLED, NO_VALUE, Sending
from allstatus.ehr.sendings import SUPERSEDED
from ehr.hl7v2.segment_lines import day

ONE, TWO = day("202503110900"), day("202503120900")


def sending(
    number: str,
    sent: When = ONE,
    filler: str = "F1",
    placer: str = "P1",
    *,
    rank: int = 1,
    confirms: bool = False,
    instance: str = "",
) -> Sending:
    value = Quantity(number, number) if number else Quantity()
    result = Result(number, (), ONE, ONE, sent=sent, value=value, doubt="" if number else NO_VALUE)
    return Sending(result, filler, placer, "blasts", rank, confirms, instance)


def names(*sendings: Sending) -> Iterator[tuple[str, ...]]:
    return (one.names for one in named(list(sendings)))


def test_a_result_is_called_by_its_filler_and_else_by_its_placer() -> None:
    assert list(names(sending("5"))) == [("filler F1|blasts",)]
    assert list(names(sending("5", filler=""))) == [("placer P1|blasts",)]
    assert list(names(sending("5", filler="", placer=""))) == [()]


def test_a_placer_that_has_one_filler_means_it() -> None:
    assert list(names(sending("5"), sending("6", TWO, filler=""))) == [("filler F1|blasts",)] * 2


def test_a_placer_of_several_fillers_leaves_each_of_them_in_doubt() -> None:
    found = list(named([sending("5"), sending("6", filler="F2"), sending("7", TWO, filler="")]))
    assert [one.doubt for one in found] == [MAYBE_CORRECTED, MAYBE_CORRECTED, ""]
    assert found[2].names == ("placer P1|blasts",)


def test_of_one_time_the_highest_rank_stands_and_of_two_times_each() -> None:
    found = list(named([sending("5", rank=0), sending("6"), sending("7", TWO, rank=0)]))
    assert [one.void for one in found] == [SUPERSEDED, "", ""]


def test_an_instance_names_a_result_where_every_sending_of_it_has_one() -> None:
    both = sending("5", instance="i1"), sending("6", instance="i2")
    assert list(names(*both)) == [("i1",), ("i2",)]
    assert list(names(*both, sending("7", TWO))) == [("filler F1|blasts",)] * 3


def test_what_is_made_final_without_being_sent_again_has_the_last_value_before() -> None:
    first, again = sending("5", rank=0), sending("", TWO, confirms=True)
    found = list(named([first, again]))
    assert (found[1].value.number, found[1].doubt) == ("5", "")
    (alone,) = named([again])
    assert alone.doubt == NO_VALUE


ORDERS = st.tuples(*[st.sampled_from(["", "1", "2"])] * 3, st.sampled_from([None, ONE, TWO]))


@given(st.lists(ORDERS, max_size=4), ORDERS)
def test_an_order_that_was_cancelled_leaves_what_was_not_sent_since_in_doubt(
    orders: list[tuple], result: tuple
) -> None:
    def made(order: tuple, rank: int, void: str = "") -> Sending:
        filler, placer, asked, sent = order
        one = sending("5", sent, filler, placer, rank=rank)
        return replace(one, asked=asked, result=replace(one.result, void=void))

    def is_its(order: tuple) -> bool:
        *numbers, asked, sent = order
        known = [pair for pair in zip(numbers, result, strict=False) if all(pair)]
        same = bool(known) and all(a == b for a, b in known) and asked == result[2]
        return same and (None in (sent, result[3]) or sent.first >= result[3].first)

    gone = [replace(made(order, 0, CANCELLED), rest="order") for order in orders]
    *_, last = named([*gone, made(result, 1)])
    assert (last.doubt == CANCELLED) == any(map(is_its, orders))


def test_of_too_many_results_that_may_be_taken_back_all_are_in_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = [sending(str(n), TWO, f"F{n}", f"P{n}", rank=2 * (n % 2)) for n in range(8)]
    assert {one.doubt for one in named(some)} == {""}
    monkeypatch.setattr(corrections, "MOST_PAIRS", 4 * 8 - 1)
    assert {one.doubt for one in named(some)} == {MAYBE_CORRECTED}
