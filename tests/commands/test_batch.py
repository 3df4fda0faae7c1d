"""What `allstatus batch` needs besides a plain installation is asked for at once."""

from pathlib import Path

import pytest

from allstatus.bulk import extras
from command_line import run


def test_all_extras_that_a_command_needs_are_named_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda library: None if library == "duckdb" else True)
    done = run("batch", "in.csv", "out.csv", "--backend", "duckdb", "--picture", tmp_path / "a.svg")
    wanted = "pip install 'allstatus[bulk,sql,teach]'"
    assert done.stderr == f"error: duckdb is not installed; run: {wanted}\n"
    assert done.returncode == 4


def test_keys_of_lines_are_named_only_where_they_may_be_meant_for_one_that_is_read(
    tmp_path: Path,
) -> None:
    """Any other may be a patient's name."""
    rows = tmp_path / "rows.ndjson"
    rows.write_text('{"id": 1, "Jo Doe": "x", "marrow_blast_percnt": 3}\n', "utf-8")
    done = run("batch", rows, tmp_path / "out.ndjson")
    told = [line for line in done.stderr.splitlines() if line.startswith("note: ")]
    assert told == [
        "note: column marrow_blast_percnt is not read",
        "note: unread keys: 1",
    ]


def test_columns_of_a_table_are_named(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("id,cbc,ward\n1,normal,x\n", "utf-8")
    done = run("batch", rows, tmp_path / "out.csv")
    assert "note: column ward is not read" in done.stderr.splitlines()
