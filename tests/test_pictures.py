"""The committed picture and table are those of the rules of today."""

import hashlib
import importlib.util
from pathlib import Path

import pytest

from allstatus import MissingExtra
from allstatus.rules.comparisons import comparisons_path, read_comparisons
from allstatus.teach.plots import draw_definitions

DOCS = Path(__file__).parent.parent / "docs"
NO_MATPLOTLIB = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is not installed (extra teach)")


def test_the_committed_picture_was_drawn_from_the_definitions_of_today() -> None:
    picture = (DOCS / "pictures" / "definitions.svg").read_text("utf-8")
    assert hashlib.sha256(comparisons_path().read_bytes()).hexdigest() in picture, "run: make docs"
    assert all(f">{definition.name}<" in picture for definition in read_comparisons())


def test_the_committed_table_is_the_one_of_today() -> None:
    document = (DOCS / "other-definitions.md").read_text("utf-8")
    for definition in read_comparisons():
        assert f"| {definition.title} | {definition.marrow} % |" in document, "run: make docs"


@NO_MATPLOTLIB
def test_two_drawings_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        draw_definitions(tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_without_matplotlib_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r"allstatus\[teach\]"):
        draw_definitions(tmp_path / "x.svg")
