"""The generated SQL of each database that tests can run, asked the vectors: one row of columns for
each record.
"""

import sqlite3
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import duckdb
import psycopg

from allstatus.bulk.cells import COUNT, Cells
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.sql import script
from allstatus.bulk.sql_view import SqlView
from allstatus.decision.classifier import Classifier
from allstatus.testing.answers import REFUSED, SHOWING, Answer
from allstatus.testing.representatives import UNKNOWN
from postgres import cluster

LISTS = ("possible", *SHOWING, "missing")
QUERY = f"SELECT outcome, status, {', '.join(LISTS)}, refused FROM allstatus_decisions ORDER BY id"
Rows = list[tuple[Any, ...]]


class Sql:
    """A view over one table, with yes/no facts as words."""

    def __init__(self, rules: Classifier) -> None:
        self.kinds = {name: states.fact.kind for name, states in Cells(rules).facts.items()} | {
            COUNT: "count"
        }
        yes_no = frozenset(name for name, kind in self.kinds.items() if kind == "yes_no")
        self.view = SqlView(
            Cells(rules), {key: ColumnSource(key) for key in self.kinds}, text=yes_no
        )

    def script(self, dialect: str) -> str:
        return script(self.view, dialect)

    def table(self, number: str) -> str:
        numbers = {"percent": number, "number": number, "count": "INTEGER"}
        types = {**numbers, "yes_no": "TEXT", "choice": "TEXT"}
        return (
            f"CREATE TABLE patients (id INTEGER, "
            f"{', '.join(f'{name} {types[kind]}' for name, kind in self.kinds.items())})"
        )

    def rows(self, records: Sequence[dict[str, Any]]) -> Rows:
        return [
            (place, *(column(kind, one.get(name)) for name, kind in self.kinds.items()))
            for place, one in enumerate(records)
        ]

    @property
    def marks(self) -> str:
        return ", ".join("?" * (len(self.kinds) + 1))


def column(kind: str, value: Any) -> Any:
    """What a column of this kind holds of a value: of a number only the number itself, else
    nothing.
    """
    if kind in ("percent", "number"):
        try:
            return None if value is None or value == UNKNOWN else Decimal(str(value).strip())
        except InvalidOperation:
            return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else str(value)


def read(row: tuple[Any, ...]) -> Answer:
    outcome, status, *lists, refused = row
    if refused is not None:
        return dict(REFUSED)
    return {
        "outcome": outcome,
        "status": status,
        **{name: (text or "").split() for name, text in zip(LISTS, lists, strict=True)},
    }


def in_duckdb(sql: Sql, records: Sequence[dict[str, Any]]) -> Rows:
    with duckdb.connect() as database:
        database.execute(sql.table("DECIMAL(38, 18)"))
        columns = {
            f"c{place}": list(values)
            for place, values in enumerate(zip(*fitting(sql.rows(records), 18), strict=True))
        }
        database.execute(
            f"INSERT INTO patients SELECT {', '.join(f'unnest(${name})' for name in columns)}",
            columns,
        )
        database.execute(sql.script("duckdb"))
        return database.execute(QUERY).fetchall()


def in_sqlite(sql: Sql, records: Sequence[dict[str, Any]]) -> Rows:
    with sqlite3.connect(":memory:") as database:
        database.execute(sql.table("DOUBLE PRECISION"))
        rows = [
            tuple(float(value) if isinstance(value, Decimal) else value for value in row)
            for row in sql.rows(records)
        ]
        database.executemany(f"INSERT INTO patients VALUES ({sql.marks})", rows)
        database.executescript(sql.script("sqlite"))
        return database.execute(QUERY).fetchall()


def in_postgresql(sql: Sql, records: Sequence[dict[str, Any]]) -> Rows:
    with cluster() as address, psycopg.connect(address) as database, database.cursor() as cursor:
        cursor.execute(sql.table("NUMERIC"))
        cursor.executemany(
            f"INSERT INTO patients VALUES ({sql.marks.replace('?', '%s')})", sql.rows(records)
        )
        cursor.execute(sql.script("postgres"))
        cursor.execute(QUERY)
        return cursor.fetchall()


def in_spark(sql: Sql, records: Sequence[dict[str, Any]]) -> Rows:
    from bulk import spark_cluster

    types = {"percent": "DECIMAL(38, 18)", "count": "INT", "yes_no": "STRING", "choice": "STRING"}
    columns = ", ".join(["id INT", *(f"{name} {types[kind]}" for name, kind in sql.kinds.items())])
    rows = [
        tuple(
            int(v) if kind == "count" and v is not None else v
            for v, kind in zip(row, ("id", *sql.kinds.values()), strict=True)
        )
        for row in fitting(sql.rows(records), 18)
    ]
    with spark_cluster.in_spark(sql.view, rows, columns) as session:
        return [tuple(row) for row in session.sql(QUERY).collect()]


def fitting(rows: Rows, places: int) -> Rows:
    """Numbers with as many places as the column has; a number that is none is left out."""
    unit = Decimal(1).scaleb(-places)

    def fit(value: Any) -> Any:
        return (
            (value.quantize(unit) if value.is_finite() else None)
            if isinstance(value, Decimal)
            else value
        )

    return [tuple(fit(value) for value in row) for row in rows]


def asked_of(
    run: Callable[[Sql, Sequence[dict[str, Any]]], Rows],
    rules: Classifier,
    records: Sequence[dict[str, Any]],
) -> list[Answer]:
    """The answers of one database."""
    return [read(row) for row in run(Sql(rules), records)]
