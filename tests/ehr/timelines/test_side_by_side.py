"""Beside each assessment, what it would be under the assumption: just what the caller who makes it
is told.
"""

import json
from pathlib import Path

import pytest

from allstatus.ehr.assess.caller_facts import make_overlays
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, SYMPTOMS_ABSENT, make_reader
from allstatus.ehr.timelines.side_by_side import decide_side_by_side
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.ehr.timelines.timeline_points import Timeline
from allstatus.ehr.timelines.timeline_text import render_timeline, timeline_document
from shipped import RULES

FIXTURES = Path(__file__).parents[3] / "fixtures"
TEN_YEARS = FIXTURES / "timelines" / "ten-years.json"
ASSUMING = make_reader([SYMPTOMS_ABSENT])


def charts() -> list[Chart]:
    files = [*sorted(FIXTURES.glob("fhir/*.json")), *sorted(FIXTURES.glob("timelines/*.json"))]
    texts = (path.read_text("utf-8") for path in files if ".expected" not in path.name)
    return [
        chart
        for text in texts
        if "resourceType" in text
        for _, chart in read_charts(text)
        if isinstance(chart, Chart)
    ]


CHARTS = charts()


def ten_years() -> Timeline:
    ((_, chart),) = read_charts(TEN_YEARS.read_text("utf-8"))
    return decide_side_by_side(RULES, chart)


def test_beside_stands_what_the_assumption_makes_of_it() -> None:
    assert len(CHARTS) > 100
    for chart in CHARTS:
        both = timeline_document(decide_side_by_side(RULES, chart))
        alone = timeline_document(decide_over_time(RULES, chart))
        assumed = timeline_document(decide_over_time(RULES, chart, options=ASSUMING))
        beside = [point.pop("assuming") for point in both["points"]]
        del both["assuming"]
        assert all(point.pop("assuming") is None for point in alone["points"])
        assert alone.pop("assuming") is None
        assert both == alone
        keys = ("outcome", "status", "remission_number", "changed", "possible")
        assert beside == [{key: point[key] for key in keys} for point in assumed["points"]]


def test_who_makes_the_assumption_is_not_told_it_twice() -> None:
    ((_, chart),) = read_charts(TEN_YEARS.read_text("utf-8"))
    told = decide_side_by_side(RULES, chart, options=ASSUMING)
    assert told.assuming is None
    assert "assuming" not in render_timeline(told)


def test_ten_years_are_decided_at_most_points_beside_what_is_known() -> None:
    told = ten_years()
    document = timeline_document(told)
    assert [point["outcome"] for point in document["points"]] == ["insufficient_data"] * 9
    assert [point["assuming"]["status"] for point in document["points"]] == [
        None,
        None,
        "in_remission",
        "in_remission",
        "recurrent",
        "in_remission",
        None,
        "in_remission",
        "recurrent",
    ]
    assert document["assuming"]["assumption"] == SYMPTOMS_ABSENT
    lines = render_timeline(told).splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("2014-04-14"))
    assert lines[place : place + 2] == [
        "2014-04-14  Cannot tell",
        "  assuming  ALL in remission (first remission)  <- changed",
    ]
    assert max(map(len, lines)) <= 80
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize("options", [DEFAULT_OPTIONS, ASSUMING], ids=["as it is", "assuming"])
def test_an_answer_given_at_a_point_gives_what_was_told_of_it(options: object) -> None:
    """At every point of every chart: the answers, stated of that day, give the outcome."""
    given = 0
    for chart in CHARTS:
        timeline = decide_over_time(RULES, chart, options=options)
        for point in timeline.points:
            for entry in point.decision.settling if point.day else ():
                facts = {answer.fact: answer.sample for answer in entry.answers}
                overlay = make_overlays({"as_of": point.day.isoformat(), **facts})
                after = decide_over_time(RULES, chart, options=options, overlays=overlay)
                (found,) = [other for other in after.points if other.day == point.day]
                assert found.decision.possible == (entry.to,), (chart.patient, point.day, facts)
                given += 1
    assert given > 100
