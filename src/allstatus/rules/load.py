"""From a folder of YAML files to a checked RuleSet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from allstatus.errors import RulesError, nearest
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.builder import Builder
from allstatus.rules.lint import lint
from allstatus.rules.ruleset import RuleSet
from allstatus.rules.shape_problems import shape_problems

SINGLE_FILES = ("ruleset", "thresholds", "facts", "criteria", "constraints", "regions", "guidance")
READ_WHEN_NEEDED = ("promises", "coverage")  # nothing that decides on a patient
FOLDERS = {"statuses": "status", "options": "options"}


def read_rules(directory: Path) -> RuleSet:
    """Read, check and lint a rule-set folder; raises RulesError listing every problem found."""
    files = {name: YamlFile(directory / f"{name}.yaml", directory) for name in SINGLE_FILES}
    folders = {
        kind: [YamlFile(path, directory) for path in sorted((directory / kind).glob("*.yaml"))]
        for kind in FOLDERS
    }
    shaped = [(file, name) for name, file in files.items()]
    shaped += [(file, FOLDERS[kind]) for kind in FOLDERS for file in folders[kind]]
    unreadable = [
        problem
        for file, shape in shaped
        for problem in [*file.problems, *shape_problems(file, shape)]
    ]
    _refuse([*_strangers(directory), *unreadable])
    builder = Builder(files, folders)
    ruleset = builder.build(directory)
    _refuse(builder.problems)
    _refuse(lint(ruleset, files, folders))
    return ruleset


def _refuse(problems: list[str]) -> None:
    if problems:
        raise RulesError(problems)


def _strangers(directory: Path) -> Iterator[str]:
    """YAML files that no rule set has: a misspelled name must not hide a file."""
    expected = [f"{name}.yaml" for name in (*SINGLE_FILES, *READ_WHEN_NEEDED)]
    for path in sorted([*directory.rglob("*.yaml"), *directory.rglob("*.yml")]):
        name = path.relative_to(directory).as_posix()
        in_folder = path.suffix == ".yaml" and path.parent in [directory / kind for kind in FOLDERS]
        if name not in expected and not in_folder:
            yield (
                f"{directory.name}/{name}:1: no rule file has this name{nearest(name, expected)}; "
                f"rename or remove it"
            )
