"""A rule set's files as data, to build it with some of them changed, or to write the changed copy."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from allstatus.classify import Classifier
from allstatus.engines.builtin import BuiltinEngine
from allstatus.rules.load import FOLDERS, SINGLE_FILES, Builder
from allstatus.rules.lock import write_lock
from allstatus.rules.yaml_file import YamlFile
from allstatus.table import DecisionTable

Changed = Mapping[str, Any]  # new data by file name within the folder


class RuleFiles:
    """The files of a rule set that was loaded before; `data` by name within the folder (`statuses/recurrent.yaml`)."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        paths = [directory / f"{name}.yaml" for name in SINGLE_FILES]
        paths += [path for folder in FOLDERS for path in sorted((directory / folder).glob("*.yaml"))]
        self._files = {path.relative_to(directory).as_posix(): YamlFile(path, directory) for path in paths}
        self.data = {name: file.data for name, file in self._files.items()}

    def folder(self, name: str) -> dict[str, Any]:
        """The data of the files in one subfolder."""
        return {path: data for path, data in self.data.items() if path.startswith(f"{name}/")}

    def build(self, changed: Changed) -> Classifier:
        """The rule set with these files changed. Nothing is checked: a mutant need not be a rule set one would accept."""
        files = {name: self._with(name, changed) for name in self._files}
        single = {name: files[f"{name}.yaml"] for name in SINGLE_FILES}
        folders = {folder: [file for name, file in files.items() if name.startswith(f"{folder}/")] for folder in FOLDERS}
        rules = Builder(single, folders).build(self.directory)
        return Classifier(rules, DecisionTable(rules, BuiltinEngine(rules)))

    def write(self, changed: Changed, target: Path) -> None:
        """A copy of the folder with these files changed and the lock written anew, for a suite that loads rules."""
        shutil.copytree(self.directory, target)
        for name, data in changed.items():
            text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
            (target / name).write_text(text, "utf-8", newline="\n")
        mutant = RuleFiles(target).build({})
        write_lock(target, mutant.ruleset.digest, mutant.table.csv)

    def _with(self, name: str, changed: Changed) -> YamlFile:
        file = self._files[name]
        if name in changed:
            file = copy.copy(file)
            file.data = changed[name]
        return file


class _Dumper(yaml.SafeDumper):
    """Writes decimals as they stand, digit by digit."""


_Dumper.add_representer(Decimal, lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", f"{number:f}"))
