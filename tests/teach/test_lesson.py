"""The notebook of the lesson runs from its first cell to its last, without a network, and says what
the rules say.
"""

import importlib.util
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.why.counting_error import binomial_interval
from needs import needs

pytestmark = needs("python:marimo")
LESSON = Path(__file__).parents[2] / "examples" / "lesson" / "lesson.py"


@pytest.fixture(scope="module")
def app() -> Any:
    spec = importlib.util.spec_from_file_location("lesson", LESSON)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


@pytest.fixture(scope="module")
def lesson(app: Any) -> dict[str, Any]:
    """Every name the notebook defines."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the notebook asked for a network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        outputs, names = app.run()
    assert any(output is not None for output in outputs)
    return dict(names)


def test_the_people_to_predict(lesson: dict[str, Any]) -> None:
    assert list(lesson["told"].values()) == [
        "ALL in remission",
        "Recurrent ALL",
        "cannot tell yet",
        "Untreated ALL",
        "the page does not describe this",
        "the page does not describe this",
        "Recurrent ALL",
        "these facts contradict each other",
    ]
    assert set(lesson["told"].values()) == set(lesson["TITLES"].values())


def test_guesses_are_counted(app: Any, lesson: dict[str, Any]) -> None:
    told = lesson["told"]
    guessed = dict.fromkeys(told, "Recurrent ALL") | {next(iter(told)): None}
    _, names = app.run(defs={"guesses": SimpleNamespace(value=guessed)})
    assert names["score"] == 2


def test_the_limit(lesson: dict[str, Any]) -> None:
    by_answer: dict[str, list[str]] = {}
    for text, told in lesson["at_the_limit"].items():
        by_answer.setdefault(told, []).append(text)
    assert by_answer == {
        "ALL in remission": ["4.9", "5", "5.0", "<5", "<=5", "10/200", "M1"],
        "Recurrent ALL": ["5.000000000000000001", "11/200"],
        "cannot tell yet": [">=5", "<10", "5-10", "M2"],
    }
    assert lesson["lost"]


def test_missing_facts(lesson: dict[str, Any]) -> None:
    still = [(row["still possible"], row["assumed"], row["ask next"]) for row in lesson["missing"]]
    assert still == [
        ("ALL in remission", "", ""),
        ("ALL in remission", "relapse since remission, leukemia outside marrow", ""),
        ("ALL in remission or Recurrent ALL", "", "leukemia outside marrow"),
        ("Recurrent ALL", "", ""),
    ]


def test_the_script_is_right_where_all_is_known_and_only_there(
    lesson: dict[str, Any], teaching: Classifier
) -> None:
    assert set(lesson["complete"]) == {
        "both say the same",
        "the script names a status where it is conflicting data",
    }
    assert sum(lesson["complete"].values()) == 2**5
    assert sum(lesson["compared"].values()) == 3**5 - 1
    assert lesson["compared"]["the script names a status where it is insufficient data"] > 0
    assert teaching.classify(lesson["example"]).outcome == "insufficient_data"
    assert lesson["script"](lesson["example"]) == "in_remission"


def test_the_plot_and_the_letter(lesson: dict[str, Any]) -> None:
    assert lesson["intervals"] == {
        cells: binomial_interval(cells // 20, cells) for cells in (100, 200, 500, 1000)
    }
    assert len(lesson["picture"].axes) == 1
    assert lesson["letter"].possible == ("in_remission", "outside_definitions")
    low, high = (round(end, 2) for end in binomial_interval(10, 200))
    assert f"{low:g} to {high:g} %" in LESSON.read_text("utf-8")


@pytest.mark.usefixtures("app")
def test_it_exports_with_its_outputs(tmp_path: Path) -> None:
    shutil.copy(LESSON, tmp_path)  # marimo keeps what it ran beside the notebook
    command = [
        sys.executable,
        "-m",
        "marimo",
        "export",
        "html",
        str(tmp_path / "lesson.py"),
        "-o",
        str(tmp_path / "lesson.html"),
    ]
    result = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, timeout=300, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    page = (tmp_path / "lesson.html").read_text("utf-8")
    assert "You were right" in page
    assert "ALL in remission or Recurrent ALL" in page
    assert "marimo-error" not in page
