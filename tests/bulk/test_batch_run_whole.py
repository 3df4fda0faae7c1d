"""`allstatus batch` leaves a whole output or none: what is refused, a full disk, a killed run, and
work kept for the next.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allstatus.bulk import sources
from allstatus.bulk.batch_run import BatchRun
from bulk.files import GOOD, ROWS, answers, command, decide, expected, table, write
from bulk.rows import PERCENT
from command_line import run_on_a_full_disk


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("absent.parquet", "out.parquet", "there is no such file"),
        ("short.parquet", "out.parquet", "is not a whole parquet file"),
        ("short.arrow", "out.parquet", "is not a whole ipc file"),
        ("in.xlsx", "out.parquet", "has a name that says no format"),
        ("in.parquet", "out.xlsx", "has a name that says no format"),
        ("in.parquet", "absent/out.parquet", "cannot be written"),
        ("in.parquet", "in.parquet", "is named twice"),
        ("folder.csv", "out.csv", "is a folder without a file of FHIR resources"),
        ("nofact.csv", "out.csv", "state no fact"),
        ("empty.parquet", "out.csv", "holds no row"),
        ("times.parquet", "out.csv", "cannot be read as"),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_nothing(
    tmp_path: Path, source: str, target: str, message: str
) -> None:
    whole = write(tmp_path / "in.parquet", ROWS[:100]).read_bytes()
    (tmp_path / "short.parquet").write_bytes(whole[:-100])
    (tmp_path / "short.arrow").write_bytes(
        write(tmp_path / "long.arrow", ROWS[:100]).read_bytes()[:-100]
    )
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "nofact.csv").write_text("id,cbcs\n1,normal\n")
    pq.write_table(table(ROWS[:1]).slice(0, 0), tmp_path / "empty.parquet")
    pq.write_table(
        pa.table({PERCENT: pa.array([1], pa.timestamp("s"))}), tmp_path / "times.parquet"
    )
    before = set(tmp_path.iterdir())
    done = command(tmp_path / source, tmp_path / target)
    assert done.returncode == 3
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert set(tmp_path.iterdir()) == before
    assert (tmp_path / "in.parquet").read_bytes() == whole


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "in.parquet", ROWS)

    done = run_on_a_full_disk("batch", source, tmp_path / "out.ndjson")
    assert done.returncode == 3
    assert "cannot be written (file too large)" in done.stderr
    assert set(tmp_path.iterdir()) == {source}


SLOW = """
import sys, time
from pathlib import Path
from allstatus import InvalidRecord
from allstatus.bulk import batch_run as run, sources
sources.SLAB = 300
decide = run.BatchRun.decide
def slowly(self, slab):
    print(slab.number, flush=True)
    time.sleep(0.05)
    return decide(self, slab)
run.BatchRun.decide = slowly
from allstatus.commands import app
app()
"""


@pytest.mark.parametrize("resume", [True, False])
def test_a_killed_run_leaves_no_output_and_a_rerun_is_clean(
    tmp_path: Path, resume: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = write(tmp_path / "in.parquet", ROWS), tmp_path / "out.parquet"
    asked = [str(source), str(target), *(["--resume"] if resume else [])]
    killed = [sys.executable, "-c", SLOW, "batch", *asked]
    with subprocess.Popen(
        killed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        while running.stdout.readline().strip() != "5":
            pass
        running.kill()
    assert not target.exists()
    numbers, decide_slab = list[int](), BatchRun.decide

    def noted(self: BatchRun, slab: Any) -> Any:
        numbers.append(slab.number)
        return decide_slab(self, slab)

    monkeypatch.setattr(sources, "SLAB", 300)
    monkeypatch.setattr(BatchRun, "decide", noted)
    again = command(*asked)
    assert again.returncode == 0
    assert (numbers[0] > 0) is resume
    assert f"{len(ROWS):,} rows in = {len(GOOD):,} out" in again.stderr
    assert answers(target) == expected(GOOD)
    left = {"out.parquet", "out.parquet.rejects.csv", "out.parquet.cells.ndjson"}
    assert {path.name for path in tmp_path.iterdir()} == {"in.parquet", *left}


def test_finished_parts_of_another_input_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = write(tmp_path / "in.parquet", ROWS), tmp_path / "out.parquet"

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(BatchRun, "_write", stop)
        with pytest.raises(KeyboardInterrupt):
            decide(source, target, resume=True)
    assert list((tmp_path / "out.parquet.parts").glob("*.arrow"))
    write(source, list(reversed(ROWS)))
    time.sleep(0.01)
    decide(source, target, resume=True)
    assert answers(target) == expected(list(reversed(GOOD)))
