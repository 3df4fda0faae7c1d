"""Whatever a command does becomes a report; the command line and the pytest plugin say the same."""

import json
import os
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.errors import InvalidRecord
from allstatus.testing.answers import INVALID, AnswerLevel
from allstatus.testing.command_adapter import checked
from allstatus.testing.conformance import check_command, render, to_document
from allstatus.testing.vector_files import write_vectors
from allstatus.testing.vectors import read_vectors
from command_line import run as allstatus
from shipped import RULES, vectors

HERE = Path(__file__).parent
ADAPTERS = yaml.safe_load((HERE / "adapters.yaml").read_text("utf-8"))
SOME = vectors()[::300][:10]
NAME = "allstatus.testing.pytest_plugin"
PLUGIN = (
    [] if any(entry.value == NAME for entry in entry_points(group="pytest11")) else ["-p", NAME]
)  # not installed, on the path only


def adapter(how: str) -> str:
    return shlex.join([sys.executable, str(HERE / "adapters" / "adapter.py"), how])


@pytest.mark.parametrize("how", ADAPTERS)
def test_whatever_a_command_does_is_reported(how: str) -> None:
    expected: dict[str, Any] = ADAPTERS[how]
    report = check_command(
        adapter(how), SOME, AnswerLevel.explanation, seconds=3 if how == "hang" else 60
    )
    assert report.conforms is expected.get("conforms", False)
    assert list(report.problems)[: expected.get("first")] == expected.get("problems", [])
    if "third" in expected:
        assert [f.given for f in report.failures if f.vector is SOME[2]] == [expected["third"]]
        assert expected["third"] in render(report) or not report.answered  # a busy machine
    assert all(problem in render(report) for problem in report.problems)
    assert to_document(report)["conforms"] is report.conforms


@pytest.mark.parametrize("command", ["no-such-program --x", "'", ""])
def test_a_command_that_cannot_be_started_is_refused(command: str) -> None:
    with pytest.raises(InvalidRecord, match="cannot be started"):
        check_command(command, SOME, AnswerLevel.core)


def test_a_refusal_need_not_say_more() -> None:
    answer = checked({"outcome": INVALID})
    assert isinstance(answer, dict)
    assert (answer["status"], answer["possible"]) == (None, [])


def test_the_command_line_ends_as_the_report_says(tmp_path: Path) -> None:
    write_vectors(tmp_path, RULES, SOME)
    right = allstatus(
        "conformance",
        "--cmd",
        adapter("right"),
        "--level",
        "explanation",
        "--vectors",
        str(tmp_path),
    )
    assert (right.returncode, right.stdout.splitlines()[-1]) == (
        0,
        "conforms at level explanation (10 vectors)",
    )
    wrong = allstatus(
        "conformance", "--cmd", adapter("garbage"), "--vectors", str(tmp_path), "--json"
    )
    assert wrong.returncode == 1
    assert [failure["given"] for failure in json.loads(wrong.stdout)["failures"]] == [
        "the line is not JSON"
    ]
    assert allstatus("conformance", "--cmd", "no-such-program").returncode == 3
    assert (
        allstatus(
            "conformance", "--cmd", adapter("right"), "--vectors", str(tmp_path / "none")
        ).returncode
        == 3
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"id": "edge/1"}\n', "holds a line that is no vector"), ("\n", "holds no vector")],
)
def test_what_is_no_vector_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "vectors.jsonl").write_text(text, "utf-8")
    with pytest.raises(InvalidRecord, match=said):
        read_vectors(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "status", "last"), [("right", 0, "11 passed"), ("garbage", 1, "1 failed, 10 passed")]
)
def test_each_vector_is_a_test_in_pytest(tmp_path: Path, how: str, status: int, last: str) -> None:
    write_vectors(tmp_path, RULES, SOME)
    options = [
        "--allstatus-cmd",
        adapter(how),
        "--allstatus-vectors",
        str(tmp_path),
        "--allstatus-level",
        "explanation",
    ]
    command = [
        sys.executable,
        "-m",
        "pytest",
        *PLUGIN,
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *options,
        str(tmp_path),
    ]
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "NO_COLOR": "1"}
    result = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == status, result.stdout + result.stderr
    assert last in result.stdout.splitlines()[-1]
    if how == "garbage":
        assert "the line is not JSON" in result.stdout
        assert "Traceback" not in result.stdout


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise RuntimeError('no rules here')", "RuntimeError: no rules here"),
        ("import sys; sys.exit('bye')", "bye"),
        (
            "import sys; sys.exit('Error: Cannot find it\\n    at x\\n\\nv20')",
            "Error: Cannot find it",
        ),
    ],
)
def test_a_command_that_cannot_run_says_why_once(script: str, reason: str) -> None:
    command = shlex.join([sys.executable, "-c", script])
    report = check_command(command, SOME, AnswerLevel.explanation)
    first, *rest = render(report).splitlines()
    assert first == f"✗ the command ended with exit status 1: {reason}"
    assert len(rest) == 2
    assert rest[-1] == f"nothing was answered, of {len(report.vectors)} vectors"
