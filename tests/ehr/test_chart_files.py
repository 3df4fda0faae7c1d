"""Charts from text, lines and folders, whatever they hold, each with its number or its refusal."""

import json
from pathlib import Path
from typing import Any

import pytest

from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import (
    NAMESAKE,
    Numbered,
    read_bundle_lines,
    read_charts,
    read_folder,
)
from allstatus.ehr.fhir.fhir_standing import MODIFIED
from allstatus.errors import InvalidRecord
from ehr.bundles import bundle, marrow, patient

FIXTURES = Path(__file__).parents[2] / "fixtures"
TABLE = (FIXTURES / "tables" / "second-remission.csv").read_text("utf-8")
MESSAGE = (FIXTURES / "hl7v2" / "cells-counted.hl7").read_text("utf-8")


def one(name: str) -> dict[str, Any]:
    """The bundle of one patient with one marrow."""
    subject = {"reference": f"Patient/{name}"}
    return bundle(patient(name), marrow("2025-03-10", 2, subject=subject))


def lines(*values: Any) -> str:
    return "\n".join(value if isinstance(value, str) else json.dumps(value) for value in values)


def told(found: Numbered) -> list[tuple[int | None, str]]:
    """Each number, with the patient or why the chart is refused."""
    return [
        (number, f"{chart.patient}" if isinstance(chart, Chart) else f"refused: {chart.problem}")
        for number, chart in found
    ]


A, B = one("a"), one("b")
LOOSE = [*(entry["resource"] for entry in A["entry"] + B["entry"])]
TEXTS = [
    (json.dumps(A), [(None, "a")]),
    (json.dumps([A, B]), [(1, "a"), (2, "b")]),
    (json.dumps(LOOSE), [(1, "a"), (2, "b")]),
    (lines(*LOOSE), [(1, "a"), (2, "b")]),
    (lines(A, B), [(1, "a"), (2, "b")]),
    (lines(A, A), [(1, "a"), (2, "a")]),
    (json.dumps([A, A]), [(None, "a")]),
]


@pytest.mark.parametrize(("text", "found"), TEXTS)
def test_bundles_of_a_list_are_read_together_and_those_of_lines_each(
    text: str, found: list[tuple[int | None, str]]
) -> None:
    assert told(read_charts(text)) == found
    assert told(read_charts(text, "fhir")) == found


def test_a_line_that_cannot_be_read_is_refused_and_the_others_are_not() -> None:
    found = told(read_charts(lines(A, '{"resourceType": "Bundle", "type":', B)))
    assert [(number, text.partition(":")[0]) for number, text in found] == [
        (1, "a"),
        (2, "refused"),
        (3, "b"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"), [(MESSAGE, "hl7v2"), (TABLE, "table"), (json.dumps(A), "fhir")]
)
def test_what_a_text_is_need_not_be_said(text: str, kind: str) -> None:
    assert told(read_charts(text)) == told(read_charts(text, kind))
    assert len(told(read_charts(text))) == 1


def test_what_is_no_chart_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="is no chart"):
        list(read_charts('{"cbc": "normal"}'))


def test_lines_of_a_file_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "charts.ndjson"
    path.write_text(lines(A, "{", B), "utf-8")
    (first, one), (second, refused), (third, other) = told(read_bundle_lines(str(path)))
    assert [(first, one), (third, other)] == [(1, "a"), (3, "b")]
    assert (second, refused.partition(":")[0]) == (2, "refused")


def test_the_files_of_a_folder_are_read_together(tmp_path: Path) -> None:
    subject = {"reference": "Patient/a"}
    (tmp_path / "a.json").write_text(json.dumps(patient("a")), "utf-8")
    (tmp_path / "m.ndjson").write_text(lines(marrow("2025-03-10", 2, subject=subject), "{", ""))
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    (tmp_path / "o.hl7").write_text(MESSAGE, "utf-8")
    (tmp_path / ".hidden.json").write_text("{", "utf-8")
    (tmp_path / "notes.txt").write_text("not a chart", "utf-8")
    (_, refused), *charts = read_folder(tmp_path)
    assert isinstance(refused, InvalidRecord)
    assert refused.field == f"{tmp_path / 'm.ndjson'} line 2"
    found = [chart for _, chart in charts if isinstance(chart, Chart)]
    assert [number for number, _ in charts] == [1, 2, 3]
    assert sorted(len(chart.results) > 0 for chart in found) == [True] * 3
    assert "a" in [chart.patient for chart in found]


@pytest.mark.parametrize(
    ("table", "message", "parts"),
    [
        ("a", "", {"a"}),
        ("b", "", set()),
        ("b", "a", {"a"}),
        ("", "", {"a", None}),
        ("", "b", set()),
    ],
)
def test_charts_of_one_id_from_files_of_two_kinds_may_be_parts(
    tmp_path: Path, table: str, message: str, parts: set[str | None]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(one("a")), "utf-8")
    row = f"{table},2025-03-10,11150-0,60"
    (tmp_path / "t.csv").write_text(f"patient,date,code,value\n{row}\n", "utf-8")
    if message:
        said = MESSAGE.replace("\n", "\r").split("\r")
        pid = [f"PID|1||{message}^^^H^MR" if line.startswith("PID") else line for line in said]
        (tmp_path / "o.hl7").write_text("\r".join(pid), "utf-8")
    charts = [chart for _, chart in read_folder(tmp_path) if isinstance(chart, Chart)]
    assert {chart.patient for chart in charts if chart.partial} == parts
    for chart in charts:
        assert chart.partial == (NAMESAKE in " ".join(chart.warnings))


def test_the_tables_of_a_folder_are_read_as_one(tmp_path: Path) -> None:
    rows = ("a,2025-03-10,718-7,13", "a,2025-03-11,777-3,230")
    for number, row in enumerate(rows):
        (tmp_path / f"{number}.csv").write_text(f"patient,date,code,value\n{row}\n", "utf-8")
    ((_, chart),) = read_folder(tmp_path)
    assert isinstance(chart, Chart)
    assert [result.source for result in chart.results] == ["0.csv line 2", "1.csv line 2"]


def test_a_folder_without_a_chart_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a chart", "utf-8")
    with pytest.raises(InvalidRecord):
        list(read_folder(tmp_path))


@pytest.mark.parametrize(
    ("line", "part"),
    [
        (
            '{"resourceType":"Observation","subject":{"reference":"Patient/a"},"code":{"coding":[{"c',
            "a",
        ),
        (
            '{"resourceType":"Observation","subject":{"reference":"http://h.example/Patient/b"}},',
            "b",
        ),
        ('{"resourceType":"Patient","id":"a"', "a"),
        ('{"subject":{"reference":"Patient/b"}}', "b"),
        ('{"resourceType":"Observation","subject":{"reference":"Patient/c"},"code":', ""),
        ('{"resourceType":"Observation","id":"a"', ""),
    ],
)
def test_whom_a_refused_line_names_has_a_part_of_a_chart(
    line: str, part: str, tmp_path: Path
) -> None:
    (tmp_path / "x.ndjson").write_text(lines(*LOOSE, line), "utf-8")
    (tmp_path / "y.ndjson").write_text(lines(*LOOSE), "utf-8")
    for found in (read_charts(lines(*LOOSE, line)), read_folder(tmp_path)):
        charts = [chart for _, chart in found if isinstance(chart, Chart)]
        assert {str(chart.patient) for chart in charts if chart.partial} == {part} - {""}
        assert all("1 unreadable lines" in chart.warnings[0] for chart in charts if chart.partial)


def test_a_line_alone_in_its_file_is_refused_as_others_are(tmp_path: Path) -> None:
    (tmp_path / "x.ndjson").write_text('{"subject": {"reference": "Patient/b"}}\n', "utf-8")
    (tmp_path / "y.ndjson").write_text(lines(*LOOSE), "utf-8")
    found = list(read_folder(tmp_path))
    assert [chart.field for _, chart in found if isinstance(chart, InvalidRecord)] == [
        f"{tmp_path / 'x.ndjson'} line 1"
    ]
    assert [chart.partial for _, chart in found if isinstance(chart, Chart)] == [False, True]


@pytest.mark.parametrize("cut", [True, False])
def test_a_feed_that_was_cut_off_is_so_beside_another(tmp_path: Path, cut: bool) -> None:
    header = "MSH|^~\\&|LAB|H|E|H|20250311||ORU^R01|1|P|2.5.1\rPID|1||{}^^^H^MR\r"
    result = "OBR|1|P|F|11150-0^^LN|||20250310\rOBX|1|NM|11150-0^^LN||3|%"
    ends = "" if cut else "\r"
    (tmp_path / "a.hl7").write_text(header.format("a") + result + ends, "utf-8", newline="")
    (tmp_path / "b.hl7").write_text(header.format("b") + f"{result}\r", "utf-8", newline="")
    charts = [chart for _, chart in read_folder(tmp_path) if isinstance(chart, Chart)]
    doubts = {chart.patient: chart.results[0].doubt for chart in charts}
    assert doubts == {"a": "its segment is broken off" if cut else "", "b": ""}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("b.csv", TABLE.replace("date", "datum", 1), "b.csv is not read"),
        ("b.CSV", "Lab export\n" + TABLE, "b.CSV is not read"),
        ("b.csv.part", TABLE, "b.csv.part is unfinished"),
        ("b/b.csv", TABLE, "b is not read"),
        ("b/c/b.hl7", MESSAGE, "b is not read"),
        ("b/b.json", json.dumps(A), "b is not read"),
        ("b/decisions.csv", "id,outcome", ""),
        ("b/about.json", '{"schema": "x"}', ""),
        ("README.md", "Of 2025", ""),
        ("empty.csv", "\n", ""),
        ("b/README.md", "Of 2025", ""),
    ],
)
def test_a_file_that_is_not_read_beside_tables(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
    (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    if says:
        with pytest.raises(InvalidRecord, match=says):
            list(read_folder(tmp_path))
    for found in (read_folder(tmp_path, partial=True), read_charts(TABLE, partial=True)):
        ((_, chart),) = found
        assert isinstance(chart, Chart)
        assert (chart.partial, len(chart.warnings)) == (True, 1)


@pytest.mark.parametrize("place", ["outer bundle", "inner bundle"])
@pytest.mark.parametrize("key", ["implicitRules", "modifierExtension"])
def test_what_may_change_the_meaning_of_a_bundle_leaves_its_results_open(
    key: str, place: str
) -> None:
    inner = one("p")
    outer = bundle(inner)
    changed = outer if place == "outer bundle" else inner
    changed[key] = "http://x" if key == "implicitRules" else [{"url": "http://x"}]
    ((_, chart),) = read_charts(json.dumps(outer))
    assert isinstance(chart, Chart)
    assert [result.doubt for result in chart.results] == [MODIFIED]
