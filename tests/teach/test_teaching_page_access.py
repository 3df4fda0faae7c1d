"""The page for everybody: on a phone, by keyboard, light and dark, read by axe-core."""

from pathlib import Path

import pytest

from allstatus.teach.strings import TEXTS
from needs import BROWSER
from teach.tools import browse

EXAMPLES = list(TEXTS.texts()["page"]["example"].values())
OPEN, LIMIT = "marrow missing", "exactly at the limit"


@BROWSER
def test_it_fits_a_phone(page_file: Path) -> None:
    seen = browse("narrow", page_file)
    assert seen["wide"] == {"explore": 0, "practise": 0, "own": 0, "print": 0}
    assert seen["small"] == []
    assert seen["slider"] == [-8, 8]


@BROWSER
def test_focus_is_never_hidden(page_file: Path) -> None:
    seen = browse("focus", page_file, sizes=[[1280, 800], [390, 700]], starts=[LIMIT])
    assert seen["hidden"] == []
    assert all(count > 60 for count in seen["stops"].values())


@BROWSER
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_anyones_way(scheme: str, page_file: Path) -> None:
    found = browse("accessible", page_file, scheme=scheme, starts=[LIMIT, OPEN, EXAMPLES[-1]])
    assert len(found) == 3 + 9
    assert {name: problems for name, problems in found.items() if problems} == {}
