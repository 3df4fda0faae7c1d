"""A table of results, one a row: each patient is answered as the chart of its rows is, alone."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allstatus import InvalidRecord
from allstatus.bulk import ndjson_lines
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.fhir_export.decide_patient import DecideSettings
from allstatus.bulk.fhir_export.export_run import ExportJob, ExportTotals
from allstatus.bulk.mapping_file import named_as_results, read_mapping
from allstatus.bulk.results_run import ResultsRun
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.lab_table import COLUMNS, read_table
from allstatus.ehr.table_patients import SUMMARIES
from allstatus.ehr.timelines.timeline import decide_chart
from bulk.rows import RULES
from ehr import lab_tables

TABLES = Path(__file__).parents[2] / "examples" / "tables"
OPTIONS = make_reader(("symptoms-absent-unless-recorded",))
HOW = DecideSettings(engine="builtin")
HEADER = "patient,sex,date,system,code,value,unit\n"
ROWS = """b,female,2025-01-02,ICD10CM,C91.00,,
a,male,2025-01-02,ICD10CM,C91.00,,
b,female,2025-01-10,RXNORM,11202,,
a,male,2025-03-10,LN,11150-0,64,%
b,female,2025-03-10,LN,11150-0,<5,%
c,male,2025-03-10,LN,11150-0,64,%
b,female,2025-03-10,,6690-2,6.2,10*9/L
"""


def run(
    source: Path, assigned: dict[str, ColumnSource], how: DecideSettings = HOW
) -> tuple[ExportTotals, list[dict[str, Any]], list[dict[str, Any]], list[list[str]]]:
    """The totals, the rows written, their evidence and the rejects."""
    target, beside = source.with_name("out.csv"), source.with_name("evidence.ndjson")
    job = ExportJob(source, target, source.with_name("rejects.csv"), beside, how)
    totals = ResultsRun(job, assigned).totals()
    with target.open(encoding="utf-8") as file, job.rejects.open(encoding="utf-8") as refused:
        evidence = [json.loads(line) for line in beside.read_text("utf-8").splitlines()]
        return totals, list(csv.DictReader(file)), evidence, list(csv.reader(refused))[1:]


def named(text: str) -> dict[str, ColumnSource]:
    return named_as_results(text.partition("\n")[0].split(","))


def test_each_patient_is_answered_as_its_chart_alone(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(HEADER + ROWS, "utf-8")
    totals, rows, evidence, rejects = run(source, named(HEADER))
    assert [row["id"] for row in rows] == [e["id"] for e in evidence] == ["a", "b"]
    assert (totals.lines, totals.read, totals.patients, totals.listed) == (7, 7, 3, 2)
    assert rejects == []
    for chart in read_table(HEADER + ROWS):
        decision = decide_chart(RULES, chart)
        written = [row for row in rows if row["id"] == chart.patient]
        if decision.outcome == "not_applicable":
            assert written == []
        else:
            assert written[0]["possible"] == " ".join(decision.possible)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_rows_as_they_are_sent_are_read_as_in_a_table(tmp_path: Path, form: str) -> None:
    cases = {f"{n:04}": case for n, case in enumerate(lab_tables.cases())}
    lines = [row for n, (*_, rows) in cases.items() for row in lab_tables.written(rows, n)]
    source = tmp_path / f"in.{form}"
    if form == "csv":
        source.write_text(lab_tables.table_of(lines), "utf-8")
    else:
        columns = {name: pa.array([line.get(name) for line in lines]) for name in COLUMNS}
        pq.write_table(pa.table(columns), source)
    how = DecideSettings(engine="builtin", options=OPTIONS)
    totals, written, _, rejects = run(source, named_as_results(COLUMNS), how)
    assert (totals.patients, rejects) == (len(cases), [])
    found = {row["id"]: lab_tables.answer_in(row) for row in written}
    assert [
        (name, wanted, found[n])
        for n, (name, wanted, _) in cases.items()
        if found.setdefault(n, "none") != wanted
    ] == []


def test_the_order_of_rows_and_the_format_decide_nothing(tmp_path: Path) -> None:
    wanted = None
    for turned in (False, True):
        source = tmp_path / "in.csv"
        lines = ROWS.splitlines(keepends=True)
        source.write_text(HEADER + "".join(reversed(lines) if turned else lines), "utf-8")
        found = run(source, named(HEADER))[1]
        wanted = wanted or found
        assert found == wanted
    rows = list(csv.DictReader((HEADER + ROWS).splitlines()))
    columns = {name: pa.array([row[name] for row in rows]) for name in rows[0]}
    columns["date"] = columns["date"].cast(pa.date32())
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    assert run(tmp_path / "in.parquet", named(HEADER))[1] == wanted


def test_a_row_of_nobody_and_a_row_cut_short_are_rejected(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(
        HEADER + ROWS + "{0},,{1}\n#REF!,,{1}\nb,female\n".format("", "2025-03-10,LN,11150-0,2,%"),
        "utf-8",
    )
    totals, rows, _, rejects = run(source, named(HEADER))
    assert [reject[:2] for reject in rejects] == [["8", "patient"], ["9", "patient"], ["10", ""]]
    assert (totals.lines, totals.read, totals.rejected) == (10, 7, 3)
    assert len(rows) == 2


def test_a_row_that_sums_up_others_is_rejected_and_leaves_the_others(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    more = "".join(f"{total},,2025-03-10,LN,11150-0,2,%\n" for total in ("TOTAL (n=7)", "mean "))
    source.write_text(HEADER + ROWS + more, "utf-8")
    totals, rows, _, rejects = run(source, named(HEADER))
    assert [reject[:2] for reject in rejects] == [["8", "patient"], ["9", "patient"]]
    assert rejects[0][2] == "; ".join([SUMMARIES["why"], SUMMARIES["remedy"]])
    assert (totals.lines, totals.read, totals.patients, totals.rejected) == (9, 7, 3, 2)
    source.write_text(HEADER + ROWS, "utf-8")
    assert run(source, named(HEADER))[1] == rows


@pytest.mark.parametrize("nobody", ["", "NULL", "n/a"])
def test_a_row_of_nobody_is_a_doubt_for_the_only_patient_as_in_its_chart(
    tmp_path: Path, nobody: str
) -> None:
    own = [line for line in ROWS.splitlines() if line.startswith("b,")]
    text = "\n".join([HEADER.strip(), *own, f"{nobody},,2025-03-12,LN,11150-0,64,%"])
    source = tmp_path / "in.csv"
    source.write_text(text, "utf-8")
    totals, rows, (told,), rejects = run(source, named(HEADER))
    (chart,) = read_table(text)
    alone = decide_chart(RULES, chart).to_dict()
    assert (totals.lines, totals.read, rejects) == (len(own) + 1, len(own) + 1, [])
    assert [row["id"] for row in rows] == ["b"]
    assert told["facts"]["marrow_blast_percent"]["value"] is None
    assert rows[0]["outcome"] == alone["outcome"]
    assert told["warnings"] == [w.replace("line 6", "row 5") for w in alone["warnings"]]


@pytest.mark.parametrize("patient", ["b ", "\u00a0b", "b\u200b", "\ufeffb\u2003"])
def test_signs_that_nobody_sees_are_no_part_of_an_id(tmp_path: Path, patient: str) -> None:
    own = [line for line in ROWS.splitlines() if line.startswith("b,")]
    text = "\n".join([HEADER.strip(), *own, f"{patient},,2025-03-12,LN,11150-0,64,%"])
    (tmp_path / "in.csv").write_text(text, "utf-8")
    _, rows, (told,), _ = run(tmp_path / "in.csv", named(HEADER))
    assert [row["id"] for row in rows] == ["b"]
    assert str(told["facts"]["marrow_blast_percent"]["value"]) == "64"


def test_a_number_that_is_not_written_as_the_mapping_says_is_not_read(tmp_path: Path) -> None:
    source, mapping = tmp_path / "in.csv", tmp_path / "columns.yaml"
    mapping.write_text(
        "patient: P\ndate: D\nsystem: S\ncode: C\nvalue: {column: V, decimal: ','}\n"
        "unit: {constant: '%'}\n",
        "utf-8",
    )
    text = "P;D;S;C;V\na;2025-01-02;ICD10CM;C91.00;\na;2025-03-10;LN;11150-0;"
    said = []
    for value in ("2,5", "2.5"):
        source.write_text(f"{text}{value}\n", "utf-8")
        _, _, (evidence,), _ = run(source, read_mapping(mapping))
        said.append(evidence["facts"]["marrow_blast_percent"]["value"])
    assert [str(value) for value in said] == ["2.5", "None"]


@pytest.mark.parametrize(("name", "patients", "rejected"), [("i2b2", 2, ["8"]), ("mimic", 2, [])])
def test_known_warehouses_are_read_by_mapping_alone(
    tmp_path: Path, name: str, patients: int, rejected: list[str]
) -> None:
    source = tmp_path / f"{name}.csv"
    source.write_bytes((TABLES / f"{name}.csv").read_bytes())
    totals, rows, evidence, rejects = run(source, read_mapping(TABLES / f"{name}.yaml"))
    assert totals.listed == patients
    assert [reject[0] for reject in rejects] == rejected
    counts = {e["id"]: e["accounted"] for e in evidence}
    assert sum(count["came_in"] for count in counts.values()) == totals.read
    possible = {row["id"]: row["possible"] for row in rows}
    assert (
        possible
        == {
            "i2b2": {
                "1000": "in_remission recurrent outside_definitions",
                "1001": "recurrent untreated outside_definitions",
            },
            "mimic": {
                "2000": "in_remission recurrent untreated outside_definitions",
                "2001": "recurrent untreated outside_definitions",
            },
        }[name]
    )


def test_a_column_that_is_not_there_is_refused_before_the_first_row(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(HEADER + ROWS, "utf-8")
    with pytest.raises(InvalidRecord, match="value: has no column 'valeu'"):
        run(source, named(HEADER) | {"value": ColumnSource("valeu")})
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_row_is_held_in_a_hundred_bytes(tmp_path: Path) -> None:
    """What docs/how-to/omop.md says of the memory that a long table takes."""
    source, rows = tmp_path / "in.csv", 20_000
    lines = (
        f"p{number // 50:07d},female,2015-03-{1 + number % 28:02d},LN,{2000 + number % 40}-2,"
        f"{number % 97 / 10},mmol/L\n"
        for number in range(rows)
    )
    source.write_text(HEADER + "".join(lines), "utf-8")
    beside = source.with_name("rejects.csv"), source.with_name("evidence.ndjson")
    held = ResultsRun(
        ExportJob(source, tmp_path / "out.csv", *beside, HOW), named(HEADER)
    )._gather()
    assert held.rows == rows
    assert sum(table.nbytes for table in held.tables) < 100 * rows


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    header = HEADER.replace("sex", "patient")
    source.write_text(header + ROWS, "utf-8")
    with pytest.raises(InvalidRecord, match="is the name of two columns"):
        run(source, named(header))


ROW_LEFT = [  # a row that is none, and whether it leaves the patient's facts open
    ("p1,2025-03-20,LN,11150-0,60,%,,,,\n", True),
    ("p1,2025-03-20\n", True),
    ('"p1",2025-03-20\n', True),
    ("p2,2025-03-20\n", False),
    ("p11,2025-03-20\n", False),
]


@pytest.mark.parametrize(("row", "opens"), ROW_LEFT)
def test_whom_a_row_that_cannot_be_read_names_is_open(
    tmp_path: Path, row: str, opens: bool
) -> None:
    source = tmp_path / "in.csv"
    lines = lab_tables.written([*lab_tables.BASE.values()], "p1")
    source.write_text(lab_tables.table_of(lines) + row, "utf-8")
    how = DecideSettings(engine="builtin", options=OPTIONS)
    totals, (written,), (evidence,), rejects = run(source, named_as_results(COLUMNS), how)
    assert (totals.rejected, len(rejects)) == (1, 1)
    assert lab_tables.answer_in(written) == ("open" if opens else "remission")
    assert any("1 unreadable lines" in said for said in evidence["warnings"]) is opens


def test_a_line_that_is_no_object_leaves_its_patient_s_facts_open(tmp_path: Path) -> None:
    source = tmp_path / "in.ndjson"
    lines = lab_tables.written([*lab_tables.BASE.values()], "p1")
    text = "".join(json.dumps(dict.fromkeys(COLUMNS) | line) + "\n" for line in lines)
    source.write_text(text + '{"patient": "p1", "code": "11150-0", "value": "60\n', "utf-8")
    how = DecideSettings(engine="builtin", options=OPTIONS)
    _, (written,), _, rejects = run(source, named_as_results(COLUMNS), how)
    assert (lab_tables.answer_in(written), len(rejects)) == ("open", 1)


def test_a_line_that_is_too_long_to_be_kept_leaves_all_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson_lines, "LONGEST_ROW", 600)
    source = tmp_path / "in.ndjson"
    lines = [
        line
        for patient in ("p1", "p2")
        for line in lab_tables.written([*lab_tables.BASE.values()], patient)
    ]
    text = "".join(json.dumps(dict.fromkeys(COLUMNS) | line) + "\n" for line in lines)
    source.write_text(text + json.dumps({"patient": "p1", "display": "x" * 600}) + "\n", "utf-8")
    how = DecideSettings(engine="builtin", options=OPTIONS)
    totals, written, _, rejects = run(source, named_as_results(COLUMNS), how)
    assert [lab_tables.answer_in(row) for row in written] == ["open", "open"]
    assert (totals.rejected, [row for row, *_ in rejects]) == (1, [str(len(lines) + 1)])


def test_a_table_that_is_a_part_leaves_all_open(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    lines = lab_tables.written([*lab_tables.BASE.values()], "p1")
    source.write_text(lab_tables.table_of(lines), "utf-8")
    options = make_reader(("symptoms-absent-unless-recorded",), partial=True)
    how = DecideSettings(engine="builtin", options=options)
    _, (written,), _, _ = run(source, named_as_results(COLUMNS), how)
    assert lab_tables.answer_in(written) == "open"
