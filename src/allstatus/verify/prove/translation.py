"""The rule files as Z3 formulas, from the YAML alone: no Criterion, no Clause and no table is used.

A percentage or number is a rational from 0 to the highest of its kind, a yes/no fact a truth value,
a choice the number of its value, a set a truth value for each member. Names of clauses are their
places in the files (`<status>.2.1`), as everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import z3

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.fact_sets import member_fact, spell_out_sets
from allstatus.rules.ruleset import HIGHEST, UNITS

Formula = Any  # z3 has no types
_CONDITION = re.compile(r"(\w+)(?: *([=!<>]=?) *(\S+))?")
_INCLUDES = re.compile(r"(\w+) +includes +(\w+)")
_COMPARE = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


@dataclass(frozen=True, slots=True)
class ConditionFormula:
    """A criterion's text, taken apart; the operand is a limit, or the number of a choice's
    value.
    """

    fact: str
    operator: str | None
    operand: Fraction | None

    def holds(self, value: Formula) -> Formula:
        """The condition on a value."""
        return (
            value if self.operator is None else _COMPARE[self.operator](value, number(self.operand))
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A variable for each fact, and what they must satisfy to be values at all."""

    values: Mapping[str, Formula]
    domain: Formula


def number(value: Fraction | int | None) -> Formula:
    """A rational, exact."""
    return z3.RealVal(str(value))


class Translation:
    """One rule-set folder in formulas."""

    def __init__(self, directory: Path) -> None:
        def read(path: Path) -> Any:
            return YamlFile(path, directory).data

        self.facts = spell_out_sets(YamlFile(directory / "facts.yaml", directory)).data
        self.constraints = read(directory / "constraints.yaml")
        self.regions = read(directory / "regions.yaml")
        self.statuses = {
            data["status"]: data
            for data in map(read, sorted((directory / "statuses").glob("*.yaml")))
        }
        promises = directory / "promises.yaml"
        self.promises = read(promises) if promises.is_file() else None
        self.limits = {
            name: _in_force(entry) for name, entry in read(directory / "thresholds.yaml").items()
        }
        self.criteria = {
            name: self._condition(entry["condition"])
            for name, entry in read(directory / "criteria.yaml").items()
        }

    def case(self, tag: str) -> Case:
        """A fresh case; `tag` keeps its variables apart from other cases'."""
        sorts = {
            name: z3.Bool if fact["type"] == "yes_no" else z3.Real
            for name, fact in self.facts.items()
        }
        values = {name: sort(f"{tag}.{name}") for name, sort in sorts.items()}
        return Case(
            values, z3.And([self._domain(fact, values[name]) for name, fact in self.facts.items()])
        )

    def criterion(self, case: Case, name: str) -> Formula:
        """A criterion of a case."""
        condition = self.criteria[name]
        return condition.holds(case.values[condition.fact])

    def consistent(self, case: Case, without: str | None = None) -> Formula:
        """Values, and every constraint."""
        return z3.And(
            case.domain,
            *(self.constraint(case, name) for name in self.constraints if name != without),
        )

    def constraint(self, case: Case, name: str) -> Formula:
        """One constraint: if, then."""
        rule = self.constraints[name]
        return z3.Implies(self.clause(case, rule["if"], ""), self.clause(case, rule["then"], ""))

    def status(self, case: Case, name: str, dropped: str | None = None) -> Formula:
        """All clauses and no status of `unless`; one clause may be dropped."""
        data = self.statuses[name]
        parts = [
            self.clause(case, item, path, dropped)
            for path, item in _numbered(data["all"], name)
            if path != dropped
        ]
        unless = [other for other in data.get("unless", []) if f"{name}.unless.{other}" != dropped]
        return z3.And(*parts, *(z3.Not(self.status(case, other)) for other in unless))

    def undescribed(self, case: Case) -> Formula:
        """Consistent, and of no status."""
        return z3.And(
            self.consistent(case), *(z3.Not(self.status(case, name)) for name in self.statuses)
        )

    def region(self, case: Case, name: str) -> Formula:
        """What a region says, of a case without a status."""
        return z3.And(
            self.undescribed(case),
            *(self.clause(case, item, "") for item in self.regions[name]["where"]),
        )

    def same_status(self, one: Case, other: Case) -> Formula:
        """Every status holds in both cases or in neither."""
        return z3.And(
            [self.status(one, name) == self.status(other, name) for name in self.statuses]
        )

    def clause(self, case: Case, item: Any, path: str, dropped: str | None = None) -> Formula:
        """A clause of a file: a name, or criterion / all / any / not."""
        if isinstance(item, str):
            return self.criterion(case, item)
        if "criterion" in item:
            return self.criterion(case, item["criterion"])
        if "not" in item:
            return z3.Not(self.clause(case, item["not"], f"{path}.1", dropped))
        kind = "all" if "all" in item else "any"
        parts = [
            self.clause(case, part, place, dropped)
            for place, part in _numbered(item[kind], path)
            if place != dropped
        ]
        return z3.And(parts) if kind == "all" else z3.Or(parts)

    def droppable(self, status: str) -> Iterator[str]:
        """The place of each clause that can be dropped."""
        for path, item in _numbered(self.statuses[status]["all"], status):
            yield from _places(item, path)
        for other in self.statuses[status].get("unless", []):
            yield f"{status}.unless.{other}"

    def stated(self, case: Case, fact: str, value: Any) -> Formula:
        """The fact has this value; None when the value is no plain one."""
        kind = self.facts[fact]["type"]
        if kind == "yes_no":
            return case.values[fact] == value if isinstance(value, bool) else None
        if kind == "choice":
            values = self.facts[fact]["values"]
            return case.values[fact] == values.index(value) if value in values else None
        return (
            case.values[fact] == number(Fraction(str(value)))
            if re.fullmatch(r"\d+(\.\d+)?", str(value))
            else None
        )

    def shown(self, model: Any, case: Case, fact: str) -> Any:
        """The value of a fact in a model, as a record may state it."""
        value = model.eval(case.values[fact], model_completion=True)
        if self.facts[fact]["type"] == "yes_no":
            return z3.is_true(value)
        exact = value.as_fraction()
        return (
            str(exact)
            if self.facts[fact]["type"] in HIGHEST
            else self.facts[fact]["values"][int(exact)]
        )

    def _domain(self, fact: Mapping[str, Any], value: Formula) -> Formula:
        if fact["type"] == "yes_no":
            return z3.BoolVal(True)
        if highest := HIGHEST.get(fact["type"]):
            return z3.And(value >= 0, value <= number(highest))
        return z3.Or([value == index for index in range(len(fact["values"]))])

    def _condition(self, text: str) -> ConditionFormula:
        if member := _INCLUDES.fullmatch(text.strip()):
            return ConditionFormula(member_fact(member[1], member[2]), None, None)
        match = _CONDITION.fullmatch(text.strip())
        assert match is not None
        fact, operator, operand = match.groups()
        if operator is None:
            return ConditionFormula(fact, None, None)
        choice = self.facts[fact]["type"] == "choice"
        return ConditionFormula(
            fact,
            operator,
            Fraction(self.facts[fact]["values"].index(operand)) if choice else self.limits[operand],
        )


def _in_force(threshold: Mapping[str, Any]) -> Fraction:
    latest = sorted(threshold["values"], key=lambda entry: str(entry["from"]))[-1]
    return Fraction(latest["value"]) * UNITS.get(threshold["unit"], 1)


def _numbered(items: list[Any], path: str) -> list[tuple[str, Any]]:
    return [(f"{path}.{place}", item) for place, item in enumerate(items, 1)]


def _places(item: Any, path: str) -> Iterator[str]:
    yield path
    while isinstance(item, dict) and "not" in item:
        item, path = item["not"], f"{path}.1"
    if isinstance(item, dict) and "criterion" not in item:
        for place, part in _numbered(item["all"] if "all" in item else item["any"], path):
            yield from _places(part, place)
