"""`allstatus batch` on a folder leaves a whole output or none: what is refused, a full disk, a
killed run, and work kept for the next.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.bulk.fhir_export import export_run
from allstatus.bulk.fhir_export.export_run import ExportRun
from bulk.files import command
from bulk.folders import ASSUMED, Answers, answers, decide
from command_line import run_on_a_full_disk

HOUSE = Path(__file__).parents[3] / "fixtures/columns/house.yaml"


@pytest.mark.usefixtures("export")
@pytest.mark.parametrize(
    ("source", "target", "options", "message"),
    [
        ("empty", "out.csv", [], "is a folder without a file of FHIR resources"),
        ("bundles", "out.csv", [], "is a folder without a file of FHIR resources"),
        ("export", "out.xlsx", [], "has a name that says no format"),
        ("export", "absent/out.csv", [], "cannot be written"),
        ("export", "export/out.csv", [], "lies in the folder that is read"),
        ("export", "out.csv", ["--keep", "site"], "--keep: is for a file of records"),
        ("export", "out.csv", ["--columns", str(HOUSE)], "--columns: is for a file of records"),
        ("export", "out.csv", ["--backend", "duckdb"], "--backend: is for a file of records"),
        ("export", "out.csv", ["--assume", "anything"], "assume: is not an assumption"),
        (
            "records.csv",
            "out.csv",
            ["--as-of", "2026-01-01"],
            "--as-of: is for a folder of FHIR resources",
        ),
        (
            "records.csv",
            "out.csv",
            ["--window", "3"],
            "--window: is for a folder of FHIR resources",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_nothing(
    tmp_path: Path, source: str, target: str, options: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bundles").mkdir()
    (tmp_path / "bundles" / "one.json").write_text("{}")
    (tmp_path / "records.csv").write_text("id,cbc\n1,normal\n")
    before = sorted(tmp_path.rglob("*"))
    done = command(tmp_path / source, tmp_path / target, *options)
    assert done.returncode == 3, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_full_disk_leaves_nothing(export: Path, tmp_path: Path) -> None:
    done = run_on_a_full_disk("batch", export, tmp_path / "out.ndjson")
    assert done.returncode == 3
    assert "cannot be written (file too large)" in done.stderr
    assert set(tmp_path.iterdir()) == {export}


def test_a_file_that_changes_meanwhile_is_refused(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = ExportRun._write

    def touched(self: ExportRun, *more: Any) -> Any:
        os.utime(export / "Observation.000.ndjson", (1, 1))
        return write(self, *more)

    monkeypatch.setattr(ExportRun, "_write", touched)
    with pytest.raises(InvalidRecord, match="changed while it was read"):
        decide(export, tmp_path / "out.ndjson")
    assert set(tmp_path.iterdir()) == {export}


SLOW = """
import sys, time
from pathlib import Path
from allstatus.bulk.fhir_export import export_run as run
work_off = run.work_off
def slowly(shelf, *more):
    print(shelf, flush=True)
    time.sleep(0.05)
    return work_off(shelf, *more)
run.work_off = slowly
from allstatus.commands import app
app()
"""


@pytest.mark.parametrize("resume", [True, False])
def test_a_killed_run_leaves_no_output_and_a_rerun_is_clean(
    export: Path, tmp_path: Path, expected: Answers, resume: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.ndjson"
    asked = [str(export), str(target), "--assume", ASSUMED, *(["--resume"] if resume else [])]
    killed = [sys.executable, "-c", SLOW, "batch", *asked]
    with subprocess.Popen(
        killed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        seen: list[str] = []
        while seen.count("3") < 2:  # asked for what they refer to, then decided
            seen.append(running.stdout.readline().strip())
            assert seen[-1], "it ended before"
        running.kill()
    assert not target.exists()
    worked, work_off = list[int](), export_run.work_off
    monkeypatch.setattr(
        export_run, "work_off", lambda shelf, *more: worked.append(shelf) or work_off(shelf, *more)
    )
    assert command(*asked).returncode == 0
    assert (min(worked) > 0) is resume
    assert answers(target) == expected
    written = {f"out.ndjson{ending}" for ending in ("", ".rejects.csv", ".evidence.ndjson")}
    assert {path.name for path in tmp_path.iterdir()} == {"export", *written}


def test_kept_work_of_another_export_is_not_used(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ExportRun, "_write", stop)
        with pytest.raises(KeyboardInterrupt):
            decide(export, tmp_path / "out.ndjson", resume=True)
    assert list((tmp_path / "out.ndjson.parts" / "lines").glob("done-*.json"))
    for path in export.glob("Condition*"):
        path.unlink()
    assert decide(export, tmp_path / "out.ndjson", resume=True).listed == 0
