"""The folder in which a run's work lies until its output is there."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from allstatus.bulk.run_frame import about_run, workplace
from allstatus.errors import InvalidRecord


class _Stopped(Exception):
    """What ends a run early."""


def stop(folder: Path, about: str, *, resume: bool) -> list[str]:
    """What a run finds in its folder before it is stopped with one piece of work done."""
    found: list[str] = []
    with suppress(_Stopped), workplace(folder, about, resume=resume):
        found += sorted(path.name for path in folder.iterdir())
        (folder / "done").touch()
        raise _Stopped
    return found


@pytest.mark.parametrize(
    ("resume", "again", "found"),
    [
        (True, "the same", ["about.json", "done"]),
        (True, "other rules", ["about.json"]),
        (False, "the same", ["about.json"]),
    ],
)
def test_work_is_gone_on_with_where_it_is_the_same_and_was_kept(
    tmp_path: Path, resume: bool, again: str, found: list[str]
) -> None:
    folder = tmp_path / "out.parts"
    assert stop(folder, "the same", resume=resume) == ["about.json"]
    assert folder.exists() is resume
    assert stop(folder, again, resume=resume) == found


def test_nothing_is_left_when_the_output_is_there(tmp_path: Path) -> None:
    with workplace(tmp_path / "out.parts", "it", resume=True):
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = workplace(tmp_path / "file" / "out.parts", "it", resume=True)
    with pytest.raises(InvalidRecord, match="cannot be written"), place:
        pass


def test_an_input_edited_in_place_is_another_though_its_size_and_time_are_kept(
    tmp_path: Path,
) -> None:
    source = tmp_path / "in.ndjson"
    source.write_text('{"cbc": "normal"}')
    before, times = about_run([source]), source.stat()
    assert about_run([source]) == before
    time.sleep(0.05)  # longer than a file system's clock stands still
    source.write_text('{"cbc": "NORMAL"}')
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert about_run([source]) != before
