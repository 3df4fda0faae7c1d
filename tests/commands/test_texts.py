"""`allstatus texts check`, and `--lang` wherever a text is written."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from command_line import ALLSTATUS

RECORD = {"prior_treatment": "none", "cbc": "abnormal", "signs_and_symptoms": "present"}


def told(*words: str, stdin: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(ALLSTATUS, list(words), input=stdin)
    return result.exit_code, result.stdout, result.stderr


def test_a_complete_language_is_said_to_be_so() -> None:
    assert told("texts", "check", "es") == (0, "es: complete, and of the English of today\n", "")


def test_an_unknown_language_names_those_there_are() -> None:
    status, out, error = told("texts", "check", "tlh")
    assert (status, out) == (4, "")
    assert error == "error: allstatus: there are no texts in 'tlh'; choose one of: en, es\n"


@pytest.mark.parametrize("format", ["text", "line"])
def test_a_decision_is_told_in_the_language_asked_for(format: str) -> None:
    status, out, _ = told(
        "classify", "-", "--lang", "es", "--format", format, stdin=json.dumps(RECORD)
    )
    assert status == 0
    assert "no se puede decir" in out


def test_what_programs_read_is_not_translated() -> None:
    asked = ("classify", "-", "--format", "json")
    english, spanish = (
        told(*asked, "--lang", language, stdin=json.dumps(RECORD))[1] for language in ("en", "es")
    )
    assert english == spanish


@pytest.mark.parametrize(
    ("command", "shows"),
    [
        (("page",), '<html lang="es" dir="ltr">'),
        (("quiz", "--format", "html", "--count", "2"), "Hoja de ejercicios"),
        (("quiz", "--format", "gift", "--count", "2"), "Según las definiciones de la página"),
    ],
)
def test_a_class_is_taught_in_the_language_asked_for(
    command: tuple[str, ...], shows: str, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    assert told(*command, "--lang", "es", "-o", str(made))[0] == 0
    text = made.read_text("utf-8")
    assert shows in text
    assert not re.search(r"\[en\]", text)
