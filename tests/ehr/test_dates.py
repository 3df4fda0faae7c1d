"""Dates are read, ordered and bounded as `dates.yaml` says."""

from datetime import date, datetime, timedelta
from itertools import permutations
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from allstatus.ehr.chart import Chart, Result
from allstatus.ehr.dates import PointInTime, When, last_day, last_ones, read_when, shifted, spanning
from allstatus.ehr.evidence.doubt import lies

TABLE = yaml.safe_load(Path(__file__).with_name("dates.yaml").read_text("utf-8"))
SIGNS = lt, le, ne, gt, ge, eq
CHART = Chart("p1", "female", date(1980, 5, 1))


class Timed(NamedTuple):
    when: When


def when(text: str) -> When:
    found = read_when(text)
    assert found is not None
    return found


@pytest.mark.parametrize("name", TABLE["read"])
def test_a_date_means_the_days_the_table_says(name: str) -> None:
    case = TABLE["read"][name]
    found = when(case["text"])
    assert [found.first, found.last] == case["days"]
    assert (found.clock, found.zoned) == (case.get("clock", ""), case.get("zoned", True))
    assert found.vague == (found.first != found.last)
    assert found.shown == (case["text"] if found.vague else found.first.isoformat())


@pytest.mark.parametrize("text", TABLE["not_read"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_when(text) is None


@pytest.mark.parametrize("name", TABLE["order"])
def test_which_of_two_dates_is_first(name: str) -> None:
    case = TABLE["order"][name]
    one, other = map(when, case.get("neither") or (case["first"], case["then"]))
    assert (one.end < other.begin) == ("first" in case)
    assert not other.end < one.begin
    assert (one.end >= other.begin) == ("neither" in case)
    early, late = one.end, other.begin
    if "first" in case:
        assert [sign(early, late) for sign in SIGNS] == [True, True, True, False, False, False]
        assert [sign(late, early) for sign in SIGNS] == [False, False, True, True, True, False]
        assert one.order < other.order


@pytest.mark.parametrize("name", TABLE["read"])
def test_a_moment_is_itself_and_nothing_else(name: str) -> None:
    moment = when(TABLE["read"][name]["text"]).begin
    again = PointInTime(*moment)
    assert [sign(moment, again) for sign in SIGNS] == [False, True, False, False, True, True]
    assert hash(moment) == hash(again)
    assert moment != str(moment)
    assert eq(moment, str(moment)) is False
    assert moment.utc is None or moment.clock


@pytest.mark.parametrize("name", TABLE["last_ones"])
def test_which_moments_may_be_the_latest(name: str) -> None:
    case = TABLE["last_ones"][name]
    items = [Timed(when(text)) for text in case["of"]]
    for order in permutations(items):
        assert {id(item) for item in last_ones(order)} == {id(items[n]) for n in case["last"]}


@pytest.mark.parametrize("zone", ["", "Z"])
def test_a_day_begins_before_its_hours(zone: str) -> None:
    day, hour = when("2025-03-10").begin, when(f"2025-03-10T08:00:00{zone}").begin
    assert day < hour < when("2025-03-10").end
    assert not hour < day


def test_a_vague_date_is_sorted_as_its_last_day() -> None:
    found = [when(text) for text in TABLE["sorted"]]
    backwards = found[::-1]
    assert sorted(backwards, key=lambda one: one.order) == found


@pytest.mark.parametrize("case", TABLE["shifted"])
def test_a_day_moves_within_the_calendar(case: dict[str, Any]) -> None:
    assert shifted(case["day"], timedelta(days=case["by"])) == case["to"]


@pytest.mark.parametrize("name", TABLE["lies"])
def test_where_a_statement_lies(name: str) -> None:
    case: dict[str, Any] = TABLE["lies"][name]
    dates = {key: when(case[key]) for key in ("when", "issued", "sent") if key in case}
    bounds = {key: case[key] for key in ("earliest", "latest") if key in case}
    statement = Result("r", (), dates.pop("when", None), **dates, **bounds)
    found = lies(statement, CHART, case.get("as_of"))
    assert [found.first, found.last] == case["days"]


def test_a_span_is_from_the_first_day_of_one_to_the_last_of_another() -> None:
    span = spanning(when("2025-03"), when("2025-04"))
    assert (span.first, span.last, span.text) == (
        date(2025, 3, 1),
        date(2025, 4, 30),
        "2025-03 to 2025-04",
    )


def test_of_a_patient_whose_birth_is_not_known_no_day_is_too_early() -> None:
    statement = Result("r", (), when("2025-03"), when("2025-03-12"))
    found = lies(statement, Chart(), None)
    assert (found.text, found.first, found.last) == (
        "2025-03",
        date(2025, 3, 1),
        date(2025, 3, 12),
    )
    assert lies(Result("r", (), None), Chart(), None).first == date.min


def test_the_earliest_of_the_last_days_bounds_a_time() -> None:
    assert last_day([when("2025-04"), None, when("2025-03-31")]) == date(2025, 3, 31)
    assert last_day([when("2025-04"), when("2025-04-10")]) == date(2025, 4, 10)
    assert last_day([None]) is None


zones = st.sampled_from(["Z", "+00:00", "-05:00", "+05:30", "+14:00", "-12:00"])
instants = st.builds(
    lambda at, zone: when(f"{at:%Y-%m-%dT%H:%M:%S}{zone}"),
    st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),
    zones,
)


@given(instants, instants, instants)
def test_instants_of_any_zones_have_one_order(a: When, b: When, c: When) -> None:
    assert (a.begin < b.begin) + (b.begin < a.begin) + (a.begin == b.begin) == 1
    assert not (a.begin < b.begin < c.begin) or a.begin < c.begin


moments = st.one_of(
    instants,
    st.sampled_from(["2025-03-09", "2025-03-10", "2025-03"]).map(when),
    st.builds(
        lambda day, hour, zone: when(f"2025-03-{day:02}T{hour:02}:00:00{zone}"),
        st.integers(9, 11),
        st.integers(0, 23),
        st.one_of(st.just(""), zones),
    ),
)


@given(st.lists(moments, min_size=1, max_size=6), st.randoms())
def test_order_in_the_file_never_decides_which_is_the_latest(
    found: list[When], any_: Random
) -> None:
    items = [Timed(one) for one in found]
    last = last_ones(items)
    others = items[:]
    any_.shuffle(others)
    assert last
    assert {id(one) for one in last_ones(others)} == {id(one) for one in last}
    beyond = [a for a in items if not any(a.when.end < b.when.begin for b in items)]
    assert last == (beyond or items)
