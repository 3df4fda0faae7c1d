"""The processes an export is worked on by: they end with the one that started them, and say when
one ended before.
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.bulk.fhir_export import process_pool

WAITING = """
import sys, time
from allstatus.bulk.fhir_export import process_pool as pool
pool.SMALL, pool.os.sched_getaffinity = 0, lambda _: {0, 1}
if __name__ == "__main__":
    with pool.Pool(1) as processes:
        next(processes.run(abs, [1, 2, 3]))
        print("started", flush=True)
        list(processes.run(time.sleep, [60, 60]))
"""


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="reads /proc, which this system does not have"
)
def test_the_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(WAITING)
    asked = [sys.executable, str(tmp_path / "waiting.py")]
    with subprocess.Popen(
        asked, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "started\n"
        assert len(session(running.pid)) > 1
        running.kill()
    deadline = time.monotonic() + 30
    while session(running.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert session(running.pid) == []


def session(leader: int) -> list[int]:
    """The processes of a session that are alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, of = stat.read_text().rpartition(")")[2].split()[:4]
            if int(of) == leader and state != "Z":
                found.append(int(stat.parent.name))
    return found


def test_a_process_that_ends_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "SMALL", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with (
        process_pool.Pool(1) as processes,
        pytest.raises(InvalidRecord, match="a process that worked on it ended"),
    ):
        list(processes.run(os._exit, [1, 1, 1]))
    with (
        process_pool.Pool(1) as processes,
        pytest.raises(InvalidRecord, match="has the same key twice"),
    ):
        list(processes.run(_refused, [1]))


def _refused(_: int) -> None:
    raise InvalidRecord("record", "has the same key twice", "keep one of the two")
