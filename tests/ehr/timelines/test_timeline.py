"""Histories decided point by point, as the files in `fixtures/timelines` say."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.ehr.assess.caller_facts import make_overlays
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.record_history import decide_dated
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.ehr.timelines.timeline_points import Timeline
from allstatus.ehr.timelines.timeline_text import render_timeline, timeline_document
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import chart_kind
from ehr import charts_as_yaml
from ehr.bundles import REMISSION, SNOMED, bundle, cbc, concept, marrow
from shipped import RULES

FOLDER = Path(__file__).parents[3] / "fixtures" / "timelines"


def tell(expected: Path) -> tuple[Timeline, dict[str, Any]]:
    how = json.loads(expected.read_text("utf-8"))
    text = (FOLDER / how.get("chart", expected.name.replace(".expected", ""))).read_text("utf-8")
    as_of = date.fromisoformat(how["as_of"]) if "as_of" in how else None
    if chart_kind(text) is None:
        return decide_dated(RULES, parse_json(text), as_of)[0], how
    (chart,) = (chart for _, chart in read_charts(text))
    assert isinstance(chart, Chart)
    options, overlays = make_reader(how.get("assume", [])), make_overlays(how.get("with", []))
    return decide_over_time(RULES, chart, as_of=as_of, options=options, overlays=overlays), how


@pytest.mark.parametrize(
    "expected",
    sorted(FOLDER.glob("*.expected.json")),
    ids=lambda path: path.name.removesuffix(".expected.json"),
)
def test_a_history_is_decided_point_by_point(expected: Path) -> None:
    timeline, how = tell(expected)
    document = timeline_document(timeline)
    found = [
        [point[key] for key in ("date", "outcome", "status", "remission_number")]
        for point in document["points"]
    ]
    assert found == how["points"]
    assert [document["now"]["outcome"], document["now"]["status"]] == how["now"]
    assert json.loads(json.dumps(document)) == document
    for point, (_, outcome, _, _) in zip(document["points"], how["points"], strict=True):
        assert point["cannot_tell"] == (outcome in ("insufficient_data", "conflicting_data"))


def test_the_text_names_each_change_and_each_gap() -> None:
    text = render_timeline(tell(FOLDER / "ten-years.expected.json")[0])
    assert "2017-07-17  ALL in remission (second remission)  <- changed" in text
    assert "2020-01-15  Cannot tell" in text
    assert "not known: complete blood count" in text
    assert "not medical advice" in text.replace("\n", " ")
    assert max(map(len, text.splitlines())) <= 80


def test_a_history_of_records_needs_dates() -> None:
    with pytest.raises(InvalidRecord, match="as_of: is missing"):
        decide_dated(RULES, [{"cbc": "normal"}])


@pytest.mark.parametrize(
    ("between", "number"),
    [("3-8 %", None), ("see comment", None), ("60 %", 2), ("2-4 %", 1), (None, 1)],
)
def test_a_marrow_on_both_sides_of_the_limit_may_have_been_a_relapse(
    between: str | None, number: int | None
) -> None:
    remission = [
        [{"marrow": 2, "day": day}, {"count": "normal", "day": day}]
        for day in ("2025-03-10", "2025-09-10")
    ]
    lines = [{"given": "vincristine", "day": "2025-01-10"}, *remission[0], *remission[1]]
    lines += [{"marrow": between, "day": "2025-06-10"}] if between else []
    lines += [{"count": "normal", "day": "2025-06-10"}]
    timeline = charts_as_yaml.tell(lines)
    last = timeline.points[-1]
    assert (last.decision.status, last.number) == ("in_remission", number)
    assert timeline.points[0].number == 1


@pytest.mark.parametrize(
    ("first", "second", "places", "number"),
    [(2, 60, "", None), (60, 2, "", None), (2, 60, "two", None), (2, 3, "", 1), (60, 63, "", 2)],
)
def test_two_marrows_of_one_day_between_remissions_may_be_a_relapse(
    first: int, second: int, places: str, number: int | None
) -> None:
    taken = [
        {
            "resourceType": "Specimen",
            "id": name,
            "type": concept("119359002", SNOMED),
            "subject": {"reference": "Patient/p1"},
        }
        for name in "ab"
    ]
    of = [{"specimen": {"reference": f"Specimen/{name}"}} if places else {} for name in "ab"]
    both = [
        marrow("2025-06-01", value, id=name, **more)
        for value, name, more in zip((first, second), "ab", of, strict=True)
    ]
    days = ("2025-06-01", "2025-09-01")
    counts = [one for day in days for one in cbc(day)]
    chart = bundle(*REMISSION, *both, *taken, marrow("2025-09-01", 2), *counts)
    (read,) = read_fhir(parse_json(json.dumps(chart)))
    options = make_reader(["symptoms-absent-unless-recorded"])
    last = decide_over_time(RULES, read, options=options).points[-1]
    assert (last.decision.status, last.number) == ("in_remission", number)
