"""The decision table as SQL: a table of cells, a table of answers, and a view that finds each row's
cell, put into each dialect by sqlglot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlglot
import sqlglot.errors

from allstatus.bulk.answer_texts import ANSWER
from allstatus.bulk.cells import CellAnswer, Cells
from allstatus.bulk.sql_column import quoted_name, quoted_text
from allstatus.bulk.sql_view import PLAIN, SqlView
from allstatus.errors import InvalidRecord

TESTED = ("duckdb", "postgres", "sqlite", "spark")
GENERATED = ("bigquery", "snowflake", "tsql", "oracle")  # parsed again by sqlglot, but not executed
REPLACING = ("duckdb", "bigquery", "snowflake")  # CREATE OR REPLACE of tables and views
IS_TEXT = {"postgres": "CAST(PG_TYPEOF({}) AS TEXT) IN ('text', 'character varying', 'character')"}
ROWS_AT_ONCE = {"oracle": 1, "tsql": 500}


def script(
    view: SqlView,
    dialect: str,
    *,
    table: str = "patients",
    id: str = "id",
    prefix: str = "allstatus",
    schema: str = "",
) -> str:
    """All statements for a dialect: the two tables with their rows, and the view, made anew where
    they are there already. `table` and `schema` are quoted as the dialect does. Raises
    InvalidRecord for what is no name.
    """
    where = f"{schema}.{prefix}" if schema else prefix
    cells_table, answers_table, decisions = _made(where, dialect)
    answers = view.cells.answers
    distinct = {answer: number for number, answer in enumerate(dict.fromkeys(answers))}
    table = _table(table, dialect, "table")
    told = view.telling_texts(IS_TEXT.get(dialect, ""))
    query = told.select(table, id=id, cells=cells_table, answers=answers_table)
    rows = [(n, *(say(answer) for say in ANSWER.values())) for answer, n in distinct.items()]
    places = [(cell, distinct[answer]) for cell, answer in enumerate(answers)]
    anew = "CREATE OR REPLACE" if dialect in REPLACING else "CREATE"
    checks = _texts(view, table, id) if dialect == PLAIN else ()
    before = () if dialect in REPLACING else _dropped(cells_table, answers_table, decisions)
    statements = [
        *(_in(dialect, statement) for statement in (*checks, *before)),
        _in(dialect, f"{anew} TABLE {answers_table} (answer INTEGER, {_widths(distinct)})"),
        *_inserts(_in_name(answers_table, dialect), rows, dialect),
        _in(dialect, f"{anew} TABLE {cells_table} (cell INTEGER, answer INTEGER)"),
        *_inserts(_in_name(cells_table, dialect), places, dialect),
        _in(dialect, f"{anew} VIEW {decisions} AS {query}"),
    ]
    if dialect == "tsql":  # a view must stand alone in its batch
        statements[-1] = f"GO\n{statements[-1]}"
    return _about(view.cells, dialect) + "".join(f"{statement};\n" for statement in statements)


def _made(prefix: str, dialect: str) -> list[str]:
    """The names of what is made, in plain SQL."""
    made = (f"{prefix}_{what}" for what in ("cells", "answers", "decisions"))
    return [_table(name, dialect, "schema or prefix") for name in made]


def _texts(view: SqlView, table: str, id: str) -> Iterator[str]:
    """Queries that stop at a number in a column of text, which the engine compares with no number,
    or of booleans, which it takes for 0 and 1; with the row's id.
    """
    for column, reason in view.compared:
        said = quoted_text(f": {reason} (no number; cast the column)")
        yield (
            f"SELECT ERROR('row ' || p.{quoted_name(id)} || {said}) FROM {table} AS p WHERE "
            f"TYPEOF({column}) IN ('VARCHAR', 'BOOLEAN') AND {column} IS NOT NULL"
        )


def _in(dialect: str, statement: str) -> str:
    """A statement of plain SQL in a dialect."""
    return sqlglot.transpile(statement, read=PLAIN, write=dialect, pretty=True)[0]


def _in_name(name: str, dialect: str) -> str:
    return sqlglot.exp.to_table(name, dialect=PLAIN).sql(dialect=dialect)


def _dropped(cells: str, answers: str, decisions: str) -> list[str]:
    """What takes away the view and the tables of an earlier run, the view first."""
    made = ("VIEW", decisions), ("TABLE", cells), ("TABLE", answers)
    return [f"DROP {kind} IF EXISTS {name}" for kind, name in made]


def _table(name: str, dialect: str, option: str) -> str:
    """A table's name, as a dialect quotes it, in plain SQL."""
    try:
        parsed = sqlglot.exp.to_table(name, dialect=dialect)
        for part in parsed.parts:
            part.set("quoted", part.args.get("quoted") or not part.name.isidentifier())
        if all(part.name.strip() for part in parsed.parts) and not parsed.alias:
            return parsed.sql(dialect=PLAIN)
    except (sqlglot.errors.SqlglotError, ValueError, AttributeError):
        pass
    problem = f"is not a table's name in {dialect}"
    raise InvalidRecord(f"{option} '{name}'", problem, f"quote it as {dialect} does")


def _widths(answers: Iterable[CellAnswer]) -> str:
    """The columns of the table of answers, each as wide as its longest text."""
    told = list(answers)
    widths = {c: max(len(say(answer) or "") for answer in told) for c, say in ANSWER.items()}
    return ", ".join(f"{column} VARCHAR({max(width, 1)})" for column, width in widths.items())


def _about(cells: Cells, dialect: str) -> str:
    """Comments that say what this is, whose rules, and which sentence each criterion stands on."""
    rules = cells.ruleset
    lines = [
        f"allstatus: {rules.title}",
        f"rules {rules.id} {rules.version}, digest {rules.digest}",
        f"source: {rules.source['title']}, {rules.source['url']}, last reviewed "
        f"{rules.source['last_reviewed']}",
        rules.notice,
        f"dialect {dialect}: "
        f"{'executed in the tests' if dialect in TESTED else 'generated, not executed'}",
        "criteria, each with the section and the fingerprint (SHA-256) of the sentence it stands "
        "on:",
    ]
    for criterion in rules.criteria.values():
        lines.append(f"  {criterion.name}: {criterion.condition} ({criterion.reading})")
        lines.append(f"    {criterion.cite['section']}, {criterion.cite['sentence']}")
    return "".join(f"-- {line}\n" for line in lines)


def _inserts(table: str, rows: list[tuple[Any, ...]], dialect: str) -> Iterator[str]:
    size = ROWS_AT_ONCE.get(dialect, 1000)
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        values = ",\n".join(f"  ({', '.join(map(_literal, row))})" for row in some)
        yield f"INSERT INTO {table} VALUES\n{values}"


def _literal(value: str | int | None) -> str:
    return "NULL" if value is None else quoted_text(value) if isinstance(value, str) else str(value)
