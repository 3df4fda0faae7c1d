"""The page walks a history as `allstatus timeline` does: over the fixtures, over made-up histories,
and what it refuses.
"""

import json
import random
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.ehr.assess.caller_facts import make_overlays
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.timelines.record_history import decide_dated
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.ehr.timelines.timeline_points import Timeline
from allstatus.ehr.timelines.timeline_text import timeline_document
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import chart_kind
from allstatus.teach.strings import TEXTS
from allstatus.teach.teaching_page import make_page
from needs import NODE
from teach.tools import run_node

FIXTURES = Path(__file__).parents[2] / "fixtures"
TIMELINES = sorted((FIXTURES / "timelines").glob("*.expected.json"))
CHARTS = sorted(
    path for path in (FIXTURES / "fhir").glob("[0-9]*.json") if ".expected" not in path.name
)
MADE_UP = 150
SHOWN = ("date", "outcome", "status", "possible", "remission_number")
pytestmark = NODE


@pytest.fixture(
    scope="module", params=["nci-pdq-adult-all-patient", "nci-pdq-adult-all-health-professional"]
)
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_rules(request.param, engine="builtin")


@pytest.fixture(scope="module")
def page(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "trainer.html"
    path.write_text(make_page(classifier), "utf-8")
    return path


def on_the_page(page: Path, histories: list[str]) -> list[dict[str, Any]]:
    """What the page makes of each text."""
    seen: list[dict[str, Any]] = json.loads(
        run_node("history.mjs", page, stdin=json.dumps(histories))
    )
    return seen


def in_python(timeline: Timeline) -> list[dict[str, Any]]:
    return [{key: point[key] for key in SHOWN} for point in timeline_document(timeline)["points"]]


def without_carried(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: point[key] for key in SHOWN} for point in points]


def tell_chart(classifier: Classifier, expected: Path) -> Timeline | None:
    how = json.loads(expected.read_text("utf-8"))
    text = (
        FIXTURES / "timelines" / how.get("chart", expected.name.replace(".expected", ""))
    ).read_text("utf-8")
    if chart_kind(text) is None:
        return decide_dated(classifier, parse_json(text))[0]
    ((_, chart),) = read_charts(text)
    as_of = date.fromisoformat(how["as_of"]) if "as_of" in how else None
    options, overlays = make_reader(how.get("assume", [])), make_overlays(how.get("with", []))
    return decide_over_time(classifier, chart, as_of=as_of, options=options, overlays=overlays)  # type: ignore[arg-type]


def test_the_records_of_the_fixtures(classifier: Classifier, page: Path) -> None:
    texts = [path.read_text("utf-8") for path in (FIXTURES / "timelines").glob("*-of-records.json")]
    assert texts
    for text, seen in zip(texts, on_the_page(page, texts), strict=True):
        (timeline,) = decide_dated(classifier, parse_json(text))
        assert without_carried(seen["points"]) == in_python(timeline)
        assert seen["again"] == seen["points"], (
            "written as text and read again it is the same history"
        )


def test_what_timeline_prints_of_every_history_fixture(classifier: Classifier, page: Path) -> None:
    told = [timeline for path in TIMELINES if (timeline := tell_chart(classifier, path))]
    seen = on_the_page(page, [json.dumps(timeline_document(timeline)) for timeline in told])
    assert [without_carried(entry["points"]) for entry in seen] == [
        in_python(timeline) for timeline in told
    ]
    assert not any(point["carried"] for entry in seen for point in entry["points"])


def test_every_chart_fixture_with_points_is_walked_or_refused_by_name(
    classifier: Classifier, page: Path
) -> None:
    charts = chain.from_iterable(read_charts(path.read_text("utf-8")) for path in CHARTS)
    options = make_reader(["symptoms-absent-unless-recorded"])
    told = [decide_over_time(classifier, chart, options=options) for _, chart in charts]  # type: ignore[arg-type]
    told = [timeline for timeline in told if timeline.points]
    assert len(told) > 5
    walked, refused = 0, []
    for timeline, seen in zip(
        told, on_the_page(page, [json.dumps(timeline_document(one)) for one in told]), strict=True
    ):
        if "problem" in seen:
            refused.append(seen["problem"])
            continue
        walked += 1
        assert [(p["outcome"], p["status"], p["possible"]) for p in seen["points"]] == [
            (p["outcome"], p["status"], p["possible"]) for p in in_python(timeline)
        ]
    assert set(refused) <= {"decided_otherwise"}, (
        "the chart alone knows, such as of two marrows on one day"
    )
    assert (walked, len(refused)) == (84, 3)


REMISSION = {
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": "2",
    "marrow_cellularity": "normocellular",
    "signs_and_symptoms": "absent",
}
RELAPSE = {"marrow_blast_percent": "5.5", "cbc": "abnormal"}


def made_up(chance: random.Random, classifier: Classifier) -> list[dict[str, Any]]:
    """A history of up to six records in any order: some at random, some a remission or a relapse
    with a fact or two otherwise.
    """
    day, history = date(2020, 1, 1), []
    for _ in range(chance.randint(1, 6)):
        day += timedelta(days=chance.choice([0, 1, 40]))
        record: dict[str, Any] = {"as_of": day.isoformat(), **REMISSION} | chance.choice(
            [{}, {}, RELAPSE]
        )
        for name, fact in classifier.ruleset.facts.items():
            values = (
                ["0", "5", "5.0001", "60", "5-10"]
                if fact.kind == "percent"
                else list(fact.values) or [True, False]
            )
            if name in ("prior_remission", "relapse_since_remission"):
                values = [*values, None, None, None]
            if chance.random() < chance.choice([0.1, 0.1, 0.75]):
                record[name] = chance.choice([*values, *values, "unknown", None])
        if chance.random() < 0.1:
            record["relapse_count"] = chance.choice([0, 1, 2])
        history.append(record)
    chance.shuffle(history)
    return history


def test_made_up_histories(classifier: Classifier, page: Path) -> None:
    chance = random.Random(9)
    histories = [made_up(chance, classifier) for _ in range(MADE_UP)]
    seen = on_the_page(
        page, ["\n".join(json.dumps(record) for record in history) for history in histories]
    )
    for history, entry in zip(histories, seen, strict=True):
        (timeline,) = decide_dated(classifier, history)
        assert without_carried(entry["points"]) == in_python(timeline), history
        assert entry["again"] == entry["points"]
    numbers = {point["remission_number"] for entry in seen for point in entry["points"]}
    assert numbers >= {None, 1, 2}
    outcomes = {point["outcome"] for entry in seen for point in entry["points"]}
    assert outcomes == {
        "determined",
        "outside_definitions",
        "insufficient_data",
        "conflicting_data",
    }


A_POINT = '{"as_of": "2026-01-01", "cbc": "normal"}'
REFUSED = {
    " \n": ("empty", None, None),
    "[]": ("empty", None, None),
    "{": ("not_json", None, None),
    f"{A_POINT}\n{{cbc: normal}}": ("not_json", 2, None),
    "[1]": ("not_a_record", 1, None),
    f"[{A_POINT}, [{A_POINT}]]": ("not_a_record", 2, None),
    '{"cbc": "normal"}': ("no_date", 1, "as_of"),
    f'{A_POINT}\n{{"as_of": "2026-02-30", "cbc": "normal"}}': ("no_date", 2, "as_of"),
    '{"as_of": 20260101, "cbc": "normal"}': ("no_date", 1, "as_of"),
    f'{A_POINT}\n{{"as_of": "2026-01-02", "cbc": "fine"}}': ("not_a_value", 2, "cbc"),
    '{"as_of": "2026-01-02", "cbc": {"wbc": {"value": 5}}}': ("panel", 1, "cbc"),
    '{"as_of": "2026-01-02", "blasts": 5}': ("unknown_key", 1, "blasts"),
    '{"as_of": "2026-01-02", "marrow_blast_percent": "4,5"}': ("comma", 1, "marrow_blast_percent"),
    '{"as_of": "2026-01-02"}': ("no_fact", 1, "record"),
    '{"as_of": "2026-01-02", "cbc": "normal", "diagnosis": "C92.0"}': (
        "another_disease",
        1,
        "diagnosis",
    ),
    '[{"id": 1, "as_of": "2026-01-01", "cbc": "normal"}, '
    '{"as_of": "2026-01-02", "cbc": "normal"}]': (
        "several_people",
        None,
        None,
    ),
    '{"points": []}': ("empty", None, None),
    '{"points": [{"date": "2026-01-01"}], "now": null}': ("other_rules", None, None),
}


def test_what_cannot_be_read_is_refused_by_record_and_field(page: Path) -> None:
    seen = on_the_page(page, list(REFUSED))
    assert [
        (entry.get("problem"), entry.get("number"), entry.get("field")) for entry in seen
    ] == list(REFUSED.values())
    assert {entry["problem"] for entry in seen} <= set(TEXTS.texts()["problems"])


def test_a_point_decided_by_more_than_the_text_tells_is_refused(
    classifier: Classifier, page: Path
) -> None:
    (timeline,) = decide_dated(
        classifier,
        [{"as_of": "2026-01-01", "cbc": "normal"}, {"as_of": "2026-01-02", "cbc": "normal"}],
    )
    document = timeline_document(timeline)
    document["points"][1]["outcome"] = "conflicting_data"
    (seen,) = on_the_page(page, [json.dumps(document)])
    assert (seen["problem"], seen["number"]) == ("decided_otherwise", 2)
