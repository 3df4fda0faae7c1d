"""What is made unreadable never shrinks what is possible; what does not count changes nothing."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from allstatus.decision.decision import Decision
from allstatus.ehr import decide_chart, make_reader, read_charts
from allstatus.testing import blurred_bundles, scrapped_bundles
from allstatus.testing import chart_parts as parts
from allstatus.testing.doubtful_charts import BLURS, SCRAPS
from shipped import RULES

OPTIONS = make_reader(["symptoms-absent-unless-recorded"])


def decided(bundle: dict[str, Any]) -> Decision:
    """The decision on patient p1."""
    charts = [chart for _, chart in read_charts(json.dumps(bundle))]
    (chart,) = [chart for chart in charts if chart.patient == "p1"]
    return decide_chart(RULES, chart, options=OPTIONS)


def possible(decision: Decision) -> set[str]:
    return set(decision.possible) or ({decision.status} if decision.status else set())


@settings(max_examples=250, deadline=None)
@given(blurred_bundles())
def test_a_statement_made_unreadable_never_shrinks_what_is_possible(
    made: tuple[dict[str, Any], dict[str, Any], str],
) -> None:
    clear, blurred, way = made
    before, after = decided(clear), decided(blurred)
    assert possible(before) <= possible(after), way


@settings(max_examples=120, deadline=None)
@given(scrapped_bundles())
def test_what_does_not_count_changes_nothing(
    made: tuple[dict[str, Any], dict[str, Any], list[str]],
) -> None:
    clear, scrapped, scraps = made
    before, after = decided(clear), decided(scrapped)
    assert (before.outcome, before.possible) == (after.outcome, after.possible), scraps
    values = [{name: fact.value for name, fact in d.facts.items()} for d in (before, after)]
    assert values[0] == values[1]


DAY = date(2024, 9, 1)
WHOLE = [
    resource
    for _, made in (
        parts.marrow(DAY, "2"),
        parts.treated(DAY),
        parts.fever(DAY),
        parts.coded_history(None, DAY, DAY),
    )
    for resource in made
]


@pytest.mark.parametrize("way", BLURS)
def test_each_way_changes_some_statement(way: str) -> None:
    made = [(resource, BLURS[way](resource)) for resource in WHOLE]
    assert any(after is not None and after != before for before, after in made)


@pytest.mark.parametrize("name", SCRAPS)
def test_each_scrap_is_another_resource(name: str) -> None:
    ids = {resource["id"] for resource in WHOLE}
    assert all(resource["id"] not in ids for resource in SCRAPS[name]("scrap", WHOLE))
