"""The first five minutes to the letter: from wheel, sdist and clone, each in a new environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from test_docs import BLOCK, COMMAND, PLAIN, ROOT, Output

START = (ROOT / "docs" / "start.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
INSTALL = "pip install '.[html]'"
BUILT = ("pyproject.toml", "Makefile", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md")
FOLDERS = ("src", "rules", "codes", "examples", "docs")
CLEAN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | PLAIN
pytestmark = pytest.mark.slow


def shell(script: str, folder: Path) -> str:
    """What a script prints, standard error included; it must succeed."""
    path = f"{Path(sys._base_executable).parent}{os.pathsep}{os.environ['PATH']}"  # type: ignore[attr-defined]
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=folder,
        env=CLEAN | {"PATH": path, "PIP_QUIET": "3", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone holds, as far as somebody needs it who starts."""
    folder = tmp_path_factory.mktemp("clone")
    for name in BUILT:
        shutil.copy(ROOT / name, folder)
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


@pytest.fixture(scope="module")
def built(clone: Path) -> Path:
    """The folder with the wheel and the sdist."""
    command = [sys.executable, "-m", "build", "--outdir", str(clone / "dist"), str(clone)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return clone / "dist"


@pytest.mark.parametrize("kind", ["clone", "*.whl", "*.tar.gz"])
def test_the_five_minutes_to_the_letter(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "clone":
        folder, text = request.getfixturevalue("clone"), START
    else:
        (file,) = request.getfixturevalue("built").glob(kind)
        folder, text = tmp_path, START.replace(INSTALL, f"pip install '{file}[html]'")
    installed, told = "", []
    for language, path, body in BLOCK.findall(text):
        if path:
            (folder / path).write_text(body, "utf-8")
        elif language == "sh":
            shell(body, folder)
            installed = ". .venv/bin/activate\n"
        elif language == "console":
            for command, shown in COMMAND.findall(body):
                printed = shell(installed + command.replace("\n> ", "\n"), folder)
                told.append(Output(0, 0, shown, printed))
    assert [(one.shown, one.printed) for one in told if not one.agrees] == []
    assert len(told) == 8


def test_the_demonstration_prints_what_the_readme_shows_first(clone: Path) -> None:
    shutil.rmtree(clone / ".venv", ignore_errors=True)
    printed = shell("make demo", clone)
    block = next(body for language, _, body in BLOCK.findall(README) if language == "console")
    ((command, shown),) = COMMAND.findall(block)
    assert command in (ROOT / "Makefile").read_text("utf-8").replace("$(BIN)/", "")
    assert shown in printed
    assert "What would settle it" in printed
    packages = {path.name.split("-")[0] for path in clone.glob(".venv/lib/*/site-packages/*-info")}
    assert packages.isdisjoint({"pyarrow", "pyspark", "jinja2", "matplotlib", "pytest"})
