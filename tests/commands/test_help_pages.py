"""The command line says every thing in one way: walked by command, with each example run."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from allstatus.commands.help_pages import BEFORE, help_pages
from command_line import ALLSTATUS
from needs import SERVER
from page_rules import SMALL_PAGE
from test_docs import PLAIN, SHELL, environment, scratch

PAGES = help_pages()
ROOT_COMMAND: Any = ALLSTATUS
MINUTES = ("mutate", "vectors", "conformance", "verify", "batch", "plot")
FOR_EVER = ("serve", "rules preview")
MADE = re.compile(r"(?:FILE|DIR|OUT)$")
ASKS_FOR_PLACES = ("--rejects", "--picture")  # beside what a command is asked for


def commands(group: Any = ROOT_COMMAND, words: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in group.commands.items():
        path = f"{words} {name}".strip()
        if hasattr(inner, "commands"):
            yield from commands(inner, path)
        else:
            yield path, inner


COMMANDS = dict(commands())
GROUPS = ["", *(name for name, one in ROOT_COMMAND.commands.items() if hasattr(one, "commands"))]


def marks_of(name: str, example: str) -> list[pytest.MarkDecorator]:
    """What takes minutes, or asks a running service first, is no part of `make test`."""
    if name.split(maxsplit=1)[0] in MINUTES:
        return [pytest.mark.slow]
    return [SERVER] if name in FOR_EVER or reads_an_audit(example) else []


def reads_an_audit(example: str) -> bool:
    """Whether an example is about what a service wrote."""
    return example.startswith("allstatus audit") and "schema" not in example


EXAMPLES = [
    pytest.param(name, example, marks=marks_of(name, example))
    for name, page in PAGES["commands"].items()
    for example in page["examples"]
]


def help_of(command: str, width: int = 80) -> str:
    asked = [*command.split(), "-h"]
    told = CliRunner().invoke(ALLSTATUS, asked, prog_name="allstatus", env={"COLUMNS": str(width)})
    assert told.exit_code == 0
    return told.output


def test_every_command_stands_in_one_group_and_has_two_examples() -> None:
    grouped = [name for names in PAGES["groups"].values() for name in names]
    assert sorted(grouped) == sorted(ROOT_COMMAND.commands)
    assert sorted(PAGES["commands"]) == sorted(COMMANDS)
    odd = [name for name, page in PAGES["commands"].items() if len(page["examples"]) != 2]
    assert odd == []
    used = [
        name
        for name, page in PAGES["commands"].items()
        if not all(f"allstatus {name}" in example for example in page["examples"])
    ]
    assert used == []


@pytest.mark.parametrize("command", [*GROUPS, *COMMANDS])
def test_help_is_whole_at_80_columns(command: str) -> None:
    text = help_of(command)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    assert "..." not in text.replace("[ARGS]...", "")
    assert re.search("<(str|path|bool|int|float)( range)?>", text) is None
    assert "Exit status:\n  0   done" in text
    examples = re.findall("^  (.+)$", text.partition("\nExamples:\n")[2], re.MULTILINE)
    assert len(examples) == 2
    if command in COMMANDS:
        assert examples == PAGES["commands"][command]["examples"]
        shown = " ".join(text.split())
        for parameter in COMMANDS[command].params:
            default = parameter.default
            if isinstance(default, int | str) and not isinstance(default, bool) and default:
                assert f"default: {getattr(default, 'value', default)}" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_options_are_spelled_in_one_way(command: str) -> None:
    options = {name: one for one in COMMANDS[command].params for name in one.opts}
    long = {name for name in options if name.startswith("--")}
    assert long.isdisjoint(BEFORE)
    assert ("-o" in options) == ("--output" in options)
    if "--output" in options:
        assert options["-o"] is options["--output"]
    if "--rules" in options:
        assert options["--rules"].metavar == "DIR"
    written = [one for one in long if re.search(r"(?i)^(draw|write)", str(options[one].help))]
    assert {one for one in written if one not in ASKS_FOR_PLACES} <= {"--output", "--update"}
    assert "format" not in options


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """A checkout's folder, with what somebody has who is asked for files of their own."""
    with scratch() as folder:
        shutil.copytree(folder / "rules" / "nci-pdq-adult-all-patient", folder / "my-rules")
        shutil.copytree(folder / "my-rules", folder / "next-rules")
        for tables in (folder / "my-codes", folder / "site" / "codes"):
            tables.mkdir(parents=True)
            (tables / "systems.yaml").write_text("{}\n", "utf-8")
        page = SMALL_PAGE.read_text("utf-8") + "In remission the bone marrow is clear.\n"
        (folder / "page.md").write_text(page, "utf-8")
        (folder / "mine.py").write_text(MINE, "utf-8")
        (folder / "test_mine.py").write_text(MY_SUITE, "utf-8")
        settings = f"insecure_dev: true\naudit: {folder}/audit.sqlite\n"
        (folder / "service.yaml").write_text(settings, "utf-8")
        demo = (folder / "examples" / "demo.ndjson").read_bytes()
        with contextlib.chdir(folder):
            told = CliRunner().invoke(ALLSTATUS, ["classify", "-"], input=demo, env=PLAIN)
        (folder / "decisions.ndjson").write_text(told.output, "utf-8")
        yield folder


# What is checked does not hold: another page than the rules', and what says nothing of a record.
DO_NOT_HOLD = {
    "allstatus rules drift page.md",
    "allstatus rules drift page.md --format json",
    "allstatus rules coverage page.md",
    "allstatus rules coverage page.md --format markdown",
    'allstatus conformance --cmd "python3 mine.py" --vectors examples/vectors',
    'allstatus conformance --cmd "python3 mine.py" --level core',
    'allstatus mutate --suite "pytest -q test_mine.py" --sample 3',
}
NOT_RUN = re.compile("can't open file|the command ended|nothing was answered")
MINE = "import sys\nfor line in sys.stdin:\n    print('{}')\n"
MY_SUITE = "def test_nothing():\n    pass\n"


@pytest.mark.usefixtures("fewest_found_once")
@pytest.mark.parametrize(("command", "example"), EXAMPLES)
def test_every_example_runs(command: str, example: str, checkout: Path) -> None:
    if command in FOR_EVER:
        return runs_until_ended(f"{example} --port 0", checkout)
    if reads_an_audit(example) and not (checkout / "audit.sqlite").exists():
        runs_until_ended("allstatus serve --config service.yaml --port 0", checkout)
    status = int(example in DO_NOT_HOLD)
    assert not status or "exit_1" in PAGES["commands"][command]
    if not SHELL.search(example):
        with contextlib.chdir(checkout):
            told = CliRunner().invoke(ALLSTATUS, shlex.split(example)[1:], env=PLAIN)
        assert told.exit_code == status, told.output
        assert NOT_RUN.search(told.output) is None
        return None
    done = subprocess.run(
        ["sh", "-c", example],
        cwd=checkout,
        env=environment(checkout),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=500,
    )
    assert done.returncode == status, done.stderr
    return None


def runs_until_ended(command: str, folder: Path) -> None:
    """A service says that it listens, and ends when it is asked to."""
    words = [sys.executable, "-m", "allstatus", *shlex.split(command)[1:]]
    surroundings = environment(folder) | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        words,
        cwd=folder,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as running:
        assert running.stdout is not None
        said = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        said += running.stdout.read()
    assert "Traceback" not in said
    assert "http" in said or "started" in said.lower(), said


def test_spellings_of_before_go_on_working(tmp_path: Path) -> None:
    def told(*words: str) -> str:
        result = CliRunner().invoke(ALLSTATUS, words, env=PLAIN | {"HOME": os.fspath(tmp_path)})
        assert result.exit_code == 0, result.output
        return result.stdout

    assert told("verify", "--json") == told("verify", "--format=json")
    assert told("about", "--json") == told("about", "--format", "json")
    assert told("rules", "export", "--to=cql") == told("rules", "export", "--format", "cql")
    named = "nci-pdq-adult-all-health-professional"
    assert told("rules", "show", named) == told("rules", "show", "--rules", named)
    told("schema", "rules", "--to", f"{tmp_path}/schemas")
    told("fhir", "definitions", "--out", f"{tmp_path}/definitions")
    assert {path.name for path in tmp_path.iterdir()} == {"schemas", "definitions"}


def test_a_value_that_an_option_cannot_have_is_named_with_those_it_can() -> None:
    told = CliRunner().invoke(ALLSTATUS, ["facts", "-", "--format", "jsn"])
    assert told.exit_code == 2
    assert "'--format'" in told.output  # click 8.2 puts "(env var: 'None')" after it
    assert ": 'jsn' is not one of 'text'" in told.output
