"""`allstatus sql`: the decision table and the way to it, as tables and a view for a database."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.shared import EngineName, EngineOption, RulesOption, app, run


class Dialect(StrEnum):
    """A database's own SQL."""

    duckdb = "duckdb"
    postgres = "postgres"
    sqlite = "sqlite"
    spark = "spark"
    bigquery = "bigquery"
    snowflake = "snowflake"
    tsql = "tsql"
    oracle = "oracle"


class YesNo(StrEnum):
    """How a table holds yes/no facts."""

    boolean = "boolean"
    text = "text"


@app.command()
def sql(
    *,
    dialect: Annotated[
        Dialect,
        typer.Option(
            help="duckdb, postgres, sqlite and spark are executed in the tests; "
            "the others are generated, not executed."
        ),
    ],
    table: Annotated[
        str, typer.Option(metavar="TABLE", help="The table of patients, one row each.")
    ] = "patients",
    id: Annotated[
        str | None,
        typer.Option("--id", metavar="COLUMN", help="The column that says which patient, else id."),
    ] = None,
    columns: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Which column says what, in YAML; else as in a record."),
    ] = None,
    yes_no: Annotated[
        YesNo, typer.Option(help="Yes/no columns are booleans, or words: true, false, unknown.")
    ] = YesNo.boolean,
    schema: Annotated[
        str, typer.Option(metavar="SCHEMA", help="Where the tables and the view are made.")
    ] = "",
    prefix: Annotated[
        str, typer.Option(metavar="NAME", help="How the names of what is made begin.")
    ] = "allstatus",
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Print two tables (cells, answers) and a view that decides on each row of a table of patients.

    A percentage is a column of numbers. A row that no record could hold has no outcome, and says
    why in `refused`.
    """
    names = {"table": table, "schema": schema, "prefix": prefix}
    run(lambda: _print(dialect.value, names, id, columns, yes_no, engine=engine.value, rules=rules))


def _print(
    dialect: str,
    names: dict[str, str],
    id: str | None,
    columns: Path | None,
    yes_no: YesNo,
    *,
    engine: str,
    rules: str | None,
) -> int:
    from allstatus.bulk.extras import need

    need("sql", "sqlglot")
    from allstatus.bulk.cells import COUNT, Cells
    from allstatus.bulk.column_source import ColumnSource
    from allstatus.bulk.mapping_file import read_mapping
    from allstatus.bulk.sql import script
    from allstatus.bulk.sql_view import SqlView
    from allstatus.decision.classifier import load_rules

    cells = Cells(load_rules(rules, engine=engine))
    keys = (*cells.facts, COUNT)
    sources = (
        {key: ColumnSource(key) for key in keys}
        if columns is None
        else read_mapping(columns, cells.own)
    )
    text = frozenset(
        name
        for name, states in cells.facts.items()
        if states.fact.kind == "yes_no" and yes_no is YesNo.text
    )
    named = sources["id"].column if "id" in sources else "id"
    sys.stdout.write(script(SqlView(cells, sources, text=text), dialect, id=id or named, **names))
    return 0
