"""The committed pictures and table are those of today: of the rules, of the definitions, and of the
pages they show.
"""

import hashlib
import importlib.util
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from allstatus import MissingExtra
from allstatus.rules.comparisons import comparisons_path, read_comparisons
from allstatus.teach.definition_plots import draw_definitions

DOCS = Path(__file__).parent.parent / "docs"
sys.path.insert(0, str(DOCS))
NO_JINJA = pytest.mark.skipif(
    importlib.util.find_spec("jinja2") is None, reason="jinja2 is not installed (extra html)"
)
NO_MATPLOTLIB = pytest.mark.skipif(
    importlib.util.find_spec("matplotlib") is None,
    reason="matplotlib is not installed (extra teach)",
)


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


@NO_MATPLOTLIB
def test_limits_are_told_in_the_language_of_the_picture(tmp_path: Path) -> None:
    draw_definitions(tmp_path / "es.svg", "es")
    said = " ".join(ElementTree.parse(tmp_path / "es.svg").getroot().itertext())
    assert all(limit in said for limit in ("menos de 5 %", "5 % o menos", "5 % o más"))
    assert not any(word in said for word in ("less", "fewer", "more"))


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r"allstatus\[teach\]"):
        draw_definitions(tmp_path / "x.svg")


@NO_JINJA
def test_the_screenshots_are_of_the_pages_of_today() -> None:
    from screenshots import SHOTS, digest, source_of

    stale = [shot.picture.name for shot in SHOTS if source_of(shot.picture) != digest(shot.page())]
    assert stale == [], "run: make docs"


def test_the_way_of_the_data_is_drawn_as_it_is_committed(tmp_path: Path) -> None:
    from way import BOXES, draw_way

    draw_way(tmp_path / "way.svg")
    assert (tmp_path / "way.svg").read_bytes() == (DOCS / "pictures" / "way.svg").read_bytes(), (
        "run: make docs"
    )
    words = " ".join(ElementTree.parse(tmp_path / "way.svg").getroot().itertext())
    assert all(line in words for box in BOXES.values() for line in (box.title, *box.lines))
