"""Columns of remarks are heard as `remarks.yaml` says, whatever reads the table, and only against
their row.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import yaml

from allstatus import InvalidRecord
from allstatus.bulk.batch_run import BatchJob, BatchRun
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.duckdb_cells import DuckRun
from allstatus.bulk.fhir_export.decide_patient import DecideSettings
from allstatus.bulk.mapping_file import read_mapping
from allstatus.bulk.sql_view import SqlView
from bulk.rows import CELLS
from bulk.test_results_run import OPTIONS
from bulk.test_results_run import run as run_results
from ehr import lab_tables

SAID = yaml.safe_load(Path(__file__).with_name("remarks.yaml").read_text("utf-8"))
CASES = [(*case, answer) for answer, cases in SAID.items() for case in cases]
OF_RESULTS = [case for case in CASES if case[0] != "vital_status"]  # which may be a result's there
ROW = {
    "id": "a",
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": 3.0,
    "signs_and_symptoms": "absent",
}


def refused(
    folder: Path,
    rows: list[dict[str, object]],
    assigned: dict[str, ColumnSource] | None = None,
    runner: type[BatchRun] = BatchRun,
) -> list[list[str]]:
    """The rejects of a table of patients: row, column and reason."""
    source, beside = folder / "in.parquet", [folder / "rejects.csv", folder / "cells.ndjson"]
    pq.write_table(pa.Table.from_pylist(rows), source)
    totals = runner(CELLS, BatchJob(source, folder / "out.csv", *beside, assigned or {})).totals()
    assert totals.written + totals.rejected == totals.rows == len(rows)
    said = pa_csv.read_csv(beside[0]).to_pylist()
    return [[reject["row"], reject["column"], reject["reason"]] for reject in said]


@pytest.mark.parametrize("runner", [BatchRun, DuckRun])
@pytest.mark.parametrize(("column", "text", "answer"), CASES)
def test_a_row_that_a_remark_takes_back_is_refused(
    tmp_path: Path, column: str, text: str, answer: str, runner: type[BatchRun]
) -> None:
    rows = [{**ROW, column: None}, {**ROW, column: text}, {**ROW, column: ""}]
    found = [reject[:2] for reject in refused(tmp_path, rows, runner=runner)]
    assert found == ([[2, column]] if answer == "refused" else [])


@pytest.mark.parametrize(("column", "text", "answer"), OF_RESULTS)
def test_a_result_that_a_remark_takes_back_is_in_doubt(
    tmp_path: Path, column: str, text: str, answer: str
) -> None:
    wanted = "remission" if answer == "decided" else "open"
    assert decided(tmp_path, column, text) == wanted


def decided(tmp_path: Path, column: str, text: str) -> str:
    """The answer of a table of results whose marrow has this beside it."""
    rows = [dict(row) for row in lab_tables.written([*lab_tables.BASE.values()], "p1")]
    mapping = {name: ColumnSource(name) for row in rows for name in row}
    beside = [text if row["code"] == "11150-0" else "" for row in rows]
    columns = {name: [row.get(name, "") for row in rows] for name in mapping} | {column: beside}
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table(columns), source)
    how = DecideSettings(engine="builtin", options=OPTIONS)
    _, (written,), _, _ = run_results(source, mapping, how)
    return lab_tables.answer_in(written)


def test_a_view_hears_no_remarks() -> None:
    said = {"cbc": ColumnSource("cbc"), "comment": ColumnSource("bem")}
    with pytest.raises(InvalidRecord, match="comment: cannot be heard"):
        SqlView(CELLS, said)
    assert SqlView(CELLS, said | {"comment": ColumnSource(constant="")})


def test_a_row_is_refused_once_and_for_its_own_fault_first(tmp_path: Path) -> None:
    wrong = {"comment": "wrong patient", "note": "clotted"}
    rows = [{**ROW, **wrong}, {**ROW, **wrong, "marrow_blast_percent": 140.0}]
    assert [reject[:2] for reject in refused(tmp_path, rows)] == [
        [1, "comment"],
        [2, "marrow_blast_percent"],
    ]


def test_a_mapping_says_which_columns_are_remarks(tmp_path: Path) -> None:
    row = {**ROW, "bem": "wrong patient", "notes": "clotted"}
    mapping = tmp_path / "columns.yaml"
    for said, wanted in (
        ("[bem, notes]", ["bem"]),
        ("bem", ["bem"]),
        ("{constant: ''}", []),
        ("notes", ["notes"]),
    ):
        mapping.write_text(f"comment: {said}\ncbc: cbc\n", "utf-8")
        found = refused(tmp_path, [row], read_mapping(mapping))
        assert [reject[1] for reject in found] == wanted
    mapping.write_text("comment: {column: bem, trim: true}\ncbc: cbc\n", "utf-8")
    with pytest.raises(InvalidRecord, match="comment: is only heard"):
        read_mapping(mapping)
    with pytest.raises(InvalidRecord, match="comment: has no column"):
        refused(tmp_path, [row], {"comment": ColumnSource("absent"), "cbc": ColumnSource("cbc")})


@pytest.mark.parametrize("runner", [BatchRun, DuckRun])
@pytest.mark.parametrize(
    "said", [["x", "wrong patient"], {"text": "wrong patient"}, b"wrong patient"]
)
def test_a_remark_of_any_type_is_heard(
    tmp_path: Path, said: object, runner: type[BatchRun]
) -> None:
    rows = [{**ROW, "note": said}, {**ROW, "note": None}]
    assert [reject[:2] for reject in refused(tmp_path, rows, runner=runner)] == [[1, "note"]]
    assert refused(tmp_path, [{**ROW, "note": 1.5}], runner=runner) == []


@pytest.mark.parametrize(
    ("column", "text", "answer"),
    [
        ("STATUS", "P", "open"),
        ("order_status", "Cancelled", "open"),
        ("Estado", "Pendiente", "open"),
        ("status", "F", "remission"),
        ("vital_status", "alive", "remission"),
    ],
)
def test_any_status_of_a_table_of_results_may_be_a_result_s(
    tmp_path: Path, column: str, text: str, answer: str
) -> None:
    assert decided(tmp_path, column, text) == answer
