"""A history in words: what each point is, why it cannot be told, and how it stands."""

import json
from typing import Any

import pytest

from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.ehr.timelines.timeline_points import Point
from allstatus.ehr.timelines.timeline_text import render_timeline, timeline_document, title_of
from ehr.charts_as_yaml import RULES, tell
from ehr.evidence.readings import chart_of

GIVEN = {"given": "vincristine", "day": "2025-01-10"}
CLEAN: dict[str, Any] = {
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": 2,
    "signs_and_symptoms": "absent",
}
LINES: list[dict[str, Any]] = [
    GIVEN,
    {"marrow": 2, "day": "2025-03-10"},
    {"count": "normal", "day": "2025-03-10"},
    {"marrow": 40, "day": "2026-03-10"},
]


def test_each_point_has_its_status_and_why_it_cannot_be_told() -> None:
    text = render_timeline(tell([*LINES, {"marrow": 2, "day": "2026-05-10"}]))
    first, *points, now = text.split("\n\n")
    assert first.splitlines() == [
        "p1: 3 assessments",
        "First treatment directed at the leukemia: Vincristine, 2025-01-10",
    ]
    heads = [point.splitlines()[0] for point in points]
    assert heads == [
        "2025-03-10  ALL in remission (first remission)  <- changed",
        "2026-03-10  Recurrent ALL  <- changed",
        "2026-05-10  Cannot tell",
    ]
    assert "            not known: complete blood count" in points[2].splitlines()
    assert now.startswith("As it stands: Cannot tell.\n")
    assert "not medical advice" in " ".join(now.split())
    assert max(map(len, text.splitlines())) <= 80


def test_without_an_assessment_it_says_how_it_stands() -> None:
    text = render_timeline(tell([]))
    assert text.startswith("p1: 0 assessments\n\nAs it stands: Cannot tell.\n")


def test_one_assessment_is_one() -> None:
    assert render_timeline(tell(LINES[:3])).startswith("p1: 1 assessment\n")


@pytest.mark.parametrize(
    ("number", "title"),
    [
        (None, "ALL in remission"),
        (1, "ALL in remission (first remission)"),
        (5, "ALL in remission (fifth remission)"),
        (6, "ALL in remission (number 6 remission)"),
    ],
)
def test_a_remission_has_its_number(number: int | None, title: str) -> None:
    assert title_of(Point(None, RULES.classify(CLEAN), number)) == title


def test_what_is_no_status_has_a_title_too() -> None:
    relapsed = CLEAN | {"marrow_blast_percent": 60, "prior_remission": False}
    assert title_of(Point(None, RULES.classify({"cbc": "normal"}), None)) == "Cannot tell"
    assert title_of(Point(None, RULES.classify(relapsed), None)) == "Not described by the page"


def test_the_document_says_the_same() -> None:
    document = timeline_document(tell(LINES))
    assert json.loads(json.dumps(document)) == document
    assert (document["id"], document["assuming"]) == ("p1", None)
    assert [item["date"] for item in document["treatments"]] == ["2025-01-10"]
    shown = ("date", "status", "remission_number", "changed", "cannot_tell")
    assert [tuple(point[key] for key in shown) for point in document["points"]] == [
        ("2025-03-10", "in_remission", 1, True, False),
        ("2026-03-10", "recurrent", None, True, False),
    ]
    assert document["now"]["status"] == "recurrent"


def test_it_says_no_diagnosis_only_when_all_are_understood() -> None:
    said = []
    for code in ("http://hl7.org/fhir/sid/icd-10-cm C18.9", "http://h.example/dx C18.9"):
        chart = chart_of([{"problem": {"source": "Condition/dx", "codes": [code]}}])
        said.append(" ".join(render_timeline(decide_over_time(RULES, chart)).split()))
    assert "As it stands: No ALL diagnosis." in said[0]
    assert "As it stands: No diagnosis known here as ALL; not understood: no text" in said[1]
