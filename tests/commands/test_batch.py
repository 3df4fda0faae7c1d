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
