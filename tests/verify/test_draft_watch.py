"""What an author is told at each save: problems with their place, else what flipped, in words."""

from itertools import islice
from pathlib import Path

from allstatus.verify.draft_watch import look, report, saves
from copies import copy_rules

UNTREATED = "statuses/untreated.yaml"


def change(folder: Path, find: str, put: str) -> None:
    file = folder / UNTREATED
    text = file.read_text("utf-8")
    assert find in text
    file.write_text(text.replace(find, put, 1), "utf-8")


def test_a_save_is_answered_with_what_flips_and_which_examples(tmp_path: Path) -> None:
    folder = copy_rules(tmp_path / "mine")
    before = look(folder)
    assert before.problems == ()
    assert report(None, before).startswith(
        "nci-pdq-adult-all-patient 2025.12.30-r3-draft: 128 cases"
    )
    change(folder, "  - signs_or_symptoms\n", "")
    told = report(before, look(folder))
    assert "error: mine/statuses/untreated.yaml:" in told
    assert "example 'symptoms missing': expected insufficient_data, got determined" in told
    assert "outside_definitions -> untreated" in told
    assert "example untreated: symptoms missing: insufficient_data -> untreated" in told


def test_a_save_that_cannot_be_read_is_answered_with_its_problems(tmp_path: Path) -> None:
    folder = copy_rules(tmp_path / "mine")
    change(folder, "  - signs_or_symptoms\n", "  - signs_or_symptom\n")
    told = report(None, look(folder))
    assert told.startswith("error: mine/statuses/untreated.yaml:")
    assert "did you mean 'signs_or_symptoms'?" in told


def test_a_save_is_seen_once(tmp_path: Path) -> None:
    folder = copy_rules(tmp_path / "mine")
    seen = saves(folder)
    first = next(seen)
    change(folder, "  - signs_or_symptoms\n", "")
    assert [first, *islice(seen, 1)].count(first) == 1
