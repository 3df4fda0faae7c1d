"""What is no regular file is told by what it is, before it is opened."""

import os
from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.record.regular_file import is_folder, no_file, refuse_no_file, shorten, within


def test_a_file_is_read_and_what_a_shell_hands_over_too(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text("{}", "utf-8")
    assert no_file(file) == ""
    read, write = os.pipe()
    try:
        assert no_file(f"/dev/fd/{read}") == ""
    finally:
        os.close(read)
        os.close(write)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "the name is empty"),
        ("none.json", "there is no such file"),
        (".", "is a folder"),
        ("pipe", "is a pipe"),
        ("a" * 300, "cannot be read (File name too long)"),
        ("nul\0", "cannot be read (no name of a file)"),
    ],
)
def test_what_is_none_says_why(
    name: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert no_file(name) == problem
    with pytest.raises(InvalidRecord, match="give the path of a YAML file"):
        refuse_no_file(name, "YAML")


def test_only_a_folder_is_one(tmp_path: Path) -> None:
    assert is_folder(tmp_path)
    assert not is_folder("")
    assert not is_folder("a" * 300)


def test_a_link_out_of_a_folder_is_not_within_it(tmp_path: Path) -> None:
    folder, outside = tmp_path / "rules", tmp_path / "outside.yaml"
    folder.mkdir()
    outside.write_text("", "utf-8")
    (folder / "link.yaml").symlink_to(outside)
    assert within(folder / "own.yaml", folder)
    assert not within(folder / "link.yaml", folder)


@pytest.mark.parametrize(("length", "shown"), [(80, 80), (81, 81), (300, 81)])
def test_a_long_path_is_shown_by_its_end(length: int, shown: int) -> None:
    path = "x" * (length - 1) + "!"
    assert len(shorten(path)) == shown
    assert shorten(path).endswith("!")
    assert shorten(path).startswith("…") is (length > 80)
