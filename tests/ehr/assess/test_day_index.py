"""Days found by an index are those that looking at everything finds; and a chart of twice as many
days takes twice the work, counted in calls and not in seconds.
"""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus import load_rules
from allstatus.ehr.assess.day_index import ZONES, DayIndex
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.dates import When, read_when
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from ehr.bundles import Resource, bundle, condition, marrow

CLASSIFIER, OPTIONS = load_rules(engine="builtin"), make_reader(["symptoms-absent-unless-recorded"])


@dataclass(frozen=True)
class Item:
    number: int
    when: When


days = st.dates(date(2025, 1, 1), date(2025, 3, 31))
texts = st.one_of(
    days.map(date.isoformat),
    days.map(lambda day: day.isoformat()[:7]),
    st.tuples(days, st.sampled_from(["T00:30:00+14:00", "T23:30:00-12:00", "T08:00:00Z"])).map(
        lambda said: said[0].isoformat() + said[1]
    ),
)
items = st.lists(texts.map(read_when), max_size=12).map(
    lambda whens: [Item(number, when) for number, when in enumerate(whens)]
)
bounds = st.none() | days


@given(items, bounds, bounds)
def test_between_and_touching_are_what_looking_at_all_finds(
    items: list[Item], first: date | None, last: date | None
) -> None:
    index = DayIndex(items)
    since = [i for i in items if first is None or i.when.last >= first]
    assert index.between(first, last) == [i for i in since if last is None or i.when.last <= last]
    if first is None or last is None or first <= last:
        wanted = [i for i in since if last is None or i.when.first <= last]
        assert index.touching(first, last) == wanted


@given(items, bounds)
def test_the_latest_hold_all_that_may_be_later_than_any(
    items: list[Item], last: date | None
) -> None:
    usable = [i for i in items if last is None or i.when.last <= last]
    found = DayIndex(items).latest(last)
    assert found == [i for i in usable if i in found]
    assert bool(found) == bool(usable)
    for other in (i for i in usable if i not in found):
        assert any(other.when.last + ZONES < i.when.first for i in found)
        assert any(other.when.end < i.when.begin for i in found)


def unread(number: int, day: str) -> Resource:
    return {**marrow(str(number), 1, day), "valueQuantity": {}, "valueString": "many"}


KINDS = {
    "marrows": lambda number, day: marrow(f"m{number}", (1, 2, 30)[number % 3], day),
    "marrows that cannot be read": unread,
    "sendings of one": lambda number, day: {
        **marrow(f"s{number}", 1, "2015-01-01"),
        "identifier": [{"value": "one"}],
        "issued": f"{day}T08:00:00Z",
    },
}


def calls(chart: Chart) -> int:
    """How many functions, ours and others', deciding a chart calls."""
    count = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        decide_chart(CLASSIFIER, chart, options=OPTIONS)
    finally:
        sys.setprofile(None)
    return count


def chart_of(kind: str, number: int) -> Chart:
    day = date(2015, 1, 1)
    made = [KINDS[kind](n, (day + timedelta(days=n)).isoformat()) for n in range(number)]
    (chart,) = read_fhir(bundle(condition("c", "91857003"), *made))
    return chart


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_days_are_twice_the_work(kind: str) -> None:
    decide_chart(CLASSIFIER, chart_of(kind, 20), options=OPTIONS)  # what is kept for all charts
    few, more = calls(chart_of(kind, 60)), calls(chart_of(kind, 120))
    assert more < 2.5 * few, (few, more)
