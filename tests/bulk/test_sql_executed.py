"""The SQL of each dialect, executed where the database is at hand: the answers of the classifier,
on every combination.
"""

import math
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest

from allstatus.bulk.cells import COUNT
from allstatus.bulk.sql import script
from bulk.rows import CELLS, LIMIT, PERCENT, Row, all_rows, decided
from bulk.spark_cluster import in_spark
from bulk.test_sql import KEYS, VIEW, VIEW_OF_WORDS, YES_NO
from needs import POSTGRESQL, SPARK
from postgres import cluster

CHOICES = frozenset(name for name, states in CELLS.facts.items() if states.fact.kind == "choice")
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


NO_COUNTS = [1.5, 0.5, -0.5, -1.0, math.inf, -math.inf, 1e300]
COUNTS = [*NO_COUNTS, 0.0, -0.0, 1.0, 3.0, 1e18]
COUNTED = f"CREATE TABLE patients (id INTEGER, {kinds('BOOLEAN', 'DOUBLE PRECISION')})".replace(
    f"{COUNT} INTEGER", f"{COUNT} DOUBLE PRECISION"
)


def counted(counts: list[float]) -> list[tuple[Any, ...]]:
    rows = [{**dict.fromkeys(KEYS), "cbc": "normal", COUNT: count} for count in counts]
    return numbered(rows, words=False)


def whole(counts: list[float]) -> list[tuple[int, int]]:
    return [
        (number, int(count in NO_COUNTS or math.isnan(count)))
        for number, count in enumerate(counts)
    ]


REFUSED = (
    "SELECT id, CASE WHEN refused IS NULL THEN 0 ELSE 1 END FROM allstatus_decisions ORDER BY id"
)


def test_a_count_that_is_no_whole_number_is_refused() -> None:
    with duckdb.connect() as database, sqlite3.connect(":memory:") as lite:
        for engine in (database, lite):
            engine.execute(COUNTED)
        counts = [*COUNTS, math.nan]
        database.executemany(INSERT, counted(counts))
        database.execute(script(VIEW, "duckdb"))
        assert database.execute(REFUSED).fetchall() == whole(counts)
        lite.executemany(INSERT, counted(COUNTS))
        lite.executescript(script(VIEW, "sqlite"))
        assert lite.execute(REFUSED).fetchall() == whole(COUNTS)


@POSTGRESQL
def test_a_count_that_is_no_whole_number_is_refused_in_postgres(postgres: str) -> None:
    counts = [*COUNTS, math.nan]
    with psycopg.connect(postgres) as database, database.cursor() as cursor:
        cursor.execute(COUNTED)
        cursor.executemany(INSERT.replace("?", "%s"), counted(counts))
        cursor.execute(script(VIEW, "postgres"))
        assert cursor.execute(REFUSED).fetchall() == whole(counts)
        database.rollback()


@pytest.mark.parametrize("column", [PERCENT, COUNT])
@pytest.mark.parametrize("kind", ["BOOLEAN", "VARCHAR"])
def test_a_number_that_is_none_stops_the_script(kind: str, column: str) -> None:
    columns = kinds("BOOLEAN", kind).replace(f"{COUNT} INTEGER", f"{COUNT} {kind}")
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE patients (id INTEGER, {columns})")
        database.execute(f"INSERT INTO patients (id, {column}) VALUES (7, '1')")
        with pytest.raises(duckdb.InvalidInputException, match=f"row 7: {column}: "):
            database.execute(script(VIEW, "duckdb"))


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
