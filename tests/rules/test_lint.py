"""Every way a rule set is refused: one broken copy of the shipped rules per message, in
tests/bad_rules/.

A case says what to `change` (replace text, write, append to, rename or delete a file, in another
`encoding`), whether the copy is loaded `locked`, and the complete messages with which it is
`refused`.
"""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import allstatus
from allstatus import RulesError, load_rules
from allstatus.rules.editions import find_rules
from allstatus.rules.lint import CHECKS
from allstatus.verify.rule_examples import failing_examples
from command_line import run

CASES = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parents[1] / "bad_rules").glob("*.yaml"))
}
SPEAKERS = (
    "rules/builder.py",
    "rules/load.py",
    "rules/lint.py",
    "rules/lock.py",
    "rules/stated_facts.py",
    "rules/shape_problems.py",
    "table/decision_table.py",
)


def broken_copy(case: dict[str, Any], folder: Path) -> Path:
    """A copy of the shipped rule set, called `mine`, with a case's changes."""
    copy = Path(shutil.copytree(find_rules(), folder / "mine"))
    for change in case["change"]:
        apply(change, copy / change["file"], change.get("encoding", "utf-8"))
    return copy


def apply(change: dict[str, Any], path: Path, encoding: str) -> None:
    if "replace" in change:
        text = path.read_text("utf-8")
        assert text.count(change["replace"]) >= 1, (
            f"{path.name} does not hold {change['replace']!r}"
        )
        path.write_text(text.replace(change["replace"], change["with"], 1), encoding)
    elif "append" in change:
        path.write_text(path.read_text("utf-8") + change["append"], encoding)
    elif "write" in change:
        path.write_text(change["write"], encoding)
    elif "link" in change:
        path.symlink_to(change["link"])
    elif "rename" in change:
        path.rename(path.with_name(change["rename"]))
    else:
        assert change["delete"] is True
        path.unlink()


def refusals(case: dict[str, Any], folder: Path) -> list[str]:
    copy = broken_copy(case, folder)
    with pytest.raises(RulesError) as refused:
        load_rules(copy, engine="builtin", locked=case.get("locked", False))
    return [problem.replace(str(copy), "mine") for problem in refused.value.problems]


@pytest.mark.parametrize("name", CASES)
def test_a_broken_rule_set_is_refused_with_exactly_these_messages(
    name: str, tmp_path: Path
) -> None:
    assert refusals(CASES[name], tmp_path) == CASES[name]["refused"]


def test_an_unchanged_copy_of_the_shipped_rules_loads(tmp_path: Path) -> None:
    assert load_rules(broken_copy({"change": []}, tmp_path), engine="builtin").ruleset.id


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_lint_has_a_case_of_its_name(check: Any) -> None:
    assert check.__name__ in CASES


def messages(module: str) -> Iterator[str]:
    """Regular expressions of the messages a module can give: its strings with a remedy after a
    semicolon.
    """
    tree = ast.parse((Path(allstatus.__file__).parent / module).read_text("utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if id(node) in documentation | inside or not isinstance(node, ast.JoinedStr | ast.Constant):
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
        if any(isinstance(text, str) and "; " in text for text in texts):
            yield ".*".join(re.escape(str(text)) for text in texts if text is not None)


@pytest.mark.parametrize("module", SPEAKERS)
def test_every_message_has_a_case(module: str) -> None:
    said = [message for case in CASES.values() for message in case["refused"]]
    unsaid = [
        message
        for message in messages(module)
        if not any(re.search(message, text) for text in said)
    ]
    assert not unsaid


def test_every_message_is_one_line_with_file_line_and_remedy() -> None:
    for message in (message for case in CASES.values() for message in case["refused"]):
        assert re.fullmatch(r"mine/[\w./-]+:\d+: [^\n]+; [^\n]+[^.\n]", message), message
        assert not re.search(r"Input should|pydantic|Shape|\bNone\b|\bTrue\b", message), message


def test_an_example_that_is_no_record_fails_like_any_other(tmp_path: Path) -> None:
    change = {
        "file": "statuses/untreated.yaml",
        "replace": "{prior_treatment: none, cbc",
        "with": "{prior_treatment: none, cbcc",
    }
    classifier = load_rules(
        broken_copy({"change": [change]}, tmp_path), engine="builtin", locked=False
    )
    (failure,) = failing_examples(classifier)
    assert failure == (
        "mine/statuses/untreated.yaml:30: example 'just under the limit': is no record (cbcc: is "
        "not a key of a record "
        "(did you mean 'cbc'?); remove it or use a key of `allstatus schema record`); correct the "
        "example"
    )


def test_rules_check_prints_every_problem_on_its_own_line_and_ends_with_four(
    tmp_path: Path,
) -> None:
    case = CASES["several_in_one_go"]
    copy = broken_copy(case, tmp_path)
    result = run("rules", "check", copy)
    assert result.stderr.splitlines() == [f"error: {message}" for message in case["refused"]]
    assert (result.returncode, result.stdout) == (4, "")
