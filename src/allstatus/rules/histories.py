"""The patients made up for the page of a rule set, from its `histories.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allstatus.errors import RulesError
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.language_texts import ENGLISH, FOLDER, find_translation
from allstatus.rules.rule_texts import HISTORIES, is_rule_text
from allstatus.rules.shape_problems import shape_problems


def read_histories(directory: Path, language: str = ENGLISH) -> list[Any]:
    """Each with its `title` and `points` (`when`, `note`, `record`), in a language; none where a
    rule set has no such file. Raises RulesError for one that does not fit its shape.
    """
    path = directory / f"{HISTORIES}.yaml"
    if not path.is_file():
        return []
    file = YamlFile(path, directory)
    if problems := [*file.problems, *shape_problems(file, HISTORIES)]:
        raise RulesError(problems)
    translation = find_translation(directory / FOLDER, language, directory.name)
    said = file.data
    if translation is not None:
        said = translation.applied(said, is_rule_text, (HISTORIES,))
    return list(said)
