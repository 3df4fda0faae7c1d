"""The script of each dialect: what it cites and names, where what it makes has its place, and what
no view judges.
"""

import sqlite3
from pathlib import Path

import duckdb
import pytest
import sqlglot

from allstatus.bulk.cells import COUNT
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.sql import GENERATED, TESTED, script
from allstatus.bulk.sql_view import SqlView
from allstatus.commands.sql import Dialect
from allstatus.errors import InvalidRecord
from allstatus.table.facts import BELOW_ONE
from bulk.rows import CELLS, PERCENT, RULES
from command_line import run

KEYS = (*CELLS.facts, COUNT)
YES_NO = frozenset(name for name, states in CELLS.facts.items() if states.fact.kind == "yes_no")
VIEW_OF_WORDS = SqlView(CELLS, {key: ColumnSource(key) for key in KEYS}, text=YES_NO)
VIEW = SqlView(CELLS, {key: ColumnSource(key) for key in KEYS})


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
