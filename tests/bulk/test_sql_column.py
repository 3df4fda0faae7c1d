"""A house's mapping means the same in each database that the tests have, and in `batch`."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest

from allstatus import InvalidRecord
from allstatus.bulk.arrow import Columns
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.mapping_file import read_mapping
from allstatus.bulk.sql import script
from allstatus.bulk.sql_view import SqlView
from bulk.rows import CELLS
from needs import POSTGRESQL
from postgres import cluster

HOUSE = Path(__file__).parents[2] / "fixtures" / "columns" / "house.yaml"
WIDER = """
null: [NULL, ".", "-9"]
trim: true
ignore_case: true
id: MRN
prior_treatment: {column: TX, values: {"0": none, "1": disease_directed}, default: unknown}
prior_remission: {column: REM, values: {y: true, n: false}}
cbc: {column: CBC, values: {n: normal, A: abnormal}}
marrow_blast_percent: BLAST
signs_and_symptoms: {constant: absent}
"""
NAMES = ["MRN", "TX", "REM", "CBC", "BLAST"]
ROWS: list[tuple[Any, ...]] = [
    (1, "1", "Y", "N", 3),
    (2, "0", "N", "A", 70),
    (3, "1", " y ", "n", -9),
    (4, "7", "NULL", "a ", 5),
    (5, "1", "  ", None, 5.5),
    (6, None, ".", ".", None),
    (7, "1", "Y", "x", 3),
    (8, "1", "Y", "N", 140),
    (9, "", "", "", 0.62),
]
Run = Callable[[str, str], list[tuple[Any, ...]]]
TABLE = 'CREATE TABLE patients ("MRN" INTEGER, "TX" TEXT, "REM" TEXT, "CBC" TEXT, "BLAST" {})'
INSERT = "INSERT INTO patients VALUES (?, ?, ?, ?, ?)"
QUERY = "SELECT id, cell, refused FROM allstatus_decisions ORDER BY id"


def in_duckdb(text: str, percent: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as database:
        database.execute(TABLE.format(percent))
        database.executemany(INSERT, ROWS)
        database.execute(text)
        return database.execute(QUERY).fetchall()


def in_sqlite(text: str, percent: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(":memory:") as database:
        database.execute(TABLE.format(percent))
        database.executemany(INSERT, ROWS)
        database.executescript(text)
        return database.execute(QUERY).fetchall()


@pytest.fixture(scope="module")
def in_postgres() -> Iterator[Run]:
    with cluster() as address:

        def run(text: str, percent: str) -> list[tuple[Any, ...]]:
            with psycopg.connect(address) as database:
                database.execute(TABLE.format(percent))
                with database.cursor() as cursor:
                    cursor.executemany(INSERT.replace("?", "%s"), ROWS)
                database.execute(text)
                found = database.execute(QUERY).fetchall()
                database.rollback()
            return found

        yield run


def batched(mapping: dict[str, ColumnSource]) -> list[tuple[int, int | None]]:
    """What `batch` says of each row: its cell, or None where it is refused."""
    columns = list(zip(*ROWS, strict=True))
    kinds = [pa.int32(), *[pa.string()] * 3, pa.float64()]
    arrays = [pa.array(c, kind) for c, kind in zip(columns, kinds, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, NAMES)
    assigned = {key: source for key, source in mapping.items() if key != "id"}
    cells = Columns(CELLS, NAMES, assigned).cells_of(batch)[0].tolist()
    return [(row[0], None if c == len(CELLS) else c) for row, c in zip(ROWS, cells, strict=True)]


def wider(folder: Path) -> dict[str, ColumnSource]:
    path = folder / "columns.yaml"
    path.write_text(WIDER, "utf-8")
    return read_mapping(path)


def check(run: Run, dialect: str, mapping: dict[str, ColumnSource]) -> None:
    found = run(script(SqlView(CELLS, mapping), dialect, id="MRN"), "DOUBLE PRECISION")
    assert [(row, cell) for row, cell, _ in found] == batched(mapping)
    assert [refused is None for _, _, refused in found] == [
        cell is not None for _, cell, _ in found
    ]


@pytest.mark.parametrize(("run", "dialect"), [(in_duckdb, "duckdb"), (in_sqlite, "sqlite")])
def test_a_house_s_mapping_in_databases_at_hand(tmp_path: Path, run: Run, dialect: str) -> None:
    check(run, dialect, read_mapping(HOUSE))
    check(run, dialect, wider(tmp_path))


@pytest.mark.slow
@POSTGRESQL
def test_a_house_s_mapping_in_postgresql(tmp_path: Path, in_postgres: Run) -> None:
    check(in_postgres, "postgres", read_mapping(HOUSE))
    check(in_postgres, "postgres", wider(tmp_path))


def refuses_text(run: Run, dialect: str) -> None:
    """Each row with a percentage that is text is refused, and no other."""
    found = run(script(SqlView(CELLS, read_mapping(HOUSE)), dialect, id="MRN"), "VARCHAR")
    said = {row: refused for row, _, refused in found}
    assert all(said[row].startswith("BLAST: is not a number") for row in (1, 2, 8))


def test_percentages_that_are_text_are_not_compared() -> None:
    refuses_text(in_sqlite, "sqlite")
    with pytest.raises(duckdb.InvalidInputException, match=r"row \d+: BLAST: is not a number"):
        refuses_text(in_duckdb, "duckdb")


@pytest.mark.slow
@POSTGRESQL
def test_percentages_that_are_text_are_refused_by_postgresql(in_postgres: Run) -> None:
    refuses_text(in_postgres, "postgres")


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ("marrow_blast_percent: {column: B, decimal: ','}", "has numbers as text"),
        ("prior_remission: {column: [A, B]}", "read from several columns"),
        ("diagnosis: D", "columns: states no fact"),
        ("cbc: C\nrelapse_count: {column: N, 'null': '-9'}", "a column of numbers here"),
    ],
)
def test_what_no_view_reads_is_refused(tmp_path: Path, mapping: str, problem: str) -> None:
    path = tmp_path / "columns.yaml"
    path.write_text(mapping, "utf-8")
    with pytest.raises(InvalidRecord, match=problem):
        SqlView(CELLS, read_mapping(path))
