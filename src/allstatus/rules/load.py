"""From a folder of YAML files to a checked RuleSet."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allstatus.errors import RulesError, nearest
from allstatus.rules.condition import CLAUSE_KINDS, Clause, ClauseKind, Comparison, parse_comparison
from allstatus.rules.lint import lint
from allstatus.rules.lock import digest_of
from allstatus.rules.model import (
    Assumption,
    Constraint,
    Criterion,
    Fact,
    Region,
    RuleSet,
    Status,
    Threshold,
)  # fmt: skip
from allstatus.rules.shape import SHAPES
from allstatus.rules.yaml_file import YamlFile

SINGLE_FILES = ("ruleset", "thresholds", "facts", "criteria", "constraints", "regions", "guidance")


Kinds = Mapping[str, tuple[str, list[str]]]  # a fact's type and values


def read_rules(directory: Path) -> RuleSet:
    """Read, check and lint a rule-set folder; raises RulesError listing every problem found."""
    files = {name: _checked(directory / f"{name}.yaml", directory, name) for name in SINGLE_FILES}
    folders = {
        kind: [_checked(path, directory, shape) for path in sorted((directory / kind).glob("*.yaml"))]
        for kind, shape in (("statuses", "status"), ("options", "options"))
    }
    ruleset = _Builder(files, folders).build(directory)
    problems = lint(ruleset, files, folders)
    if problems:
        raise RulesError(problems)
    return ruleset


def _checked(path: Path, root: Path, shape: str) -> YamlFile:
    file = YamlFile(path, root)
    try:
        SHAPES[shape].model_validate(file.data)
    except ValidationError as error:
        raise RulesError(sorted({_describe(file, problem) for problem in error.errors()})) from None
    return file


def _describe(file: YamlFile, problem: Any) -> str:
    place = tuple(part for part in problem["loc"] if part != "str" and not str(part).endswith("Shape"))
    name = ".".join(map(str, place))
    if problem["type"] == "extra_forbidden":
        return file.at(place, f"unknown key '{place[-1]}'{_nearest_key(str(place[-1]))}; see `allstatus schema rules`")
    if problem["type"] == "missing":
        return file.at(place[:-1], f"key '{place[-1]}' is missing; add it")
    return file.at(place, f"'{name}': {problem['msg']}; see `allstatus schema rules`")


def _nearest_key(key: str) -> str:
    names = {name for shape in SHAPES.values() for name in str(shape.model_json_schema()).split("'")}
    return nearest(key, names)


def _comparison_problem(fact: str, operator: str, operand: str, kinds: Kinds, thresholds: Mapping[str, Threshold]) -> str | None:
    """What is wrong with a condition, and the remedy; None when nothing is."""
    if not fact:
        return "is not a condition; write `fact`, `fact == word` or `fact > threshold`"
    if fact not in kinds:
        return f"unknown fact '{fact}'{nearest(fact, kinds)} Facts are listed in facts.yaml"
    kind, values = kinds[fact]
    if kind == "yes_no":
        return f"'{fact}' is a yes/no fact; write it alone, or use `not`" if operator else None
    if kind == "percent":
        if operator and operand in thresholds:
            return None
        return f"compares a number with '{operand}'{nearest(operand, thresholds)} Use a name from thresholds.yaml"
    if operator not in ("==", "!="):
        return f"'{fact}' is a word, not a number; compare it with == or !="
    if operand not in values:
        return f"'{operand}' is not a value of '{fact}'{nearest(operand, values)} Values: {', '.join(values)}"
    return None


def _options(file: YamlFile) -> tuple[Mapping[str, Any], ...]:
    return tuple({**entry, "phase": file.data["phase"]} for entry in file.data["options"])


class _Builder:
    """Builds the parts of one rule set, in the order they refer to each other."""

    def __init__(self, files: Mapping[str, YamlFile], folders: Mapping[str, list[YamlFile]]) -> None:
        self.files, self.folders = files, folders
        self.problems: list[str] = []

    def build(self, directory: Path) -> RuleSet:
        head = self.files["ruleset"].data
        thresholds = {name: self._threshold(name, entry) for name, entry in self.files["thresholds"].data.items()}
        kinds: Kinds = {name: (entry["type"], entry.get("values", [])) for name, entry in self.files["facts"].data.items()}
        criteria = {name: self._criterion(name, entry, kinds, thresholds) for name, entry in self.files["criteria"].data.items()}
        self.criteria = set(criteria)
        ruleset = RuleSet(
            id=head["id"], version=str(head["version"]), title=head["title"], effective_from=head["effective_from"],
            source=head["source"], population=head["population"], notice=head["notice"], thresholds=thresholds,
            facts={name: self._fact(name, entry) for name, entry in self.files["facts"].data.items()},
            criteria={name: c for name, c in criteria.items() if c is not None},
            constraints={name: self._constraint(name, entry) for name, entry in self.files["constraints"].data.items()},
            statuses={file.data["status"]: self._status(file) for file in self.folders["statuses"]},
            regions={name: self._region(name, entry) for name, entry in self.files["regions"].data.items()},
            options={file.data["status"]: _options(file) for file in self.folders["options"]},
            guidance=self.files["guidance"].data, digest=digest_of(directory), directory=directory,
        )  # fmt: skip
        if self.problems:
            raise RulesError(self.problems)
        return ruleset

    def _threshold(self, name: str, entry: Mapping[str, Any]) -> Threshold:
        latest = max(entry["values"], key=lambda dated: str(dated["from"]))
        return Threshold(name, entry["title"], entry["unit"], Fraction(latest["value"]), latest["from"], entry["cite"])

    def _fact(self, name: str, entry: Mapping[str, Any]) -> Fact:
        assume = entry.get("assume")
        assumption = None
        if assume is not None:
            when = assume.get("when")
            path = (name, "assume", "when")
            clause = None if when is None else self._clause(when, self.files["facts"], path, f"{name}.when")
            assumption = Assumption(assume["value"], clause, assume["because"], assume["reading"])
        return Fact(
            name, entry["type"], entry["question"], tuple(entry.get("values", ())), tuple(entry["answered_by"]),
            entry["about"], entry["burden"], assumption,
        )  # fmt: skip

    def _criterion(
        self, name: str, entry: Mapping[str, Any], kinds: Kinds, thresholds: Mapping[str, Threshold]
    ) -> Criterion | None:
        condition = self._comparison(name, entry["condition"], kinds, thresholds)
        if condition is None:
            return None
        return Criterion(name, entry["title"], entry["otherwise"], condition, entry["reading"], entry["cite"])

    def _comparison(self, name: str, text: str, kinds: Kinds, thresholds: Mapping[str, Threshold]) -> Comparison | None:
        fact, operator, operand = parse_comparison(text) or ("", "", "")
        problem = _comparison_problem(fact, operator, operand, kinds, thresholds)
        if problem:
            self.problems.append(self.files["criteria"].at((name, "condition"), f"'{text}': {problem}"))
            return None
        if kinds[fact][0] == "yes_no":
            return Comparison(fact, "==", True)
        return Comparison(fact, operator, operand, thresholds[operand].value if kinds[fact][0] == "percent" else None)

    def _constraint(self, name: str, entry: Mapping[str, Any]) -> Constraint:
        file = self.files["constraints"]
        return Constraint(
            name, self._clause(entry["if"], file, (name, "if"), f"{name}.if"),
            self._clause(entry["then"], file, (name, "then"), f"{name}.then"),
            entry["because"], entry["reading"], entry["cite"],
        )  # fmt: skip

    def _region(self, name: str, entry: Mapping[str, Any]) -> Region:
        file = self.files["regions"]
        where = tuple(self._clause(item, file, (name, "where", i), f"{name}.{i + 1}") for i, item in enumerate(entry["where"]))
        return Region(name, entry["sentence"], Clause("all", name, children=where))

    def _status(self, file: YamlFile) -> Status:
        data = file.data
        clauses = tuple(self._clause(item, file, ("all", i), f"{data['status']}.{i + 1}") for i, item in enumerate(data["all"]))
        return Status(
            data["status"], data["title"], clauses, tuple(data.get("unless", ())), data["reading"], data["cite"],
            tuple(data["examples"]),
        )  # fmt: skip

    def _clause(self, item: Any, file: YamlFile, place: tuple[str | int, ...], path: str) -> Clause:
        if isinstance(item, str):
            return self._named(item, file, place, path, {})
        kinds: list[ClauseKind] = [kind for kind in CLAUSE_KINDS if item.get(kind) is not None]
        if len(kinds) != 1:
            self.problems.append(file.at(place, "a clause is one of criterion / all / any / not; keep exactly one"))
            return Clause("all", path)
        kind = kinds[0]
        extra = {key: item.get(key) for key in ("reading", "note", "cite")}
        if kind == "criterion":
            return self._named(item["criterion"], file, (*place, "criterion"), path, extra)
        parts = [item["not"]] if kind == "not" else item[kind]
        children = tuple(
            self._clause(part, file, (*place, kind) if kind == "not" else (*place, kind, i), f"{path}.{i + 1}")
            for i, part in enumerate(parts)
        )
        return Clause(kind, path, children=children, **extra)

    def _named(self, name: str, file: YamlFile, place: tuple[str | int, ...], path: str, extra: dict[str, Any]) -> Clause:
        if name not in self.criteria:
            hint = nearest(name, self.criteria)
            self.problems.append(file.at(place, f"unknown criterion '{name}'{hint} Criteria are listed in criteria.yaml"))
        return Clause("criterion", path, criterion=name, **extra)
