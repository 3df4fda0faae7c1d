"""`allstatus batch` from file to file: the same in every format, and every row accounted for."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allstatus import InvalidRecord
from allstatus.bulk import batch_run, ndjson_lines, sources
from allstatus.bulk.column_source import ColumnSource as Column
from allstatus.record.exact_json import parse_json
from bulk.files import EVERY, GOOD, ROWS, answers, command, decide, expected, read, write
from bulk.rows import PERCENT, RULES


@pytest.mark.parametrize("into", ["parquet", "csv", "ndjson", "arrow"])
@pytest.mark.parametrize("out_of", ["parquet", "csv", "ndjson", "arrow"])
def test_every_format_in_and_out(
    tmp_path: Path, out_of: str, into: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SLAB", 700)
    monkeypatch.setattr(ndjson_lines, "LINES", 700)
    monkeypatch.setattr(sources, "CSV_BLOCK", 1 << 15)
    totals = decide(write(tmp_path / f"in.{out_of}", ROWS), tmp_path / f"out.{into}")
    assert answers(tmp_path / f"out.{into}") == expected(GOOD)
    assert (totals.rows, totals.written, totals.rejected) == (
        len(ROWS),
        len(GOOD),
        len(ROWS) - len(GOOD),
    )
    rejects = read(tmp_path / "out.rejects.csv")
    numbers = {row["id"]: number for number, row in enumerate(ROWS, 1)}
    kept = {row["id"] for row in GOOD}
    assert [int(reject["row"]) for reject in rejects] == [
        number for id, number in numbers.items() if id not in kept
    ]
    assert sum(totals.cells.values()) == totals.written


def test_the_cells_used_explain_each_row(tmp_path: Path) -> None:
    decide(write(tmp_path / "in.parquet", ROWS), tmp_path / "out.parquet", explain=True)
    cells = {
        line["cell"]: line
        for line in map(json.loads, (tmp_path / "out.cells.ndjson").read_text().splitlines())
    }
    written = pq.read_table(tmp_path / "out.parquet").to_pylist()
    for row in written:
        cell = cells[row["cell"]]
        assert {
            "rows": cell["rows"],
            "facts": cell["facts"],
            **{n: v for n, v in row.items() if n not in ("id", "warnings")},
        } == cell
    assert sum(cell["rows"] for cell in cells.values()) == len(written)


def test_the_trace_columns_say_what_the_decision_says(tmp_path: Path) -> None:
    decide(write(tmp_path / "in.parquet", ROWS), tmp_path / "out.ndjson", explain=True)
    for row, found in zip(
        GOOD[::5],
        [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()][::5],
        strict=True,
    ):
        decision = RULES.classify(
            {name: value for name, value in row.items() if value is not None}
        ).to_dict()
        assert found["assumptions"] == " ".join(entry["fact"] for entry in decision["assumptions"])
        assert found["ask_next"] == (decision["ask_next"] or {}).get("fact")
        assert set(found["conflicts"].split()) <= {
            entry["constraint"] for entry in decision["conflicts"]
        }
        if not decision["conflicts"]:
            assert found["reasons"] == "; ".join(" ".join(names) for names in decision["reasons"])
            for node in decision["trace"]["nodes"].values():
                if node["kind"] == "criterion":
                    assert found[f"criterion.{node['criterion']}"] == node["verdict"]


def test_bad_rows_of_csv_and_ndjson_are_rejected_by_number(tmp_path: Path) -> None:
    lines = [
        f"id,cbc,{PERCENT}",
        "a,normal,4",
        "b,normal",
        "c,Normal,4",
        "",
        'd,normal,"4,5"',
        "e,normal,3,9",
        "f,abnormal,<5",
        "g",
    ]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
    totals = decide(tmp_path / "in.csv", tmp_path / "out.csv")
    assert [row["id"] for row in read(tmp_path / "out.csv")] == ["a", "f"]
    rejects = [(r["row"], r["column"]) for r in read(tmp_path / "out.rejects.csv")]
    assert rejects == [("2", None), ("3", "cbc"), ("4", PERCENT), ("5", None), ("7", None)]
    assert (totals.rows, totals.written, totals.rejected) == (7, 2, 5)
    lines = [
        '{"id": "a", "cbc": "normal"}',
        "{",
        "[1]",
        '{"id": "b", "cbc": "normal", "cbc": "abnormal"}',
        '{"cbc": NaN}',
        '{"id": 7}',
    ]
    (tmp_path / "in.ndjson").write_text("\n".join(lines) + "\n")
    totals = decide(tmp_path / "in.ndjson", tmp_path / "out.ndjson")
    assert (totals.rows, totals.written, totals.rejected) == (6, 1, 5)
    assert [r["row"] for r in read(tmp_path / "out.rejects.csv")] == ["2", "3", "4", "5", "6"]


def test_whole_records_of_ndjson_are_read_as_the_classifier_reads_them(tmp_path: Path) -> None:
    fixtures = Path(__file__).parent.parent.parent / "fixtures" / "records"
    lines = [
        line
        for path in sorted(fixtures.glob("*.json"))
        for line in [" ".join(path.read_text().split("\n"))]
    ]
    (tmp_path / "in.ndjson").write_text("\n".join(lines))
    decide(tmp_path / "in.ndjson", tmp_path / "out.ndjson")
    found = {int(row["row"]): row["reason"] for row in read(tmp_path / "out.rejects.csv")}
    decided = iter(read(tmp_path / "out.ndjson"))
    assert 3 < len(found) < len(lines) - 3
    for number, line in enumerate(lines, 1):
        try:
            outcome = RULES.classify(parse_json(line)).outcome
        except InvalidRecord as error:
            outcome = error.problem
        written = "" if number in found else next(decided)["outcome"]
        if "is not a key of a record" not in outcome:  # a column nothing reads is passed over
            assert (written or found[number]).startswith(outcome) or "true or false" in outcome, (
                line
            )


def test_columns_are_kept_assigned_and_named_when_nothing_reads_them(tmp_path: Path) -> None:
    rows = [{"pid": "a", "site": "north", "CBC": "normal", "cbc_result": "x"}]
    columns = {"id": Column("pid"), "cbc": Column("CBC")}
    totals = decide(
        write(tmp_path / "in.parquet", rows),
        tmp_path / "out.parquet",
        assigned=columns,
        keep=("site",),
    )
    (row,) = read(tmp_path / "out.parquet")
    assert (row["pid"], row["site"], row["outcome"]) == ("a", "north", "insufficient_data")
    assert totals.ignored == ("cbc_result",)


def test_rows_without_an_id_are_numbered(tmp_path: Path) -> None:
    decide(
        write(tmp_path / "in.parquet", [{"cbc": "normal"}, {"cbc": "?"}, {"cbc": "abnormal"}]),
        tmp_path / "out.parquet",
    )
    assert [row["row"] for row in read(tmp_path / "out.parquet")] == ["1", "3"]


def test_the_command_prints_totals_that_add_up_and_names_the_rules(tmp_path: Path) -> None:
    source = write(tmp_path / "in.parquet", ROWS)
    done = command(
        source,
        tmp_path / "out.parquet",
        "--rejects",
        tmp_path / "bad.csv",
        "--plot",
        tmp_path / "totals.svg",
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert (
        f"{len(ROWS):,} rows in = {len(GOOD):,} out + {len(ROWS) - len(GOOD):,} rejected"
        in done.stderr
    )
    for name in (
        RULES.ruleset.id,
        RULES.ruleset.version,
        RULES.ruleset.digest[:12],
        RULES.ruleset.notice,
    ):
        assert name in done.stderr
    assert "rows by outcome" in (tmp_path / "totals.svg").read_text()
    assert (tmp_path / "bad.csv").exists()


def test_duckdb_answers_the_same(tmp_path: Path) -> None:
    source = write(tmp_path / "in.parquet", EVERY[::7])
    for backend in ("arrow", "duckdb"):
        done = command(
            source,
            tmp_path / f"{backend}.parquet",
            "--backend",
            backend,
            "--rejects",
            tmp_path / f"{backend}.csv",
            "--explain",
        )
        assert done.returncode == 0, done.stderr
    assert pq.read_table(tmp_path / "arrow.parquet").equals(
        pq.read_table(tmp_path / "duckdb.parquet")
    )
    assert (tmp_path / "arrow.csv").read_text() == (tmp_path / "duckdb.csv").read_text()


def test_words_that_only_the_record_s_reader_takes_are_left_to_it(tmp_path: Path) -> None:
    words = pa.table(
        {
            "id": ["a", "b", "c", "d"],
            "cbc": ["normal"] * 4,
            "prior_remission": ["TRUE", "false", "perhaps", None],
        }
    )
    pq.write_table(words, tmp_path / "in.parquet")
    for backend in ("arrow", "duckdb"):
        done = command(
            tmp_path / "in.parquet", tmp_path / f"{backend}.parquet", "--backend", backend
        )
        assert "4 rows in = 3 out + 1 rejected" in done.stderr
    assert pq.read_table(tmp_path / "arrow.parquet").equals(
        pq.read_table(tmp_path / "duckdb.parquet")
    )


def test_one_item_is_got_ahead_and_errors_arrive() -> None:
    def items() -> Any:
        yield 1
        yield 2
        raise ValueError

    got = batch_run.ahead(items())
    assert [next(got), next(got)] == [1, 2]
    with pytest.raises(ValueError):  # noqa: PT011
        next(got)
