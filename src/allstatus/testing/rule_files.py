"""The files of rules as data, to build them with some changed, or to write the changed copy."""

from __future__ import annotations

import copy
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from allstatus.decision.applicability import Applicability
from allstatus.decision.classifier import Classifier
from allstatus.record.yaml_file import YamlFile
from allstatus.rules import indications
from allstatus.rules.builder import Builder
from allstatus.rules.fact_sets import spell_out_sets
from allstatus.rules.load import FOLDERS, SINGLE_FILES
from allstatus.rules.lock import write_lock
from allstatus.table.decision_table import DecisionTable
from allstatus.table.engines.builtin import BuiltinEngine

Changed = Mapping[
    str, Any
]  # new data by file name within the folder; None for a file that is left out
AGENTS = "agents"


class Files(ABC):
    """The files of a folder of rules that was loaded before; `data` by name within it
    (`statuses/<name>.yaml`).
    """

    def __init__(self, directory: Path, names: Iterable[str], folders: Iterable[str]) -> None:
        self.directory = directory
        paths = [directory / f"{name}.yaml" for name in names]
        paths += [
            path for folder in folders for path in sorted((directory / folder).glob("*.yaml"))
        ]
        self._files = {
            path.relative_to(directory).as_posix(): YamlFile(path, directory) for path in paths
        }
        self.data = {name: file.data for name, file in self._files.items()}

    def folder(self, name: str) -> dict[str, Any]:
        """The data of the files in one subfolder."""
        return {path: data for path, data in self.data.items() if path.startswith(f"{name}/")}

    def write(self, changed: Changed, target: Path) -> None:
        """A copy of the folder with these files changed and the lock written anew, for a suite that
        loads rules.
        """
        shutil.copytree(self.directory, target)
        for name, data in changed.items():
            if data is None:
                (target / name).unlink()
                continue
            text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
            (target / name).write_text(text, "utf-8", newline="\n")
        self.lock(target)

    @abstractmethod
    def lock(self, target: Path) -> None:
        """Write the decision table and the lock of a folder of such files."""

    def _changed(self, changed: Changed) -> dict[str, YamlFile]:
        return {
            name: self._with(name, changed)
            for name in self._files
            if changed.get(name, ...) is not None
        }

    def _with(self, name: str, changed: Changed) -> YamlFile:
        file = self._files[name]
        if name in changed:
            file = copy.copy(file)
            file.data = changed[name]
        return file


class RuleFiles(Files):
    """The files of a rule set."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, SINGLE_FILES, FOLDERS)

    def build(self, changed: Changed, *, applicability: bool = True) -> Classifier:
        """The rule set with these files changed, with the shipped stated uses or without. Nothing
        is checked: a mutant need not be a rule set one would accept.
        """
        files = self._changed(changed)
        single = {name: files[f"{name}.yaml"] for name in SINGLE_FILES}
        single["facts"] = spell_out_sets(single["facts"])
        folders = {
            folder: [file for name, file in files.items() if name.startswith(f"{folder}/")]
            for folder in FOLDERS
        }
        rules = Builder(single, folders).build(self.directory)
        table = DecisionTable(rules, BuiltinEngine(rules))
        return Classifier(rules, table, applicability=applicability)

    def lock(self, target: Path) -> None:
        """Write the decision table and the lock of a rule set's folder."""
        mutant = RuleFiles(target).build({})
        write_lock(target, mutant.ruleset.digest, mutant.table.csv)


class OverlayFiles(Files):
    """The files of the overlay of stated uses, over the options of one rule set."""

    def __init__(self, applicability: Applicability) -> None:
        super().__init__(applicability.overlay.directory, indications.FILES, [AGENTS])
        self.as_it_is = applicability

    def build(self, changed: Changed) -> Applicability:
        """The overlay with these files changed, the tables of the other agents being those of
        before.

        Its words are not checked, but a table that always or never holds is refused.
        """
        read, before = self._read(changed), self.as_it_is
        same = {
            name: before.fittings[name]
            for name in read.agents
            if _words(read, name) == _words(before.overlay, name)
        }
        return Applicability(before.ruleset, read, locked=False, known=same)

    def _read(self, changed: Changed) -> indications.Indications:
        files = self._changed(changed)
        single = {name: files[f"{name}.yaml"] for name in indications.FILES}
        agents = [file for name, file in files.items() if name.startswith(f"{AGENTS}/")]
        return indications.build_overlay(single, agents, self.directory)[0]

    def write(self, changed: Changed, target: Path) -> None:
        """As for every folder, without the words that nothing uses any more, which the loader would
        refuse.
        """
        super().write({**changed, **self._used_words(changed)}, target)

    def _used_words(self, changed: Changed) -> dict[str, Any]:
        mutant = self.build(changed).overlay
        used = {name for use in mutant.agents.values() for name in _criteria(use)}
        conditions = [mutant.criteria[name].condition for name in used]
        keep: dict[str, set[Any]] = {
            "criteria.yaml": used,
            "facts.yaml": {c.fact for c in conditions} | {indications.STATUS_FACT},
            "thresholds.yaml": {c.operand for c in conditions},
        }
        now = {name: changed.get(name, self.data[name]) for name in keep}
        kept = {
            name: {key: entry for key, entry in now[name].items() if key in keep[name]}
            for name in keep
        }
        return {name: entries for name, entries in kept.items() if entries != now[name]}

    def lock(self, target: Path) -> None:
        """Write the decision table and the lock of the overlay's folder."""
        mutant = Applicability(self.as_it_is.ruleset, target, locked=False)
        write_lock(target, mutant.overlay.digest, mutant.csv)


def _criteria(use: indications.AgentUse) -> set[str]:
    """The criteria that an agent's conditions ask for."""
    conditions = [
        use.clauses,
        *(other.clauses for other in use.other_sources if other.clauses is not None),
    ]
    return {name for clauses in conditions for clause in clauses for name in clause.criteria()}


def _words(read: indications.Indications, agent: str) -> Any:
    """All that an agent's tables are made of."""
    use = read.agents.get(agent)
    criteria = [] if use is None else [read.criteria[name] for name in sorted(_criteria(use))]
    return use, criteria, [read.facts[criterion.condition.fact] for criterion in criteria]


class _Dumper(yaml.SafeDumper):
    """Writes decimals as they stand, digit by digit."""


_Dumper.add_representer(
    Decimal,
    lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", f"{number:f}"),
)
