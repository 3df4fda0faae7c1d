"""From a folder of YAML files to a checked RuleSet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from allstatus.errors import RulesError, nearest
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.builder import Builder
from allstatus.rules.fact_sets import set_problems, spell_out_sets
from allstatus.rules.histories import read_histories
from allstatus.rules.language_texts import ENGLISH, FOLDER, find_translation, texts_in
from allstatus.rules.lint import lint
from allstatus.rules.rule_texts import (
    HISTORIES,
    in_language,
    is_rule_text,
    rule_texts,
    translate_files,
)
from allstatus.rules.ruleset import RuleSet
from allstatus.rules.shape_problems import shape_problems

SINGLE_FILES = ("ruleset", "thresholds", "facts", "criteria", "constraints", "regions", "guidance")
READ_WHEN_NEEDED = ("promises", "coverage", "histories")  # nothing that decides on a patient
FOLDERS = {"statuses": "status", "options": "options"}


def read_rules(directory: Path, language: str = ENGLISH) -> RuleSet:
    """Read, check and lint a rule-set folder, its texts in a language that it has; raises
    RulesError listing every problem found.
    """
    files, folders = _read_files(directory)
    translation = translate_files(directory, language, files, folders)
    ruleset = _build(directory, files, folders)
    return ruleset if translation is None else in_language(ruleset, translation)


def check_what_is_read_later(directory: Path) -> None:
    """Read what a rule set has beside what decides: promises, the page's sentences, histories and
    texts in other languages; raises RulesError listing what does not fit its shape.
    """
    later = [(directory / f"{name}.yaml", name) for name in READ_WHEN_NEEDED]
    later += [(path, "texts") for path in sorted((directory / FOLDER).glob("*.yaml"))]
    there = ((YamlFile(path, directory), name) for path, name in later if os.path.lexists(path))
    _refuse(_unfit(there))


def translation_faults(directory: Path, language: str) -> list[str]:
    """What a language's file of a rule set lacks or has wrongly; raises RulesError where the rules
    are refused or have no such file.
    """
    translation = find_translation(directory / FOLDER, language, directory.name)
    return [] if translation is None else list(translation.faults(english_texts(directory)))


def english_texts(directory: Path) -> dict[str, str]:
    """Every text of a rule set by its path; raises RulesError where the rules are refused."""
    files, folders = _read_files(directory)
    histories = texts_in(read_histories(directory), is_rule_text, (HISTORIES,))
    return {**rule_texts(_build(directory, files, folders), files, folders), **dict(histories)}


def _read_files(directory: Path) -> tuple[dict[str, YamlFile], dict[str, list[YamlFile]]]:
    """The files that decide, each of the right shape."""
    files = {name: YamlFile(directory / f"{name}.yaml", directory) for name in SINGLE_FILES}
    folders = {
        kind: [YamlFile(path, directory) for path in sorted((directory / kind).glob("*.yaml"))]
        for kind in FOLDERS
    }
    shaped = [(file, name) for name, file in files.items()]
    shaped += [(file, FOLDERS[kind]) for kind in FOLDERS for file in folders[kind]]
    _refuse([*_strangers(directory), *_unfit(shaped)])
    _refuse(list(set_problems(files["facts"])))
    return {**files, "facts": spell_out_sets(files["facts"])}, folders


def _build(
    directory: Path, files: dict[str, YamlFile], folders: dict[str, list[YamlFile]]
) -> RuleSet:
    builder = Builder(files, folders)
    ruleset = builder.build(directory)
    _refuse(builder.problems)
    _refuse(lint(ruleset, files, folders))
    return ruleset


def _unfit(shaped: Iterable[tuple[YamlFile, str]]) -> list[str]:
    return [
        problem
        for file, shape in shaped
        for problem in [*file.problems, *shape_problems(file, shape)]
    ]


def _refuse(problems: list[str]) -> None:
    if problems:  # each once: members of a set share their lines
        raise RulesError(list(dict.fromkeys(problems)))


def _strangers(directory: Path) -> Iterator[str]:
    """YAML files that no rule set has: a misspelled name must not hide a file."""
    expected = [f"{name}.yaml" for name in (*SINGLE_FILES, *READ_WHEN_NEEDED)]
    for path in sorted([*directory.rglob("*.yaml"), *directory.rglob("*.yml")]):
        name = path.relative_to(directory).as_posix()
        known = [directory / kind for kind in (*FOLDERS, FOLDER)]
        in_folder = path.suffix == ".yaml" and path.parent in known
        if name not in expected and not in_folder:
            yield (
                f"{directory.name}/{name}:1: no rule file has this name{nearest(name, expected)}; "
                f"rename or remove it"
            )
