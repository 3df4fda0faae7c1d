"""The commands as a teacher types them: files, standard output, and what is refused."""

import json
from pathlib import Path

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.teach.exercise_files import FORMATS
from allstatus.teach.exercise_set import make_sheet
from command_line import run

HISTORY = str(Path(__file__).parents[2] / "fixtures" / "timelines" / "ten-years-of-records.json")


def test_page_writes_the_page(page_file: Path, tmp_path: Path) -> None:
    result = run("page", "-o", tmp_path / "trainer.html", "--engine", "builtin")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "trainer.html").read_bytes() == page_file.read_bytes()


def test_quiz_to_standard_output(teaching: Classifier) -> None:
    result = run("quiz", "--seed", "7", "--count", "3", "--format", "jsonl", "-o", "-")
    assert result.stdout.encode() == FORMATS["jsonl"](make_sheet(teaching, 7, 3))
    assert len([json.loads(line) for line in result.stdout.splitlines()]) == 3


def test_quiz_says_what_it_can() -> None:
    result = run("quiz", "--count", "5000", "--format", "jsonl", "-o", "-")
    made = len(result.stdout.splitlines())
    said = f"note: the rules make {made} exercises, and no more\n"
    assert (result.returncode, result.stderr, made < 5000) == (0, said, True)


def test_anki_is_understood(tmp_path: Path) -> None:
    result = run("quiz", "--count", "1", "--format", "anki", "-o", tmp_path / "deck.apkg")
    assert result.returncode == 0
    assert (tmp_path / "deck.apkg").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("ending", ["svg", "png"])
@pytest.mark.parametrize(
    "what", [("regions",), ("definitions",), ("timeline", HISTORY)], ids=lambda what: what[0]
)
def test_plot_writes_a_picture(what: tuple[str, ...], ending: str, tmp_path: Path) -> None:
    result = run("plot", *what, "-o", tmp_path / f"picture.{ending}")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / f"picture.{ending}").read_bytes()[:4] == {"svg": b"<?xm", "png": b"\x89PNG"}[
        ending
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("page", "-o", "no/such/folder/page.html"), 3, "cannot be written"),
        (("plot", "regions", "-o", "regions.gif"), 3, "neither an .svg nor a .png file"),
        (("plot", "definitions", "-o", "definitions.pdf"), 3, "neither an .svg nor a .png file"),
        (
            ("plot", "timeline", "no-such-file.json", "-o", "history.svg"),
            3,
            "there is no such file",
        ),
        (
            ("plot", "timeline", HISTORY, "-o", "history.gif"),
            3,
            "-o: is neither an .svg nor a .png file",
        ),
        (("plot", "timeline", HISTORY, "-o", "no/such/folder/history.svg"), 3, "cannot be written"),
        (("plot", "cohort", "no-such-file.ndjson", "-o", "cohort.svg"), 3, "there is no such file"),
        (("quiz", "--format", "docx", "-o", "-"), 2, "docx"),
        (("quiz", "--seed", "-1", "--format", "csv", "-o", "-"), 2, "--seed"),
        (("page",), 2, "-o"),
    ],
    ids=[
        "folder",
        "ending",
        "definitions",
        "history",
        "history's ending",
        "history's folder",
        "cohort",
        "format",
        "seed",
        "nowhere",
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], status: int, says: str) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (status, "")
    assert says in result.stderr
