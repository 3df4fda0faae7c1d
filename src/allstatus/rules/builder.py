"""The parts of a rule set from the files that say them, each checked against those it names."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from allstatus.errors import nearest
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.condition import CLAUSE_KINDS, Clause, ClauseKind, Comparison, parse_comparison
from allstatus.rules.lock import digest_of
from allstatus.rules.phrases import Place, Says, read_says, read_titles
from allstatus.rules.ruleset import (
    CATEGORIES,
    HIGHEST,
    UNITS,
    Assumption,
    Constraint,
    Criterion,
    Fact,
    Region,
    RuleSet,
    Shade,
    Status,
    Threshold,
)

Kinds = Mapping[str, tuple[str, list[str]]]  # a fact's type and values


def _comparison_problem(
    fact: str, operator: str, operand: str, kinds: Kinds, thresholds: Mapping[str, Threshold]
) -> str | None:
    """What is wrong with a condition, and the remedy; None when nothing is."""
    if not fact:
        return "not a condition; write `fact`, `fact == word` or `fact > threshold`"
    if fact not in kinds:
        return f"unknown fact '{fact}'{nearest(fact, kinds)}; facts are listed in facts.yaml"
    kind, values = kinds[fact]
    if kind == "yes_no":
        return (
            f"'{fact}' is a yes/no fact; write it alone, and `not` in the status where it must not "
            f"hold"
            if operator
            else None
        )
    if kind in HIGHEST:
        if not operator:
            return (
                f"'{fact}' is a number; compare it with a threshold, as in `{fact} > "
                f"{next(iter(thresholds), 'threshold')}`"
            )
        if operand in thresholds:
            return None
        return (
            f"compares a number with '{operand}'{nearest(operand, thresholds)}; use a name from "
            f"thresholds.yaml"
        )
    if operator not in ("==", "!="):
        return f"'{fact}' is a word, not a number; compare it with == or !="
    if operand not in values:
        return (
            f"'{operand}' is not a value of '{fact}'{nearest(operand, values)}; use one of "
            f"{', '.join(values)}"
        )
    return None


def _options(file: YamlFile) -> tuple[Mapping[str, Any], ...]:
    phase = file.data["phase"]
    return tuple(
        {"phase": phase, **one, **read_titles(one["title"])} for one in file.data["options"]
    )


class Builder:
    """Builds the parts of one rule set, in the order they refer to each other."""

    def __init__(
        self, files: Mapping[str, YamlFile], folders: Mapping[str, list[YamlFile]]
    ) -> None:
        self.files, self.folders = files, folders
        self.problems: list[str] = []

    def build(self, directory: Path) -> RuleSet:
        """The rule set of the files read; what is wrong with it is added to `problems`."""
        head = self.files["ruleset"].data
        thresholds, criteria, facts = self.vocabulary()
        return RuleSet(
            id=head["id"],
            version=str(head["version"]),
            title=head["title"],
            effective_from=head["effective_from"],
            source=head["source"],
            population=head["population"],
            notice=head["notice"],
            thresholds=thresholds,
            facts=facts,
            criteria=criteria,
            constraints={
                name: self._constraint(name, entry)
                for name, entry in self.files["constraints"].data.items()
            },
            statuses={file.data["status"]: self._status(file) for file in self.folders["statuses"]},
            regions={
                name: self._region(name, entry)
                for name, entry in self.files["regions"].data.items()
            },
            options={file.data["status"]: _options(file) for file in self.folders["options"]},
            guidance=self.files["guidance"].data,
            digest=digest_of(directory),
            directory=directory,
            course=tuple(head.get("course", ())),
            categories=tuple(head.get("categories", CATEGORIES)),
        )

    def vocabulary(self) -> tuple[dict[str, Threshold], dict[str, Criterion], dict[str, Fact]]:
        """The words the rules are written in: thresholds, criteria and facts."""
        thresholds = {
            name: self._threshold(name, entry)
            for name, entry in self.files["thresholds"].data.items()
        }
        kinds: Kinds = {
            name: (entry["type"], entry.get("values", []))
            for name, entry in self.files["facts"].data.items()
        }
        criteria = {
            name: self._criterion(name, entry, kinds, thresholds)
            for name, entry in self.files["criteria"].data.items()
        }
        self.criteria = set(criteria)
        facts = {name: self._fact(name, entry) for name, entry in self.files["facts"].data.items()}
        return thresholds, {name: c for name, c in criteria.items() if c is not None}, facts

    def _threshold(self, name: str, entry: Mapping[str, Any]) -> Threshold:
        latest = max(entry["values"], key=lambda dated: str(dated["from"]))
        value = Fraction(latest["value"]) * UNITS.get(entry["unit"], 1)
        return Threshold(name, entry["title"], entry["unit"], value, latest["from"], entry["cite"])

    def _fact(self, name: str, entry: Mapping[str, Any]) -> Fact:
        assume = entry.get("assume")
        assumption = None
        if assume is not None:
            when = assume.get("when")
            path = (name, "assume", "when")
            clause = (
                None
                if when is None
                else self.clause(when, self.files["facts"], path, f"{name}.when")
            )
            assumption = Assumption(assume["value"], clause, assume["because"], assume["reading"])
        return Fact(
            name,
            entry["type"],
            entry["question"],
            tuple(entry.get("values", ())),
            tuple(entry["answered_by"]),
            entry["about"],
            entry["burden"],
            assumption,
            self._says(entry.get("says", {}), self.files["facts"], (name,)),
            entry.get("record_key"),
            entry.get("read_by"),
            entry.get("codes", {}),
            entry.get("own", False),
            tuple(entry.get("words", ())),
        )

    def _criterion(
        self, name: str, entry: Mapping[str, Any], kinds: Kinds, thresholds: Mapping[str, Threshold]
    ) -> Criterion | None:
        condition = self._comparison(name, entry["condition"], kinds, thresholds)
        if condition is None:
            return None
        return Criterion(
            name,
            entry["title"],
            entry["otherwise"],
            condition,
            entry.get("reading", "literal"),
            entry.get("cite", {}),
        )

    def _comparison(
        self, name: str, text: str, kinds: Kinds, thresholds: Mapping[str, Threshold]
    ) -> Comparison | None:
        fact, operator, operand = parse_comparison(text) or ("", "", "")
        problem = _comparison_problem(fact, operator, operand, kinds, thresholds)
        if problem:
            self.problems.append(
                self.files["criteria"].at((name, "condition"), f"'{text}': {problem}")
            )
            return None
        if kinds[fact][0] == "yes_no":
            return Comparison(fact, "==", True)
        limit = thresholds[operand].value if kinds[fact][0] in HIGHEST else None
        return Comparison(fact, operator, operand, limit)

    def _constraint(self, name: str, entry: Mapping[str, Any]) -> Constraint:
        file = self.files["constraints"]
        return Constraint(
            name,
            self.clause(entry["if"], file, (name, "if"), f"{name}.if"),
            self.clause(entry["then"], file, (name, "then"), f"{name}.then"),
            entry["because"],
            entry["reading"],
            entry["cite"],
            self._says(entry["says"], file, (name,)),
        )

    def _region(self, name: str, entry: Mapping[str, Any]) -> Region:
        file = self.files["regions"]
        where = tuple(
            self.clause(item, file, (name, "where", i), f"{name}.{i + 1}")
            for i, item in enumerate(entry["where"])
        )
        return Region(
            name,
            entry["sentence"],
            Clause("all", name, children=where),
            file.place((name,)),
            self._says(entry["says"], file, (name,)),
        )

    def _status(self, file: YamlFile) -> Status:
        data = file.data
        clauses = tuple(
            self.clause(item, file, ("all", i), f"{data['status']}.{i + 1}")
            for i, item in enumerate(data["all"])
        )
        return Status(
            data["status"],
            data["title"],
            clauses,
            tuple(data.get("unless", ())),
            data["reading"],
            data["cite"],
            tuple(data["examples"]),
            file.place(("all",)),
            self._says(data["says"], file, ()),
            tuple(data.get("asserts", ())),
            Shade(**data["shade"]) if data.get("shade") else None,
        )

    def _says(self, said: Mapping[str, Any], file: YamlFile, place: Place) -> Says:
        def read(item: Any, here: Place) -> Clause:
            return self.clause(item, file, here, "when")

        return read_says(said, place, read, file.place)

    def clause(self, item: Any, file: YamlFile, place: tuple[str | int, ...], path: str) -> Clause:
        """A clause as written, with its criteria looked up; what is wrong with it is added to
        `problems`, and such a clause is not for use.
        """
        if isinstance(item, str):
            return self._named(item, file, place, path, {})
        kinds: list[ClauseKind] = [kind for kind in CLAUSE_KINDS if item.get(kind) is not None]
        if len(kinds) != 1:
            given = " and ".join(kinds) or "none of the four kinds"
            self.problems.append(
                file.at(
                    place,
                    f"a clause with {given}; give it exactly one of {', '.join(CLAUSE_KINDS)}",
                )
            )
            return Clause("all", path)
        kind = kinds[0]
        extra = {key: item.get(key) for key in ("reading", "note", "cite")}
        if kind == "criterion":
            return self._named(item["criterion"], file, (*place, "criterion"), path, extra)
        parts = [item["not"]] if kind == "not" else item[kind]
        children = tuple(
            self.clause(
                part,
                file,
                (*place, kind) if kind == "not" else (*place, kind, i),
                f"{path}.{i + 1}",
            )
            for i, part in enumerate(parts)
        )
        return Clause(kind, path, children=children, **extra)

    def _named(
        self,
        name: str,
        file: YamlFile,
        place: tuple[str | int, ...],
        path: str,
        extra: dict[str, Any],
    ) -> Clause:
        if name not in self.criteria:
            hint = nearest(name, self.criteria)
            self.problems.append(
                file.at(
                    place, f"unknown criterion '{name}'{hint}; criteria are listed in criteria.yaml"
                )
            )
        return Clause("criterion", path, criterion=name, **extra)
