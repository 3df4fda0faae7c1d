"""YAML read strictly and within bounds: each limit, and just past it."""

from pathlib import Path

import pytest

from allstatus.record.yaml_file import LARGEST, YamlFile
from allstatus.record.yaml_parser import DEEPEST, MOST


def read(folder: Path, text: str) -> YamlFile:
    path = folder / "rules" / "a.yaml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    return YamlFile(path, path.parent)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def doubled(times: int) -> str:
    """Each line stands for ten of the line before it."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, times)]
    return "\n".join(lines)


BOUNDS = {
    "as deep as may be": (nested(DEEPEST + 1), ""),
    "one deeper": (nested(DEEPEST + 2), f"the file is nested more than {DEEPEST} deep"),
    "within itself": ("a: &a [*a]", f"the file is nested more than {DEEPEST} deep"),
    "as many as may be": (f"[{'x,' * (MOST - 1)}]", ""),
    "one more": (f"[{'x,' * MOST}]", f"the file holds more than {MOST} entries"),
    "many by aliases": (doubled(9), f"the file holds more than {MOST} entries"),
    "as long as may be": ("a: " + "x" * (LARGEST - 3), ""),
    "one longer": ("a: " + "x" * (LARGEST - 2), f"the file is longer than {LARGEST} characters"),
}


@pytest.mark.parametrize(("text", "problem"), BOUNDS.values(), ids=BOUNDS)
def test_a_file_is_read_up_to_its_bounds(tmp_path: Path, text: str, problem: str) -> None:
    file = read(tmp_path, text)
    if problem:
        assert [found.partition("; ")[0] for found in file.problems] == [
            f"rules/a.yaml:1: {problem}"
        ]
        assert file.data is None
    else:
        assert file.problems == []
        assert file.data is not None


def test_lines_and_values_are_kept_as_written(tmp_path: Path) -> None:
    file = read(tmp_path, "day: 2026-01-05\nlimit: 5.10\nlist:\n- one\n- 2\nsame: *x\n"[:-9])
    assert file.data == {"day": "2026-01-05", "limit": file.data["limit"], "list": ["one", 2]}
    assert str(file.data["limit"]) == "5.10"
    assert (file.line(("list", 1)), file.line(("list", 9)), file.line(("none",))) == (5, 3, 1)


PROBLEMS = {
    "twice": ("a: 1\na: 2", ["rules/a.yaml:2: key 'a' stands twice (first on line 1); keep one"]),
    "a word": (
        "a: yes",
        [
            "rules/a.yaml:1: YAML reads 'yes' as true or false; write \"yes\" in quotes for the "
            "word, else true or false"
        ],
    ),
    **{
        text: (
            text,
            ["rules/a.yaml:1: the file is empty; write its keys, or {} where none is meant"],
        )
        for text in ("", "\ufeff", "# nothing", "---", "---\n...\n", "~", "null", "!!null ''", "&a")
    },
}


@pytest.mark.parametrize(("text", "problems"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_yaml_would_pass_over_is_a_problem(
    tmp_path: Path, text: str, problems: list[str]
) -> None:
    assert read(tmp_path, text).problems == problems
