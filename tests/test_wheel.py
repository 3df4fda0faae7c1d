"""A wheel, installed alone in a clean environment without durable-rules, classifies a record."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
USER = """from allstatus import classify

decision = classify({"cbc": "normal"})
reveal_type(decision.outcome)
reveal_type(decision.status)
reveal_type(decision.missing)
reveal_type(decision.options)
"""
OUTCOMES = (
    "determined",
    "outside_definitions",
    "insufficient_data",
    "conflicting_data",
    "not_applicable",
)
REVEALED = [
    " | ".join(f"Literal['{outcome}']" for outcome in OUTCOMES),
    "str | None",
    "tuple[allstatus.decision.entries.FactQuestion, ...]",
    "tuple[allstatus.decision.entries.Option, ...]",
]
RECORD = ROOT / "fixtures" / "records" / "remission-blasts-exactly-5.json"


def run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed in the environment `venv`."""
    tmp_path = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("allstatus-*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        wheel,
        cwd=tmp_path,
    )
    return tmp_path


@pytest.mark.slow
def test_an_installed_wheel_classifies_with_the_builtin_engine(installed: Path) -> None:
    tmp_path, python = installed, installed / "venv" / "bin" / "python"
    decision = json.loads(
        run(
            tmp_path / "venv" / "bin" / "allstatus",
            "classify",
            RECORD,
            "--format",
            "json",
            cwd=tmp_path,
        )
    )
    assert (decision["status"], decision["engine"]) == ("in_remission", "builtin")
    assert "5 % is on the line" in run(
        python, "-m", "allstatus", "classify", RECORD, "--level", "student", cwd=tmp_path
    )
    bundle = ROOT / "fixtures" / "fhir" / "12-second-remission-of-the-marrow.json"
    charted = run(
        python,
        "-m",
        "allstatus",
        "classify",
        bundle,
        "--assume",
        "symptoms-absent-unless-recorded",
        cwd=tmp_path,
    )
    assert "remission number 2" in charted
    asked = [python, "-m", "allstatus", "classify", RECORD, "--engine", "durable"]
    refused = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert refused.returncode == 4
    assert "pip install 'allstatus[durable]'" in refused.stderr


@pytest.mark.slow
def test_a_script_is_checked_by_the_types_of_the_installed_wheel(installed: Path) -> None:
    python, typed = installed / "venv" / "bin" / "python", installed / "user.py"
    typed.write_text(USER, "utf-8")
    told = run(
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-executable",
        python,
        typed,
        cwd=installed,
    )
    revealed = [line.split('Revealed type is "')[1] for line in told.splitlines() if "Reve" in line]
    assert [kind.removesuffix('"').replace("builtins.", "") for kind in revealed] == REVEALED
