"""The mapping file: read as it is written, and refused with the key at fault."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml

from allstatus import InvalidRecord
from allstatus.bulk.arrow import Columns
from allstatus.bulk.batch_run import BatchJob, BatchRun
from allstatus.bulk.column_mapping import assign_columns
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.mapping_file import read_mapping
from allstatus.bulk.sql_view import SqlView
from bulk.rows import CELLS, LIMIT

FACTS = tuple(CELLS.facts)


def mapping(tmp_path: Path, text: str) -> dict[str, ColumnSource]:
    path = tmp_path / "columns.yaml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


def test_spellings_stay_as_they_are_written(tmp_path: Path) -> None:
    read = mapping(
        tmp_path,
        "cbc: CBC\nprior_remission: "
        "{column: REM, values: {Yes: true, No: false, 9: unknown, '': null}}\n",
    )
    assert read["cbc"] == ColumnSource("CBC")
    assert read["prior_remission"] == ColumnSource(
        "REM", {"Yes": True, "No": False, "9": "unknown", "": None}
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cbcs: CBC", "cbcs: is not a key of a record (did you mean 'cbc'?)"),
        ("cbc: [[CBC]]", "cbc: is not a column"),
        ("cbc: {column: CBC, value: {}}", "cbc: is not a column"),
        ("- cbc", "is not a mapping"),
        ("cbc: {", "cannot be read as YAML"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        mapping(tmp_path, text)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("names", "assigned", "message"),
    [
        (["CBC"], {"cbc": ColumnSource("CBCs")}, "cbc: has no column 'CBCs' (did you mean 'CBC'?)"),
        (["cbc", "cbc.wbc.value"], {}, "comes both whole and in components"),
        (["cbc", "cbc"], {}, "is the name of two columns"),
        (["id", "age_years"], {}, "state no fact"),
    ],
)
def test_columns_that_do_not_fit_are_refused(
    names: list[str], assigned: dict[str, ColumnSource], message: str
) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        assign_columns(names, assigned, FACTS)
    assert message in str(refusal.value)


REFUSED = yaml.safe_load((Path(__file__).parent / "mapping_refusals.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["text"])
def test_a_mapping_that_says_what_cannot_be_is_refused_before_the_first_row(
    tmp_path: Path, case: dict[str, str]
) -> None:
    (tmp_path / "in.csv").write_text("MRN,TX,REM,CBC,BLAST\n1,1,Y,N,5\n", "utf-8")
    with pytest.raises(InvalidRecord) as refusal:
        _open(tmp_path, case["text"])
    assert str(refusal.value).startswith(case["message"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["columns.yaml", "in.csv"]


def _open(folder: Path, text: str) -> BatchRun:
    """A run over the file of a folder by a mapping, nothing read yet."""
    written = folder / "out.csv", folder / "rejects.csv", folder / "cells.ndjson"
    return BatchRun(CELLS, BatchJob(folder / "in.csv", *written, mapping(folder, text)))


FRACTIONS = [0.62, 0.05, 0.0500001, 1.0, 0.0, 1.5, None]
DECIDED = ["above", "at most", "above", "above", "at most", "refused", "unknown"]


@pytest.mark.parametrize(
    "kind", [pa.float64(), pa.float32(), pa.decimal128(9, 7), pa.string()], ids=str
)
def test_a_column_of_fractions_is_read_as_one(kind: pa.DataType) -> None:
    spelled = [None if value is None else str(value) for value in FRACTIONS]
    blasts = pa.array(spelled).cast(kind)
    source = {"marrow_blast_percent": ColumnSource("blast", unit="fraction")}
    batch = pa.record_batch({"blast": blasts, "prior_treatment": ["none"] * 7})
    columns = Columns(CELLS, batch.schema.names, source)
    cells, rejects = columns.cells_of(batch)
    assert [reject.row for reject in rejects] == [6]
    stated = [
        "refused" if cell == len(CELLS) else CELLS.stated(cell)["marrow_blast_percent"].words
        for cell in cells
    ]
    words = {f"<= {LIMIT}": "at most", f"> {LIMIT}": "above"}
    assert [words.get(text, text) for text in stated] == DECIDED
    assert columns.warnings(batch).null_count == 7


def test_a_bare_number_below_1_is_marked_unless_its_unit_is_said() -> None:
    batch = pa.record_batch({"marrow_blast_percent": ["0.62", "0.62 %", "62", "<0.5", "0", None]})
    for unit, marked in (("", [0, 3]), ("percent", [])):
        source = {"marrow_blast_percent": ColumnSource("marrow_blast_percent", unit=unit)}
        said = Columns(CELLS, batch.schema.names, source).warnings(batch).to_pylist()
        assert [row for row, text in enumerate(said) if text] == marked


HOUSE = {
    "marrow_blast_percent": ColumnSource("blast", {"-1": "unknown", "-2": None}),
    "cbc": ColumnSource("cbc"),
    "prior_treatment": ColumnSource("tx", {"0": "none", "1": "disease_directed"}),
    "signs_and_symptoms": ColumnSource("signs"),
}
NUMBERS = [60.0, -1.0, -2.0, float(LIMIT) + 0.5, float(LIMIT), 100.5, -3.0, None]


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.decimal128(9, 2)], ids=str)
def test_numbers_that_stand_for_something_else_are_read_alike_everywhere(kind: pa.DataType) -> None:
    blasts = pa.array(NUMBERS, pa.float64()).cast(kind)
    said = {
        "blast": blasts,
        "cbc": ["abnormal"] * 8,
        "tx": pa.array([0.0] * 8),
        "signs": ["present"] * 8,
    }
    table = pa.table({"id": pa.array(range(8)), **said})
    cells, rejects = Columns(CELLS, table.schema.names, HOUSE).cells_of(
        table.combine_chunks().to_batches()[0]
    )
    assert [reject.row for reject in rejects] == [6, 7]
    answers = CELLS.answers
    assert [answers[cell].possible for cell in cells[[0, 3, 4]]] == [
        ("untreated",),
        ("untreated",),
        ("outside_definitions",),
    ]
    assert [answers[cell].possible for cell in cells[[1, 2, 7]]] == [
        ("untreated", "outside_definitions")
    ] * 3
    view = SqlView(
        CELLS,
        HOUSE | {"prior_treatment": ColumnSource("tx", {"0.0": "none"})},
        text=frozenset({"cbc"}),
    )
    with duckdb.connect() as database:
        database.register("arrow", table)
        database.execute("CREATE TABLE patients AS SELECT * FROM arrow")
        found = database.sql(
            f"{view.locate('patients', {'id': 'id'})}SELECT cell FROM located ORDER BY id"
        ).fetchall()
    assert [len(CELLS) if cell is None else cell for (cell,) in found] == cells.tolist()


def test_what_a_column_of_numbers_cannot_hold_is_refused_in_sql() -> None:
    for name, values in (
        ("marrow_blast_percent", {"none seen": "0"}),
        ("relapse_count", {"9": None}),
    ):
        view = {"cbc": ColumnSource("cbc"), name: ColumnSource("x", values)}
        with pytest.raises(InvalidRecord, match=f"^{name}: "):
            SqlView(CELLS, view).locate("patients", {})
