"""The SQL of each dialect, executed where the database is at hand: the answers of the classifier,
on every combination.
"""

import math
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
import sqlglot

from allstatus.bulk.cells import COUNT
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.sql import GENERATED, TESTED, script
from allstatus.bulk.sql_view import SqlView
from allstatus.commands.sql import Dialect
from allstatus.errors import InvalidRecord
from allstatus.table.facts import BELOW_ONE
from bulk.rows import CELLS, LIMIT, PERCENT, RULES, Row, all_rows, decided
from bulk.spark_cluster import in_spark
from command_line import run
from needs import POSTGRESQL, SPARK
from postgres import cluster

KEYS = (*CELLS.facts, COUNT)
YES_NO = frozenset(name for name, states in CELLS.facts.items() if states.fact.kind == "yes_no")
CHOICES = frozenset(name for name, states in CELLS.facts.items() if states.fact.kind == "choice")
VIEW_OF_WORDS = SqlView(CELLS, {key: ColumnSource(key) for key in KEYS}, text=YES_NO)
VIEW = SqlView(CELLS, {key: ColumnSource(key) for key in KEYS})
WORDS = {True: "true", False: "false"}
ANSWER = ("outcome", "status", "possible", "regions", "possible_regions", "missing", "options")


def kinds(yes_no: str, percent: str) -> str:
    types = {
        **dict.fromkeys(YES_NO, yes_no),
        **dict.fromkeys(CHOICES, "TEXT"),
        PERCENT: percent,
        COUNT: "INTEGER",
    }
    return ", ".join(f"{name} {types[name]}" for name in KEYS)


def edges(decimal: bool) -> list[Any]:
    """Numbers at and beside the limits, and no percentages, as this type of number has them."""
    limit, hair = Decimal(int(LIMIT)), Decimal("1e-15")
    if decimal:
        return [limit, limit - hair, limit + hair, Decimal(0), -hair, Decimal(100), 100 + hair]
    near = [math.nextafter(float(limit), end) for end in (-math.inf, math.inf)]
    past = [math.nextafter(100, math.inf), math.inf, -math.inf, -5e-324, 1e308]
    return [float(limit), *near, 0.0, -0.0, 5e-324, 100.0, *past]


def edge_rows(decimal: bool, more: tuple[Any, ...] = ()) -> list[Row]:
    base = dict.fromkeys(KEYS)
    treated = {
        "prior_treatment": "disease_directed",
        "cbc": "normal",
        "signs_and_symptoms": "absent",
    }
    rows = [{**base, **treated, PERCENT: value} for value in (*edges(decimal), *more)]
    below = {**base, **treated, "relapse_count": -1}
    return [
        *rows,
        *({**base, name: "?"} for name in CHOICES),
        below,
        {**base, "cbc": "Normal", PERCENT: rows[0][PERCENT]},
    ]


def expected(rows: list[Row]) -> list[tuple[Any, ...]]:
    """The answers, empty where there is none; of a refused row, that it is."""
    answers = []
    for row in rows:
        answer = decided(row)
        said = (
            (None,) * len(ANSWER)
            if isinstance(answer, str)
            else tuple(" ".join(v) if isinstance(v, tuple) else v for v in answer)
        )
        answers.append((*said, isinstance(answer, str)))
    return answers


def stored(row: Row, *, words: bool) -> tuple[Any, ...]:
    return tuple(
        WORDS[value] if words and isinstance(value, bool) else value
        for value in (row[key] for key in KEYS)
    )


QUERY = (
    f"SELECT {', '.join(ANSWER)}, CASE WHEN refused IS NULL THEN 0 ELSE 1 END FROM "
    f"allstatus_decisions ORDER BY id"
)
INSERT = f"INSERT INTO patients VALUES ({', '.join('?' * (len(KEYS) + 1))})"


def numbered(rows: list[Row], *, words: bool) -> list[tuple[Any, ...]]:
    return [(number, *stored(row, words=words)) for number, row in enumerate(rows)]


ALL = list(all_rows())
SURE = [row for row in ALL if not any(row[name] == "unknown" for name in YES_NO)]
SETS = {
    "every combination": (ALL, True, "DOUBLE PRECISION"),
    "booleans": (SURE, False, "DOUBLE PRECISION"),
    "edges of floats": (edge_rows(False), True, "DOUBLE PRECISION"),
    "edges of decimals": (edge_rows(True), True, "DECIMAL(38, 15)"),
}
COLUMNS = ("rows", "words", "percent")
CASES = pytest.mark.parametrize(COLUMNS, SETS.values(), ids=SETS)
FLOATS = {
    name: case for name, case in SETS.items() if case[2].startswith("DOUBLE")
}  # SQLite has no decimals


@CASES
def test_duckdb(rows: list[Row], words: bool, percent: str) -> None:
    rows = (
        [*rows, *edge_rows(False, (math.nan,))[-9:]]
        if percent.startswith("DOUBLE") and words
        else rows
    )
    with duckdb.connect() as database:
        database.execute(
            f"CREATE TABLE patients (id INTEGER, {kinds('TEXT' if words else 'BOOLEAN', percent)})"
        )
        columns = {
            f"c{place}": list(values)
            for place, values in enumerate(zip(*numbered(rows, words=words), strict=True))
        }
        database.execute(
            f"INSERT INTO patients SELECT {', '.join(f'unnest(${name})' for name in columns)}",
            columns,
        )
        database.execute(script(VIEW_OF_WORDS if words else VIEW, "duckdb"))
        assert database.execute(QUERY).fetchall() == expected(rows)


@pytest.mark.parametrize(COLUMNS, FLOATS.values(), ids=FLOATS)
def test_sqlite(rows: list[Row], words: bool, percent: str) -> None:
    with sqlite3.connect(":memory:") as database:
        database.execute(
            f"CREATE TABLE patients (id INTEGER, {kinds('TEXT' if words else 'BOOLEAN', percent)})"
        )
        database.executemany(INSERT, numbered(rows, words=words))
        database.executescript(script(VIEW_OF_WORDS if words else VIEW, "sqlite"))
        assert database.execute(QUERY).fetchall() == expected(rows)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with cluster() as address:
        yield address


@POSTGRESQL
@CASES
def test_postgres(rows: list[Row], words: bool, percent: str, postgres: str) -> None:
    rows = [*rows, *edge_rows(False, (math.nan,))[-9:]] if words else rows
    percent = percent.replace("DECIMAL(38, 15)", "NUMERIC")
    with psycopg.connect(postgres) as database, database.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE patients (id INTEGER, {kinds('TEXT' if words else 'BOOLEAN', percent)})"
        )
        with cursor.copy(f"COPY patients (id, {', '.join(KEYS)}) FROM STDIN") as copy:
            for row in numbered(rows, words=words):
                copy.write_row(row)
        cursor.execute(script(VIEW_OF_WORDS if words else VIEW, "postgres"))
        cursor.execute(QUERY)
        assert cursor.fetchall() == expected(rows)
        database.rollback()


SPARK_KINDS = {"DOUBLE PRECISION": "DOUBLE", "DECIMAL(38, 15)": "DECIMAL(38, 15)"}


@SPARK
@CASES
def test_spark(rows: list[Row], words: bool, percent: str) -> None:
    rows = (
        [*rows, *edge_rows(False, (math.nan,))[-9:]]
        if words and percent.startswith("DOUBLE")
        else rows
    )
    types = f"id INT, {kinds('STRING' if words else 'BOOLEAN', SPARK_KINDS[percent])}".replace(
        "TEXT", "STRING"
    )
    with in_spark(VIEW_OF_WORDS if words else VIEW, numbered(rows, words=words), types) as session:
        found = session.sql(QUERY).toArrow()
        assert list(
            zip(*(column.to_pylist() for column in found.columns), strict=True)
        ) == expected(rows)


@pytest.mark.parametrize("dialect", [*TESTED, *GENERATED])
def test_every_dialect_is_parsed_again(dialect: str) -> None:
    text = script(VIEW_OF_WORDS, dialect)
    for part in text.split("\nGO\n"):
        assert all(statement is not None for statement in sqlglot.parse(part, read=dialect))
    note = "executed in the tests" if dialect in TESTED else "generated, not executed"
    assert f"-- dialect {dialect}: {note}" in text
    assert Dialect(dialect)


def test_the_script_cites_each_criterion_and_names_the_rules() -> None:
    text = script(VIEW, "postgres")
    rules = RULES.ruleset
    for words in (rules.id, rules.version, rules.digest, rules.source["url"], rules.notice):
        assert words in text
    for criterion in rules.criteria.values():
        assert f"{criterion.cite['section']}, {criterion.cite['sentence']}" in text
        assert (
            f"{criterion.name}: {criterion.cite['sentence'][:12]}"
            in text[text.index("CREATE VIEW") :]
        )


def test_the_command_prints_a_script_that_runs() -> None:
    house = Path(__file__).parent.parent.parent / "fixtures" / "columns" / "house.yaml"
    text = run("sql", "--dialect", "sqlite", "--table", "lab", "--columns", house).stdout
    with sqlite3.connect(":memory:") as database:
        database.execute(
            "CREATE TABLE lab (MRN INTEGER, TX INTEGER, REM TEXT, CBC TEXT, BLAST REAL)"
        )
        database.execute("INSERT INTO lab VALUES (100, 1, 'Y', 'N', 3), (101, 0, 'N', 'A', 70)")
        database.executescript(text)
        found = database.execute(
            "SELECT id, possible FROM allstatus_decisions ORDER BY id"
        ).fetchall()
    meant = [("disease_directed", True, "normal", 3), ("none", False, "abnormal", 70)]
    for (_, possible), (treatment, before, cbc, blasts) in zip(found, meant, strict=True):
        record = {
            "prior_treatment": treatment,
            "prior_remission": before,
            "cbc": cbc,
            PERCENT: blasts,
        }
        assert possible == " ".join(RULES.classify(record).possible)


@pytest.mark.parametrize(
    ("dialect", "table", "read"),
    [
        ("bigquery", "my-project.ds.patients", "`my-project`.ds.patients"),
        ("bigquery", "`my-project.ds.patients`", "`my-project`.`ds`.`patients`"),
        ("tsql", "[dbo].[Patients]", "[dbo].[Patients]"),
        ("tsql", "my table", "[my table]"),
        ("postgres", 'ward."My Table"', 'ward."My Table"'),
        ("spark", "`a b`.c", "`a b`.c"),
        ("snowflake", "DB.WARD.PATIENTS", "DB.WARD.PATIENTS"),
    ],
)
def test_a_table_is_named_as_its_dialect_does(dialect: str, table: str, read: str) -> None:
    text = script(VIEW, dialect, table=table)
    assert f"FROM {read} AS p" in text
    for part in text.split("\nGO\n"):
        assert all(statement is not None for statement in sqlglot.parse(part, read=dialect))


@pytest.mark.parametrize("names", [{"table": ""}, {"table": " "}])
def test_what_is_no_table_s_name_is_refused(names: dict[str, str]) -> None:
    with pytest.raises(InvalidRecord, match="is not a table's name in postgres"):
        script(VIEW, "postgres", **names)


def test_what_is_made_has_a_place_and_a_second_run_makes_it_anew() -> None:
    text = script(VIEW, "duckdb", table='ward."My Patients"', schema="out", prefix="all_")
    with duckdb.connect() as database:
        database.execute("CREATE SCHEMA ward; CREATE SCHEMA out")
        database.execute(f'CREATE TABLE ward."My Patients" ({_columns()}, id INTEGER)')
        database.execute(f'INSERT INTO ward."My Patients" (id, {PERCENT}) VALUES (1, 0.62)')
        for _ in range(2):
            database.execute(text)
        found = database.sql("SELECT id, warnings FROM out.all__decisions").fetchall()
    assert found == [(1, BELOW_ONE)]
    again = script(VIEW, "sqlite")
    with sqlite3.connect(":memory:") as lite:
        lite.execute(f"CREATE TABLE patients ({_columns()}, id INTEGER)")
        for _ in range(2):
            lite.executescript(again)


def _columns() -> str:
    kinds = {"percent": "DOUBLE", "choice": "VARCHAR", "yes_no": "BOOLEAN"}
    facts = [f"{name} {kinds[states.fact.kind]}" for name, states in CELLS.facts.items()]
    return ", ".join([*facts, "relapse_count INTEGER"])


def test_columns_by_other_names_and_spellings() -> None:
    columns = {
        "cbc": ColumnSource("Count Result", {"0": "normal", "1": "abnormal"}),
        PERCENT: ColumnSource("blasts"),
    }
    with duckdb.connect() as database:
        rows = "(1, 0, 4.0), (2, 1, 6.0), (3, 7, 6.0), (4, NULL, NULL)"
        database.execute(
            f'CREATE TABLE lab AS SELECT * FROM (VALUES {rows}) AS t(nr, "Count Result", blasts)'
        )
        database.execute(script(SqlView(CELLS, columns), "duckdb", table="lab", id="nr"))
        found = database.execute(
            "SELECT possible, refused FROM allstatus_decisions ORDER BY id"
        ).fetchall()
    for (possible, _), record in zip(
        found[:2], ({"cbc": "normal", PERCENT: 4}, {"cbc": "abnormal", PERCENT: 6}), strict=True
    ):
        assert possible == " ".join(RULES.classify(record).possible)
    assert found[2][1].startswith("Count Result: is not one of the values it can take")
    assert found[3][1].startswith("record: states no fact")


def test_a_count_in_components_is_refused() -> None:
    parts = {"wbc.value": ColumnSource("wbc"), "wbc.unit": ColumnSource("unit")}
    with pytest.raises(InvalidRecord, match="cbc: comes in components, which no view judges"):
        SqlView(CELLS, {"cbc": ColumnSource("cbc", parts=parts)})
