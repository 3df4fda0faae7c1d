"""The mapping file: read as it is written, and refused with the key at fault."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from allstatus import InvalidRecord
from allstatus.bulk.arrow import Columns
from allstatus.bulk.column_mapping import ColumnSource, assign_columns, read_mapping
from allstatus.bulk.sql import SqlView
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
        ("cbc: [CBC]", "cbc: is not a column"),
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
