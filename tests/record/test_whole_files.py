"""Files that appear whole and together or not at all, for one run at a time."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.record import whole_files
from allstatus.record.undisturbed import ENDING
from allstatus.record.whole_files import WholeFiles, beside, whole_folder, write_files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_get_their_names_together(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("old")
    with WholeFiles() as files:
        for path in (a, b):
            files.begin(path).write_text("new")
        assert a.read_text() == "old"
        assert not b.exists()
        files.publish(last=a)
    assert (a.read_text(), b.read_text(), names(tmp_path)) == ("new", "new", ["a", "b"])


def test_nothing_is_left_of_what_was_not_finished(tmp_path: Path) -> None:
    with WholeFiles() as files:
        files.begin(tmp_path / "a").write_text("half")
    assert names(tmp_path) == []


def test_a_second_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with WholeFiles() as files, WholeFiles() as others:
        files.begin(path)
        with pytest.raises(InvalidRecord, match="is being written by another run"):
            others.claim(path)
    write_files({path: "now"})
    assert (path.read_text(), names(tmp_path)) == ("now", ["a"])


KILLED = """
import os, sys
from pathlib import Path
from allstatus.record import whole_files
from allstatus.record.undisturbed import ENDING
whole_files.os.replace = lambda *pair: (done.append(pair), pair[1].name == "b" or os._exit(9))
done = []
with whole_files.WholeFiles() as files:
    for name in ("a", "b"):
        files.begin(Path(sys.argv[1]) / name).write_text("new " + name)
    files.publish(last=Path(sys.argv[1]) / "a")
"""


def test_what_a_killed_run_left_is_finished_or_removed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old a")
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert len(names(tmp_path)) == 5  # a, two partial files, two locks
    with WholeFiles() as files:
        files.claim(tmp_path / "a")
        files.claim(tmp_path / "b")
        assert ((tmp_path / "a").read_text(), (tmp_path / "b").read_text()) == ("new a", "new b")
    assert names(tmp_path) == ["a", "b"]


class Ended(Exception):
    """What a signal's handler raises."""


@pytest.mark.parametrize("name", ENDING)
@pytest.mark.parametrize("step", ["replace", "close", "truncate"])
def test_a_signal_waits_until_all_have_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, step: str
) -> None:
    number, real = getattr(signal, name), getattr(os, step)

    def told(*_: object) -> None:
        raise Ended

    def disturbed(*given: Any) -> None:
        signal.raise_signal(number)
        real(*given)

    before = signal.signal(number, told)
    try:
        monkeypatch.setattr(whole_files.os, step, disturbed)
        with suppress(Ended):
            write_files({tmp_path / "a": "new", tmp_path / "b": "new"})
        monkeypatch.undo()
        assert signal.getsignal(number) is told
    finally:
        signal.signal(number, before)
    assert names(tmp_path) in ([], ["a", "b"])


@pytest.mark.parametrize(
    "lock",
    ["[package]\nname = 'x'\n", "[1]", '[["a"]]', "\0", "pipe", "folder", "link", "dangling"],
)
def test_a_file_of_somebody_else_where_a_lock_would_be_stays(tmp_path: Path, lock: str) -> None:
    place, other = tmp_path / "out.lock", tmp_path / "other"
    other.write_text("[]")
    if lock == "pipe":
        os.mkfifo(place)
    elif lock == "folder":
        place.mkdir()
    elif lock in ("link", "dangling"):
        place.symlink_to("other" if lock == "link" else "nowhere")
    else:
        place.write_text(lock)
    before = names(tmp_path)
    with pytest.raises(InvalidRecord, match=r"out\.lock is not ours"):
        write_files({tmp_path / "out": "x"})
    assert (names(tmp_path), other.read_text()) == (before, "[]")


def test_of_a_killed_run_nothing_half_is_left(tmp_path: Path) -> None:
    with WholeFiles() as files:
        left = files.begin(tmp_path / "a")
        files._begun.clear()
    left.write_text("half")
    left.with_name(f"{left.name}-journal").write_text("SQLite's")
    other = tmp_path / "a.1234567.partial"
    other.write_text("not ours")
    write_files({tmp_path / "a": "now"})
    assert names(tmp_path) == ["a", other.name]


@pytest.mark.parametrize("kind", ["folder", "pipe", "circle", "long name"])
def test_where_no_file_can_be_written(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("x" * 300 if kind == "long name" else "out")
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "circle":
        path.symlink_to(path)
    before = names(tmp_path)
    with pytest.raises(InvalidRecord, match="cannot be written"):
        write_files({tmp_path / "other": "x", path: "y"})
    assert names(tmp_path) == before


def test_a_link_is_written_through_and_permissions_stay(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to("real")
    write_files({tmp_path / "link": "new"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o600


def test_a_name_of_255_bytes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    write_files({path: "x"})
    assert len(os.fsencode(beside(path, ".lock").name)) < 255
    assert names(tmp_path) == [path.name]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_files.os, "fsync", full)
    with pytest.raises(InvalidRecord, match="no space left on device"):
        write_files({path: "new"})
    with pytest.raises(InvalidRecord, match="no space left on device"):
        write_files({tmp_path / "new" / "b": "new"}, tmp_path / "new")
    assert (path.read_text(), names(tmp_path)) == ("old", ["a"])


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), whole_folder(tmp_path / "f") as work:
        work.mkdir()
        _ = 1 / 0
    assert names(tmp_path) == []
    left = tmp_path / "f.12345678.partial"
    (left / "f").mkdir(parents=True)
    with whole_folder(tmp_path / "f") as work:
        work.mkdir()
        (work / "x").touch()
        with pytest.raises(InvalidRecord, match="another run"), whole_folder(tmp_path / "f"):
            pass
    assert (names(tmp_path), names(tmp_path / "f")) == (["f"], ["x"])
