"""Every example in the documentation prints what is shown, and every link between files leads
somewhere.

`console` blocks hold `$ commands` with their output, `python` blocks hold `>>>` examples, a `diff`
block names the
file it changes, and any other block that names a file is written to it. A document's blocks run in
order in a scratch
copy of `rules/`, `fixtures/` and `examples/`, so that no example touches the checkout. `...` stands
for any text.
`python tests/test_docs.py` writes the output of today into the documents; read the diff before
committing it. What is
not run stands in `docs_not_run.yaml`, with what holds it instead.
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from command_line import ALLSTATUS

ROOT = Path(__file__).parent.parent
NAMED = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "rules/README.md", "codes/README.md")
DOCUMENTS = [*(ROOT / name for name in NAMED), *sorted((ROOT / "docs").rglob("*.md"))]
IDS = [document.relative_to(ROOT).as_posix() for document in DOCUMENTS]
SLOW = {  # more than a few seconds each
    f"docs/{name}.md"
    for name in (
        "how-to/another-language",
        "how-to/another-page",
        "how-to/lesson",
        "how-to/lesson.es",
        "how-to/port",
        "how-to/property-suite",
        "how-to/warehouse",
        "integrating",
        "scale",
        "start",
        "teaching",
        "testing-kit",
    )
}
EXAMPLES = [
    pytest.param(document, marks=[pytest.mark.slow] if name in SLOW else [])
    for name, document in zip(IDS, DOCUMENTS, strict=True)
]
BLOCK = re.compile(r"^```(\w*) *(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
PROGRAM = f'#!/bin/sh\nexec "{sys.executable}" -m allstatus "$@"\n'
PLAIN = {
    "COLUMNS": "80",
    "NO_COLOR": "1",
    "LC_ALL": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass
class Output:
    """What a document shows (text[start:end]) and what was printed."""

    start: int
    end: int
    shown: str
    printed: str

    @property
    def agrees(self) -> bool:
        """The same text, where `...` stands for anything."""
        return doctest.OutputChecker().check_output(self.shown, self.printed, doctest.ELLIPSIS)

    @property
    def refreshed(self) -> str:
        """The output of today; where the document shows the first lines and then `...`, as many of
        them.
        """
        if not self.shown.endswith("...\n"):
            return self.printed
        lines = self.printed.splitlines(keepends=True)
        return "".join(lines[: self.shown.count("\n") - 1]) + "...\n"


def outputs(text: str) -> Iterator[Output]:
    """Run a document's blocks in order; one Output for each command or Python example."""
    names: dict[str, Any] = {}
    blocks = [b for b in BLOCK.finditer(text) if b[2] or b[1] in ("diff", "console", "python")]
    if not blocks:
        return
    with scratch() as folder:
        for block in blocks:
            language, path, body = block.groups()
            if language == "diff":
                change(folder / path, body)
            elif path:
                (folder / path).write_text(body, "utf-8")
            elif language == "console":
                for found in COMMAND.finditer(body):
                    printed = run_command(found[1].replace("\n> ", "\n"), folder)
                    yield Output(
                        block.start(3) + found.start(2),
                        block.start(3) + found.end(2),
                        found[2],
                        printed,
                    )
            elif language == "python":
                for start, example in python_examples(body):
                    printed = run_python(example.source, names, folder)
                    at = block.start(3) + start
                    yield Output(at, at + len(example.want), example.want, printed)


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder with copies of what the examples read, and beside it the command as this checkout
    has it.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, programs = Path(place) / "scratch", Path(place) / "bin"
        for name in ("rules", "fixtures", "examples"):
            shutil.copytree(ROOT / name, folder / name)
        programs.mkdir()
        (programs / "allstatus").write_text(PROGRAM, "utf-8")
        (programs / "allstatus").chmod(0o755)
        try:
            yield folder
        finally:
            end_what_still_runs(folder)


def end_what_still_runs(folder: Path) -> None:
    """A service that an example started, noted in a `.pid` file, and did not come to end because
    one before it failed.
    """
    for note in folder.glob("*.pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(note.read_text("utf-8")), signal.SIGTERM)


SHELL = re.compile(r"[|<>;&$`*\n]|^(?!allstatus )|^allstatus (serve|audit|batch)\b")


def run_command(command: str, folder: Path) -> str:
    """What a command prints, standard error included: in this process where it is `allstatus`
    alone, by a shell where it needs one or starts what outlives it.
    """
    if not SHELL.search(command):
        with contextlib.chdir(folder):
            result = CliRunner().invoke(
                ALLSTATUS, shlex.split(command)[1:], prog_name="allstatus", env=environment(folder)
            )
        return result.output
    result = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=400,
    )
    return result.stdout


def environment(folder: Path) -> dict[str, str]:
    """The variables of the examples' shell: this Python and this checkout before any other."""
    programs = (
        str(folder.parent / "bin"),
        str(Path(sys.executable).parent),
        os.environ.get("PATH", ""),
    )
    paths = (str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))
    return {
        **os.environ,
        **PLAIN,
        "PATH": os.pathsep.join(programs),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def python_examples(body: str) -> Iterator[tuple[int, doctest.Example]]:
    """Each `>>>` example with the offset at which its output starts."""
    starts = [0]
    for line in body.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for example in doctest.DocTestParser().get_examples(body):
        yield starts[example.lineno + example.source.count("\n")], example


def run_python(source: str, names: dict[str, Any], folder: Path) -> str:
    """What an example prints; an exception as doctest shows it."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.chdir(folder):
        try:
            exec(compile(source, "<document>", "single"), names)
        except Exception as error:
            kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
            print(f"Traceback (most recent call last):\n    ...\n{kind}: {error}")
    return out.getvalue()


def change(path: Path, diff: str) -> None:
    """Replace the lines a diff keeps or removes by those it keeps or adds; with none kept or
    removed, append.
    """
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] != "+")
    new = "".join(line[1:] for line in lines if line[0] != "-")
    text = path.read_text("utf-8") if path.exists() else ""
    assert not old or text.count(old) == 1, (
        f"the diff of {path.name} does not fit the file:\n{diff}"
    )
    path.write_text(text.replace(old, new) if old else text + new, "utf-8")


@pytest.mark.usefixtures("fewest_found_once")
@pytest.mark.parametrize("document", EXAMPLES, ids=IDS)
def test_every_example_prints_what_is_shown(document: Path) -> None:
    for output in outputs(document.read_text("utf-8")):
        if not output.agrees:
            pytest.fail(
                f"shown:\n{output.shown}\nprinted:\n{output.printed}\nrefresh with: python "
                f"tests/test_docs.py"
            )


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_link_between_files_leads_somewhere(document: Path) -> None:
    links = [
        link
        for link in LINK.findall(document.read_text("utf-8"))
        if not link.startswith(("http:", "https:"))
    ]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_decisions_are_numbered_without_gaps_dated_and_short() -> None:
    titles = {
        path.name: path.read_text("utf-8").splitlines()[0]
        for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))
    }
    numbers = [int(name[:4]) for name in titles]
    assert numbers == list(range(1, len(numbers) + 1)), "give it the next number; leave no gap"
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        _, _, date, *rest = path.read_text("utf-8").splitlines()
        assert re.fullmatch(r"\*\d{4}-\d\d-\d\d\*", date), path.name
        assert len(rest) < 40, path.name
    assert [
        title
        for number, title in zip(numbers, titles.values(), strict=True)
        if not title.startswith(f"# {number}. ")
    ] == []


def test_readme_and_guide_hold_examples() -> None:
    counts = {
        name: len(list(BLOCK.finditer((ROOT / name).read_text("utf-8"))))
        for name in ("README.md", "docs/how-it-works.md")
    }
    assert all(counts.values()), counts


def refresh(document: Path) -> int:
    """Write today's outputs into a document; the number that changed."""
    text = document.read_text("utf-8")
    changed = [output for output in outputs(text) if not output.agrees]
    for output in reversed(changed):
        text = text[: output.start] + output.refreshed + text[output.end :]
    document.write_text(text, "utf-8")
    return len(changed)


if __name__ == "__main__":
    for name, document in zip(IDS, DOCUMENTS, strict=True):
        print(f"{name}: {refresh(document)} outputs changed")
