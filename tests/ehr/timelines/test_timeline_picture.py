"""The picture of a history: what is drawn, what is refused, and that it is the same every time."""

from pathlib import Path
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.ehr.timelines.timeline_picture import draw_timeline
from ehr.charts_as_yaml import RULES, tell

GIVEN = {"given": "vincristine", "day": "2025-01-10"}
REMISSION: list[dict[str, Any]] = [
    {"marrow": 2, "day": "2025-03-10"},
    {"count": "normal", "day": "2025-03-10"},
]
RELAPSE = {"marrow": 40, "day": "2026-03-10"}
IN_CSF = {"csf": 8, "day": "2026-03-10"}


def drawn(path: Path, *lines: dict[str, Any]) -> str:
    draw_timeline(tell(list(lines)), path)
    return path.read_text("utf-8")


def test_it_says_whose_and_by_which_rules(tmp_path: Path) -> None:
    picture = drawn(tmp_path / "p.svg", GIVEN, *REMISSION, RELAPSE)
    about = RULES.ruleset.population["diagnosis"]
    assert f"p1: {about} over time, by the page's definitions" in picture
    assert "Assessments: 2, 2025-03-10 to 2026-03-10." in picture
    assert "not medical advice" in picture


def test_a_row_of_treatments_stands_where_there_are_any(tmp_path: Path) -> None:
    assert "first given" in drawn(tmp_path / "p.svg", GIVEN, *REMISSION)
    without = drawn(tmp_path / "p.svg", *REMISSION)
    assert "Blood count" in without
    assert "first given" not in without


@pytest.mark.parametrize(("found", "where"), [((RELAPSE,), "marrow"), ((IN_CSF,), "CNS")])
def test_a_relapse_is_named_by_its_place(
    found: tuple[dict[str, Any], ...], where: str, tmp_path: Path
) -> None:
    picture = drawn(tmp_path / "p.svg", GIVEN, *REMISSION, *found)
    assert f"relapse: {where}" in picture


def test_the_same_history_gives_the_same_bytes(tmp_path: Path) -> None:
    one = drawn(tmp_path / "one.svg", GIVEN, *REMISSION)
    assert drawn(tmp_path / "two.svg", GIVEN, *REMISSION) == one


def test_nothing_to_draw_and_another_ending_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecord, match="has no assessment to draw"):
        draw_timeline(tell([GIVEN]), tmp_path / "p.svg")
    with pytest.raises(InvalidRecord, match=r"neither an \.svg nor a \.png"):
        draw_timeline(tell(REMISSION), tmp_path / "p.pdf")
    assert list(tmp_path.iterdir()) == []
