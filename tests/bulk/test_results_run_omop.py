"""The query set for an OMOP CDM, in DuckDB and PostgreSQL, on a small database of persons who never
lived.
"""

from pathlib import Path

import duckdb
import psycopg
import pyarrow.parquet as pq
import pytest
import yaml

from allstatus.bulk.fhir_export.decide_patient import DecideSettings
from allstatus.bulk.fhir_export.export_run import ExportJob
from allstatus.bulk.mapping_file import named_as_results
from allstatus.bulk.results_run import ResultsRun
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.lab_table import charts_of
from allstatus.ehr.timelines.timeline import decide_chart
from bulk.rows import RULES as ADULT
from ehr import lab_tables
from needs import POSTGRESQL
from postgres import cluster

OMOP = Path(__file__).parents[2] / "examples" / "omop"
CDM, RESULTS, EPISODES = (
    (OMOP / f"{name}.sql").read_text("utf-8") for name in ("cdm", "results", "episodes")
)
SHAPES = yaml.safe_load(Path(__file__).with_name("omop_shapes.yaml").read_text("utf-8"))
SAID = [
    ("1", "determined", "in_remission"),
    *((person, "insufficient_data", None) for person in ("2", "3", "6")),
]
MADE = [(1, 32530, "2025-03-10")]


def results() -> list[tuple[str, ...]]:
    with duckdb.connect() as database:
        database.execute(CDM)
        return database.execute(RESULTS).fetchall()


def test_every_statement_is_a_row_with_its_code() -> None:
    rows = results()
    with duckdb.connect() as database:
        database.execute(CDM)
        tables = "condition_occurrence", "measurement", "drug_exposure", "procedure_occurrence"
        counts = [database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables]
    assert len(rows) == sum(counts)
    assert ("2", "2025-03-10", "LOINC", "11150-0") in [row[:4] for row in rows]
    assert ("3", "2025-03-02", "RxNorm", "11202") in [row[:4] for row in rows]
    assert ("1", "2025-03-10", "source", "BM-ASP") in [row[:4] for row in rows]
    assert [row[5:8] for row in rows if row[5]] == [("<", "5.0000", "%")]


@pytest.mark.slow
@POSTGRESQL
def test_postgresql_gives_the_same_rows() -> None:
    with cluster() as address, psycopg.connect(address) as database:
        database.execute(CDM)
        found = database.execute(RESULTS).fetchall()
    assert sorted(found) == sorted(results())


def test_persons_are_decided_on_and_episodes_made_of_it(tmp_path: Path) -> None:
    source, target = tmp_path / "results.parquet", tmp_path / "decisions.parquet"
    with duckdb.connect() as database:
        database.execute(CDM)
        database.execute(f"COPY ({RESULTS}) TO '{source}'")
        names = pq.read_schema(source).names
        how = DecideSettings(
            engine="builtin", options=make_reader(("symptoms-absent-unless-recorded",))
        )
        beside = tmp_path / "rejects.csv", tmp_path / "evidence.ndjson"
        totals = ResultsRun(
            ExportJob(source, target, *beside, how), named_as_results(names)
        ).totals()
        assert (totals.patients, totals.listed, totals.rejected) == (6, 4, 0)
        assert totals.unread == {"source BM-ASP": 1, "source LOCAL-7": 1}
        database.execute(f"CREATE TABLE decisions AS SELECT * FROM '{target}'")
        said = database.execute("SELECT id, outcome, status FROM decisions ORDER BY id").fetchall()
        made = database.execute(EPISODES).fetchall()
    assert said == SAID
    assert [(row[1], row[2], str(row[3])) for row in made] == MADE


def test_a_statement_that_the_database_holds_otherwise_is_read_as_the_table_says() -> None:
    options, wrong = make_reader(("symptoms-absent-unless-recorded",)), []
    with duckdb.connect() as database:
        database.execute(CDM)
        for wanted, statements in SHAPES.items():
            for statement in statements:
                database.begin().execute(statement)
                found = database.execute(f"SELECT * FROM ({RESULTS}) WHERE patient = '1'")
                names = [column[0] for column in found.description or ()]
                rows = [
                    (f"row {number}", {n: v or "" for n, v in zip(names, row, strict=True)})
                    for number, row in enumerate(found.fetchall(), 1)
                ]
                database.rollback()
                (chart,) = charts_of(rows)
                said = lab_tables.answer_of(decide_chart(ADULT, chart, options=options))
                if said != wanted:
                    wrong.append((statement, wanted, said))
    assert not wrong
