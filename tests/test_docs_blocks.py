"""Every block of the documents that is not run is held some other way, or says why not."""

import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
import yaml

from allstatus.commands import app
from test_docs import BLOCK, DOCUMENTS, ROOT

NOT_RUN = yaml.safe_load((ROOT / "tests/docs_not_run.yaml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RULE_FILES = [
    path.read_text("utf-8").replace("- criterion: ", "- ").splitlines()
    for path in sorted((ROOT / "rules").rglob("*.yaml"))
]
EXTRA = re.compile(r"(?:allstatus|\.)\[([\w,]+)\]")
MACHINE = {
    "curl",
    "cd",
    "chown",
    "export",
    "install",
    "ln",
    "mkdir",
    "psql",
    "rm",
    "systemctl",
    ".",
}
OTHERS = MACHINE | {"marimo", "python3", "python"}


def not_run() -> Iterator[tuple[str, str, str]]:
    """Document, language and body of each block that test_docs.py leaves alone."""
    for document in DOCUMENTS:
        for block in BLOCK.finditer(document.read_text("utf-8")):
            language, path, body = block.groups()
            if (
                not path
                and language != "console"
                and not (language == "python" and body.startswith(">>>"))
            ):
                yield document.relative_to(ROOT).as_posix(), language, body


def shell_lines(body: str) -> list[str]:
    """The commands of a block, without the output where it shows some."""
    lines = body.replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")] or lines


BLOCKS = list(not_run())
SHELL = [
    (name, line)
    for name, language, body in BLOCKS
    if language in ("sh", "")
    for line in shell_lines(body)
]


def listed(document: str, body: str) -> dict[str, str] | None:
    return next(
        (
            entry
            for entry in NOT_RUN
            if entry["in"] == document and body.startswith(entry["starts"])
        ),
        None,
    )


def is_excerpt(body: str) -> bool:
    """Whether the lines stand in one rule file in this order; `…` stands for any text, and a
    criterion for an entry with it.
    """
    lines = [
        re.compile(r"\s*" + ".*".join(map(re.escape, line.strip().split("…"))) + r"\s*")
        for line in body.splitlines()
    ]
    return any(in_order(lines, file) for file in RULE_FILES)


def in_order(lines: list[re.Pattern[str]], file: list[str]) -> bool:
    rest = iter(file)
    return all(any(line.fullmatch(found) for found in rest) for line in lines)


@pytest.mark.parametrize(
    ("document", "language", "body"),
    BLOCKS,
    ids=[f"{name}:{body[:24]!r}" for name, _, body in BLOCKS],
)
def test_what_is_not_run_is_held_otherwise(document: str, language: str, body: str) -> None:
    if language not in ("sh", ""):
        assert listed(document, body) or (language == "yaml" and is_excerpt(body)), (
            "run it, or list it in tests/docs_not_run.yaml"
        )


def test_nothing_is_listed_that_is_gone() -> None:
    found = [listed(document, body) for document, _, body in BLOCKS]
    assert [entry for entry in NOT_RUN if entry not in found] == []


@pytest.mark.parametrize(
    ("document", "line"), SHELL, ids=[f"{name}:{line[:40]}" for name, line in SHELL]
)
def test_a_shell_line_uses_what_there_is(document: str, line: str) -> None:  # noqa: ARG001 (the document names the test)
    words = shlex.split(line, comments=True)
    if not words:
        return
    program, *rest = words
    if program == "allstatus":
        assert list(unknown_words(rest)) == []
    elif program == "make":
        assert set(rest) <= set(
            re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        )
    elif program == "pytest":
        plugin = (ROOT / "src/allstatus/testing/pytest_plugin.py").read_text("utf-8")
        assert all(f'"{word}"' in plugin for word in rest if word.startswith("--allstatus"))
    else:
        assert program.rpartition("/")[2] in OTHERS | {"pip"} or rest == ["-m", "venv", ".venv"], (
            f"what holds a line of {program}?"
        )


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
)
def test_every_extra_that_is_named_exists(document: Path) -> None:
    named = {
        extra for found in EXTRA.findall(document.read_text("utf-8")) for extra in found.split(",")
    }
    assert named <= set(PROJECT["optional-dependencies"])


def unknown_words(words: list[str]) -> Iterator[str]:
    """Commands and options of a line that the command line does not have; `a|b` and `[...]` as in a
    usage line.
    """
    command = typer.main.get_command(app)
    words = [word.strip("[]") for word in words]
    while words and getattr(command, "commands", None):
        names = words.pop(0).split("|")
        if names[0].isupper():
            return
        yield from (name for name in names if name not in command.commands)
        command = command.commands.get(names[0])
        if command is None:
            return
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    given = [word.partition("=")[0] for word in words if word.startswith("-") and len(word) > 1]
    yield from (word for word in given if word not in known)


def settings(body: str, tmp_path: Path) -> None:
    config = pytest.importorskip("allstatus.service.config", reason="needs the extra service")
    (tmp_path / "site.yaml").write_text(body, "utf-8")
    assert (
        config.read_config(tmp_path / "site.yaml").base_url == "https://cds.example.org/allstatus"
    )


def problem(body: str, tmp_path: Path) -> None:
    testclient = pytest.importorskip("starlette.testclient", reason="needs the extra service")
    from allstatus.service.app import make_app
    from allstatus.service.config import Config

    asked = re.search(r"-d '([^']*)'", (ROOT / "docs/serving.md").read_text("utf-8"))
    assert asked
    config = Config.model_validate({"insecure_dev": True, "audit": tmp_path / "audit.db"})
    with testclient.TestClient(make_app(config), base_url="http://127.0.0.1:8000") as client:
        answer = client.post(
            "/classify", content=asked[1], headers={"Content-Type": "application/json"}
        )
    assert answer.json() == json.loads(body)


CHECKS: dict[str, Callable[[str, Path], None]] = {"settings": settings, "problem": problem}


@pytest.mark.parametrize(
    "entry", [entry for entry in NOT_RUN if "held_by" in entry], ids=lambda entry: entry["held_by"]
)
def test_what_a_check_holds(entry: dict[str, str], tmp_path: Path) -> None:
    (body,) = (
        body
        for document, _, body in BLOCKS
        if document == entry["in"] and body.startswith(entry["starts"])
    )
    CHECKS[entry["held_by"]](body, tmp_path)
