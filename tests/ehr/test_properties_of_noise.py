"""Noise: any part of a chart replaced, dropped or nested; the answer is a decision or a refusal,
never a traceback.
"""

import json
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allstatus import InvalidRecord
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.facts_table import render_facts
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart, decide_over_time
from allstatus.ehr.timelines.timeline_text import render_timeline
from ehr.bundles import REMISSION, bundle, observation
from shipped import RULES

OPTIONS = make_reader(["symptoms-absent-unless-recorded"])
FIXTURES = Path(__file__).parents[2] / "fixtures"
TEN_YEARS = json.loads(
    (FIXTURES / "timelines" / "ten-years.json").read_text("utf-8"), parse_float=Decimal
)
RESOURCES = [entry["resource"] for entry in TEN_YEARS["entry"]]

KEYS = ["coding", "value", "reference", "x"]
junk = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.decimals(allow_nan=True, allow_infinity=True),
        st.text(max_size=8),
        st.sampled_from(
            [
                "final",
                "9999-99-99",
                "2025-13-01",
                "11150-0",
                "#",
                "Patient/p1",
                "urn:uuid:",
                "<",
                "5 %",
                "C91.00",
                10**400,
            ]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything inside."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        pairs = (
            list(item.items())
            if isinstance(item, dict)
            else list(enumerate(item))
            if isinstance(item, list)
            else []
        )
        found += [(item, key) for key, _ in pairs]
        waiting += [part for _, part in pairs]
    return found


def spoil(value: Any, data: st.DataObject) -> Any:
    spoilt = deepcopy(value)
    for _ in range(data.draw(st.integers(1, 6))):
        found = places(spoilt)
        if not found:
            break
        container, key = data.draw(st.sampled_from(found))
        act = data.draw(st.sampled_from(["replace", "drop", "wrap", "swap"]))
        if key not in container if isinstance(container, dict) else key >= len(container):
            continue
        if act == "drop":
            del container[key]
        elif act == "wrap":
            container[key] = [{"value": container[key]}]
        elif act == "swap":
            container[key] = str(container[key]) if not isinstance(container[key], str) else 7
        else:
            container[key] = data.draw(junk)
    return spoilt


@given(st.data())
@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)
def test_a_spoilt_bundle_gives_a_decision_or_a_refusal(data: st.DataObject) -> None:
    spoilt = spoil(bundle(*REMISSION, RESOURCES[2:6]), data)
    try:
        charts = read_fhir(spoilt)
    except InvalidRecord:
        return
    for chart in charts:
        try:
            decision = decide_chart(RULES, chart, options=OPTIONS)
        except InvalidRecord:
            continue
        assert json.loads(decision.to_json())["outcome"] == decision.outcome
        assert render_facts(decision)
        assert render_timeline(decide_over_time(RULES, chart, options=OPTIONS))


MARKS = [
    "",
    "|",
    "^",
    "~",
    "\\",
    "&",
    "\r",
    "\n",
    "\x0b",
    "0",
    "-",
    ".",
    "é",
    "|||",
    "MSH|",
    "OBX|1|",
]
SEGMENTS = (FIXTURES / "hl7v2" / "remission-as-sent.hl7").read_text("utf-8")


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_spoilt_message_gives_a_decision_or_a_refusal(data: st.DataObject) -> None:
    text = list(SEGMENTS)
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from(MARKS))
    try:
        charts = [chart for _, chart in read_charts("".join(text), "hl7v2")]
    except InvalidRecord:
        return
    for chart in charts:
        assert isinstance(chart, Chart)
        decide_chart(RULES, chart, options=OPTIONS)


NO_CHARTS = [
    "[" * 100_000,
    '{"resourceType":' * 50_000,
    '{"resourceType":"Bundle","entry":' + "[" * 20_000,
    "[]",
    "{}",
    "MSH",
    "3",
]


@pytest.mark.parametrize("text", NO_CHARTS, ids=lambda text: text[:20])
@pytest.mark.parametrize("kind", ["fhir", "hl7v2"])
def test_what_is_no_chart_is_refused(text: str, kind: str) -> None:
    with pytest.raises(InvalidRecord):
        list(read_charts(text, kind))


def test_a_bundle_of_fifty_megabytes_is_answered() -> None:
    filler = json.dumps(
        {"resource": observation("filler", "8302-2", "2020-01-01", note=[{"text": "x" * 10_000}])}
    )
    whole = json.dumps(bundle(*REMISSION), default=str)
    text = whole[:-2] + "".join(f", {filler}" for _ in range(5_000)) + "]}"
    assert len(text) > 50_000_000
    ((_, chart),) = read_charts(text)
    assert isinstance(chart, Chart)
    assert decide_chart(RULES, chart, options=OPTIONS).status == "in_remission"
