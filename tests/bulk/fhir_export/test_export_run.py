"""`allstatus batch` on a folder: every line accounted for, in every format."""

import gzip
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from allstatus import InvalidRecord
from allstatus.bulk.fhir_export import decide_partition, export_run
from allstatus.bulk.fhir_export.ndjson_pieces import CUT_SHORT
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json
from bulk.fhir_export.conftest import PEOPLE
from bulk.files import command
from bulk.folders import (
    AS_A_PART,
    ASSUMED,
    HOW,
    Answers,
    answers,
    decide,
    evidence,
    rejects,
    rows,
    write_folder,
)

WITHOUT = """
import atexit, sys
atexit.register(lambda: print("pandas" in sys.modules))
from allstatus.cli import main
main()
"""


def test_pandas_is_not_loaded(export: Path, tmp_path: Path) -> None:
    asked = [sys.executable, "-c", WITHOUT, "batch", str(export), str(tmp_path / "out.parquet")]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"


def test_the_command_prints_what_adds_up(export: Path, tmp_path: Path) -> None:
    (export / "manifest.json").write_text("{}")
    done = command(
        export,
        tmp_path / "out.parquet",
        "--explain",
        "--plot",
        tmp_path / "totals.svg",
        "--assume",
        ASSUMED,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    lines = done.stderr.splitlines()
    assert lines[0] == "note: manifest.json is not read"
    counts = [
        int("".join(filter(str.isdigit, part)))
        for part in lines[1].partition("(")[0].replace("=", "+").split("+")
    ]
    assert counts[0] == sum(counts[1:]) == len(PEOPLE)
    assert lines[2] == "14 patients, 8 with a code of ALL, 8 listed"
    for name in (HOW.classifier.ruleset.digest[:12], HOW.classifier.ruleset.notice, "in_remission"):
        assert name in done.stderr
    assert "8 patients by outcome" in (tmp_path / "totals.svg").read_text()
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.num_rows == 8
    assert {"as_of", "reasons", "criterion.treated"} <= set(table.column_names)
    assert table.schema.metadata[b"notice"].decode() == HOW.classifier.ruleset.notice


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson", "arrow"])
def test_every_format_has_the_rows_in_the_order_of_their_ids(
    export: Path, tmp_path: Path, ending: str
) -> None:
    totals = decide(export, tmp_path / f"out.{ending}")
    assert totals.listed == 8
    assert {path.name for path in tmp_path.iterdir()} == {
        "export",
        f"out.{ending}",
        f"out.{ending}.rejects.csv",
        f"out.{ending}.evidence.ndjson",
    }
    ids = [line["id"] for line in evidence(tmp_path / f"out.{ending}")]
    assert ids == sorted(ids)
    assert len(ids) == 8


def test_as_of_window_and_ranges_are_those_of_the_chart_reader(
    export: Path, tmp_path: Path
) -> None:
    done = command(
        export,
        tmp_path / "out.ndjson",
        "--as-of",
        "2019-06-01",
        "--window",
        "3",
        "--ranges",
        "laboratory",
    )
    assert done.returncode == 0
    options = make_reader((), window_days=3, adult_ranges=False)
    found = {row["id"]: (row["outcome"], row["missing"]) for row in rows(tmp_path / "out.ndjson")}
    for chart in read_fhir(parse_json(json.dumps(PEOPLE))):
        decision = decide_chart(HOW.classifier, chart, as_of=date(2019, 6, 1), options=options)
        if decision.outcome != "not_applicable":
            assert found.pop(chart.patient) == (
                decision.outcome,
                " ".join(entry.fact for entry in decision.missing),
            )
    assert not found


def test_bad_lines_are_rejected_by_file_and_line_without_their_values(
    export: Path, tmp_path: Path, expected: Answers
) -> None:
    bad = [
        '{"secret": 1}',
        "{",
        "[1]",
        '{"resourceType":"Bundle","entry":[]}',
        '{"resourceType":"Observation","secret"',
        "",
        "  ",
    ]
    observations = export / "Observation.000.ndjson"
    observations.write_bytes("\n".join(bad).encode() + b"\n" + observations.read_bytes())
    (export / "utf16.ndjson").write_bytes(
        '{"resourceType":"Patient","id":"secret"}\n'.encode("utf-16")
    )
    sick = next(row[0] for row in expected)
    twice = '{"resourceType":"Condition","id":1,"id":2,"subject":{"reference":"Patient/%s"}}\n'
    (export / "twice.ndjson").write_text(twice % sick)
    totals = decide(export, tmp_path / "out.ndjson")
    assert {sick} == {one[0] for one in {*answers(tmp_path / "out.ndjson")} - {*expected}}
    found = rejects(tmp_path / "out.ndjson")
    assert [(name, line) for name, line, _ in found] == [
        *(("Observation.000.ndjson", line) for line in range(1, 6)),
        ("twice.ndjson", 1),
        *(("utf16.ndjson", line) for line in (1, 2)),
    ]
    assert not any("secret" in reason for _, _, reason in found)
    assert totals.rejected == len(found)
    assert totals.lines == totals.read + totals.passed + totals.rejected


def test_of_a_truncated_compressed_file_what_is_left_is_a_part(
    export: Path, tmp_path: Path
) -> None:
    text = (export / "Observation.000.ndjson").read_bytes()
    packed = gzip.compress(text)
    (export / "Observation.000.ndjson").unlink()
    (export / "Observation.000.ndjson.gz").write_bytes(packed[: len(packed) * 2 // 3])
    with pytest.raises(InvalidRecord, match=CUT_SHORT):
        decide(export, tmp_path / "out.ndjson")
    totals = decide(export, tmp_path / "out.ndjson", AS_A_PART)
    ((name, line, reason),) = rejects(tmp_path / "out.ndjson")
    assert (name, reason) == ("Observation.000.ndjson.gz", CUT_SHORT)
    assert 1 < line < text.count(b"\n")
    assert totals.listed == 8


def test_a_line_of_ten_megabytes(export: Path, tmp_path: Path, expected: Answers) -> None:
    about = {
        "subject": {"reference": f"Patient/{expected[0][0]}"},
        "note": [{"text": "x" * 10_000_000}],
    }
    long = [
        {"resourceType": kind, "id": "long", **about}
        for kind in ("DocumentReference", "Observation", "Condition")
    ]
    (export / "DocumentReference.ndjson").write_text(
        "".join(json.dumps(resource) + "\n" for resource in long)
    )
    decide(export, tmp_path / "out.ndjson")
    assert answers(tmp_path / "out.ndjson") == expected


def test_a_file_of_two_types_and_a_diagnosis_where_none_is_expected(
    tmp_path: Path, expected: Answers
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    lines = [json.dumps(resource) for resource in PEOPLE]
    (folder / "Observation.ndjson").write_text("\n".join(lines))
    assert decide(folder, tmp_path / "out.ndjson").listed == 8
    assert answers(tmp_path / "out.ndjson") == expected


def test_an_export_without_patients_or_without_anything_of_interest(
    tmp_path: Path, expected: Answers
) -> None:
    folder = write_folder(
        tmp_path / "a", [resource for resource in PEOPLE if resource["resourceType"] != "Patient"]
    )
    assert decide(folder, tmp_path / "a.ndjson").patients == 0
    assert [row[0] for row in answers(tmp_path / "a.ndjson")] == [row[0] for row in expected]
    folder = write_folder(
        tmp_path / "b",
        [resource for resource in PEOPLE if resource["resourceType"] in ("Patient", "Observation")],
    )
    totals = decide(folder, tmp_path / "b.parquet")
    assert (totals.patients, totals.found, totals.listed) == (14, 0, 0)
    assert pq.read_table(tmp_path / "b.parquet").num_rows == 0


def test_references_are_looked_up_some_at_a_time(
    export: Path, tmp_path: Path, expected: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_run, "MANY", 0)
    monkeypatch.setattr(decide_partition, "LOAD", 1)
    decide(export, tmp_path / "out.ndjson")
    assert answers(tmp_path / "out.ndjson") == expected
