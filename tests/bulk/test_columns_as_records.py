"""A row of a table, in any format, is answered or refused as its record is by the classifier."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from allstatus import InvalidRecord
from allstatus.bulk.batch_run import BatchJob, BatchRun
from allstatus.bulk.cells import CellAnswer
from allstatus.bulk.duckdb_cells import DuckRun
from allstatus.record.exact_json import parse_json
from bulk.rows import CELLS, RULES

YES_NO = [True, False, "unknown", "true", "false", "yes", "", " ", 1, None]
COUNT = [0, 1, 2, -1, "2", 1.0, "many", "unknown", None]
VALUES: dict[str, list[Any]] = {
    "as_of": ["2025-03-01", "2025-13-01", "01.03.2025", 2025, None],
    "age_years": [43, "43", 17.5, -1, 131, "old", None],
    "sex": ["female", "F", "Female", " ", None],
    "diagnosis": ["C91.00", "C50.9", "", " ", 91, None],
    "prior_treatment": ["none", "disease_directed", "None", "unknown", " none", "", True, None],
    "prior_remission": YES_NO,
    "relapse_since_remission": YES_NO,
    "relapse_count": COUNT,
    "refractory": YES_NO,
    "tki_failures": COUNT,
    "cbc": [
        "normal",
        "abnormal",
        "unknown",
        "N",
        {"wbc": {"flag": "H"}},
        {"wbc": {"value": -1, "unit": "10*9/L"}},
        {"wcb": {}},
        None,
    ],
    "marrow_blast_percent": [5, 5.5, "<5", "M2", "4,5", "140", 0.62, True, [5], "unknown", None],
    "signs_and_symptoms": ["absent", ["fever"], [], "fever", [1], None],
    "leukemia_outside_marrow": ["absent", {"site": "cns"}, {"site": "liver"}, "no", None],
    "biomarkers": [{"cd19": "positive"}, {"cd19": "maybe"}, {"cd20": "positive"}, None],
    "lineage": ["B", "b", "unknown", None],
}
Answer = tuple[Any, ...]
records = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(values) for key, values in VALUES.items()}
)


def answer(record: Any) -> Answer:
    """What the classifier answers, or of which key it refuses the record and why."""
    try:
        decision = CellAnswer.of(RULES.classify(record))
    except InvalidRecord as error:
        return "refused", error.field, f"{error.problem}; {error.remedy}"
    return decision.outcome, decision.status or "", " ".join(decision.possible)


def batched(source: Path, runner: type[BatchRun] = BatchRun) -> dict[int, Answer]:
    """What `batch` says of each row, by its number."""
    target, rejects = source.with_name("out.csv"), source.with_name("rejects.csv")
    runner(CELLS, BatchJob(source, target, rejects, source.with_name("cells.ndjson"))).totals()
    with rejects.open(encoding="utf-8", newline="") as file:
        found = {int(r["row"]): ("refused", r["column"], r["reason"]) for r in csv.DictReader(file)}
    with target.open(encoding="utf-8", newline="") as file:
        return found | {
            int(r["row"]): (r["outcome"], r["status"], r["possible"]) for r in csv.DictReader(file)
        }


def spelled(value: Any) -> str | None:
    """A value as a cell of a table of text."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def read(key: str, cell: str | None) -> Any:
    """What a cell of text says, by the documentation: blank is nothing, true, false and numbers
    are no texts where the key takes those, objects and lists are JSON.
    """
    if cell is None or not cell.strip():
        return None
    as_json = VALUES[key] in (YES_NO, COUNT) or key == "age_years" or cell[0] in "{["
    if as_json and (cell in ("true", "false") or cell[0] in "{[-0123456789"):
        return parse_json(cell)
    return cell


def same(found: Answer, wanted: Answer) -> bool:
    """The same answer, or a refusal of the same key; `column` is a key's own, as far as it goes."""
    if "refused" not in (found[0], wanted[0]):
        return found == wanted
    if found[0] != wanted[0]:
        return False
    key = "" if wanted[1] in ("record", "input") else wanted[1]
    return found[1] == key.partition(".")[0] or found[1] == key


def bad_keys(record: dict[str, Any]) -> list[str]:
    """The keys of a record that are refused each by themselves."""
    tried = {key: answer({"cbc": "unknown", key: value}) for key, value in record.items()}
    return [key for key, said in tried.items() if said[0] == "refused"]


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(records, min_size=1, max_size=20))
@example([{"cbc": "normal", "prior_remission": "true"}, {"refractory": True, "cbc": "normal"}])
@example([{"cbc": "normal", "tki_failures": 2}, {"cbc": "normal", "nobody": 1}, {}])
def test_a_line_of_ndjson_is_its_record(rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "in.ndjson"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        found = batched(source)
    for number, row in enumerate(rows, 1):
        wanted = answer(parse_json(json.dumps(row)))
        assert found[number][2] == wanted[2] or len(bad_keys(row)) > 1
        assert same(found[number], wanted) or len(bad_keys(row)) > 1
        assert (found[number][0] == "refused") == (wanted[0] == "refused")


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(records, min_size=1, max_size=20), st.sampled_from(["csv", "parquet", "arrow"]))
@example([{"cbc": " "}, {"prior_remission": "true", "cbc": ""}, {"refractory": True}], "csv")
@example([{"cbc": " "}, {"prior_remission": "true", "cbc": ""}, {"tki_failures": 2}], "parquet")
def test_a_row_of_a_table_is_its_record(rows: list[dict[str, Any]], ending: str) -> None:
    table = {key: [spelled(row.get(key)) for row in rows] for key in VALUES}
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"in.{ending}"
        write(source, table)
        found = batched(source)
    for number, row in enumerate(rows, 1):
        record = {key: read(key, spelled(value)) for key, value in row.items()}
        wanted = answer(record)
        assert (found[number][0] == "refused") == (wanted[0] == "refused"), record
        assert same(found[number], wanted) or len(bad_keys(record)) > 1, (record, found[number])


def write(source: Path, table: dict[str, list[str | None]]) -> None:
    columns = {key: pa.array(cells, pa.string()) for key, cells in table.items()}
    if source.suffix == ".csv":
        with source.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(columns)
            rows.writerows(
                zip(*([c or "" for c in cells] for cells in table.values()), strict=True)
            )
    elif source.suffix == ".parquet":
        pq.write_table(pa.table(columns), source)
    else:
        with pa.ipc.new_file(str(source), pa.table(columns).schema) as file:
            file.write_table(pa.table(columns))


FOR_DUCKDB = {
    key: [value for value in VALUES[key] if value is None or isinstance(value, str)]
    for key in CELLS.facts
} | {"marrow_blast_percent": [5.0, 5.5, 140.0, 0.62, -1.0, None], "relapse_count": [0, 1, -1, None]}


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({key: st.sampled_from(v) for key, v in FOR_DUCKDB.items()}),
        min_size=1,
        max_size=20,
    )
)
def test_duckdb_says_of_a_row_what_the_columns_say(rows: list[dict[str, Any]]) -> None:
    kinds = {"marrow_blast_percent": pa.float64(), "relapse_count": pa.int32()}
    columns = {
        key: pa.array([row[key] for row in rows], kinds.get(key, pa.string())) for key in FOR_DUCKDB
    }
    with TemporaryDirectory() as folder:
        source = Path(folder) / "in.parquet"
        pq.write_table(pa.table(columns), source)
        assert batched(source, DuckRun) == batched(source)


@pytest.mark.parametrize("kind", [pa.float64(), pa.bool_(), pa.date32()], ids=str)
def test_ids_that_no_record_has_are_refused_before_the_first_row(
    tmp_path: Path, kind: pa.DataType
) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"id": pa.array([None], kind), "cbc": ["normal"]}), source)
    with pytest.raises(InvalidRecord, match=r"^id: is a column of "):
        batched(source)


def test_a_component_at_fault_is_named_by_its_one_column(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    names = "cbc.wbc.value,cbc.wbc.unit,cbc.platelets.value,cbc.platelets.unit"
    source.write_text(f"{names}\n5,10*9/L,many,10*9/L\n", "utf-8")
    assert batched(source)[1][:2] == ("refused", "cbc.platelets.value")


def test_decimals_are_read_exactly_in_every_format(tmp_path: Path) -> None:
    hair = str(Decimal(5) + Decimal("1e-18"))
    (tmp_path / "in.ndjson").write_text(f'{{"marrow_blast_percent": {hair}}}\n', "utf-8")
    (tmp_path / "in.csv").write_text(f"marrow_blast_percent\n{hair}\n", "utf-8")
    wanted = answer({"marrow_blast_percent": hair})
    assert batched(tmp_path / "in.ndjson")[1] == batched(tmp_path / "in.csv")[1] == wanted
