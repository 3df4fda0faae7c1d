"""Kept work is trusted only as it was kept: whole, under its name, and of its run."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from allstatus.bulk.kept_work import ABOUT, keep, recall

DATA = b"decided"


def write(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data[:12],
        lambda data: data + b"x",
        lambda data: data[:-1] + b"D",
        lambda data: b"\xff" + data[1:],
        lambda data: data[12:],
    ],
)
def test_what_was_altered_is_not_trusted(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    keep(tmp_path / "1", DATA)
    assert recall(tmp_path / "1") == DATA
    write(tmp_path / "1", change)
    assert recall(tmp_path / "1") is None


def test_work_of_another_name_or_run_is_not_trusted(tmp_path: Path) -> None:
    runs = tmp_path / "one", tmp_path / "other"
    for run in runs:
        (run / "lines").mkdir(parents=True)
        (run / ABOUT).write_text(run.name)
        for place in ("1", "2", "lines/1"):
            keep(run / place, DATA + place.encode())
    (runs[0] / "1").replace(runs[0] / "2")
    (runs[1] / "1").replace(runs[0] / "1")
    (runs[1] / "lines/1").replace(runs[0] / "lines/1")
    assert [recall(runs[0] / place) for place in ("1", "2", "lines/1")] == [None] * 3
    assert recall(runs[1] / "2") == DATA + b"2"
    (runs[1] / ABOUT).write_text("told otherwise")
    assert recall(runs[1] / "2") is None


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1")
    (tmp_path / "2").symlink_to("2")
    (tmp_path / "3").mkdir()
    assert [recall(tmp_path / name) for name in "123"] == [None] * 3
