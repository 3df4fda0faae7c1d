"""What other definitions ask of the marrow and the blood, from `rules/comparisons.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Any

from allstatus.errors import RulesError
from allstatus.record.frozen import Frozen
from allstatus.record.percent import format_number
from allstatus.record.value_class import value_class
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.editions import rules_home
from allstatus.rules.ruleset import Cite, RuleSet
from allstatus.rules.shape_problems import shape_problems

FILE = "comparisons.yaml"
COMPARE: Mapping[str, Callable[[Fraction, Fraction], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
SIGNS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}


@value_class
class Limit:
    """A comparison with a number: percent of marrow blasts, or 10⁹/L for a count."""

    comparator: str
    value: Fraction

    def holds(self, number: Fraction) -> bool:
        """Whether a number satisfies it."""
        return COMPARE[self.comparator](number, self.value)

    def __str__(self) -> str:
        return f"{SIGNS[self.comparator]} {format_number(self.value)}"


@value_class
class OtherDefinition(Frozen):
    """One source's definition of the diseases of `population` (codes); `ruleset` names the rule
    set that reads it whole, where there is one.
    """

    id: str
    name: str
    title: str
    kind: str
    population: tuple[str, ...]
    marrow: Limit
    counts: Mapping[str, Limit]
    blood: str | None
    also: str | None
    ruleset: str | None
    cite: Cite


def comparisons_path() -> Path:
    """Where the definitions are kept."""
    return rules_home() / FILE


@lru_cache(maxsize=4)
def read_comparisons(path: Path | None = None) -> tuple[OtherDefinition, ...]:
    """Every definition, in the file's order; raises RulesError when the file is refused."""
    path = path or comparisons_path()
    file = YamlFile(path, path.parent)
    if problems := [*file.problems, *shape_problems(file, "comparisons")]:
        raise RulesError(problems)
    return tuple(_definition(entry) for entry in file.data)


def other_remissions(ruleset: RuleSet) -> tuple[OtherDefinition, ...]:
    """What others ask of a remission of the rule set's own disease."""
    return tuple(
        [
            other
            for other in read_comparisons()
            if other.kind == "remission"
            and other.ruleset != ruleset.id
            and ruleset.is_about(other.population)
        ]
    )


def _definition(entry: Mapping[str, Any]) -> OtherDefinition:
    marrow = Limit(entry["marrow"]["comparator"], Fraction(entry["marrow"]["percent"]))
    counts = {
        name: Limit(least["comparator"], Fraction(least["value"]))
        for name, least in entry.get("counts", {}).items()
    }
    return OtherDefinition(
        entry["id"],
        entry["name"],
        entry["title"],
        entry["kind"],
        tuple(entry["population"]),
        marrow,
        counts,
        entry["blood"],
        entry.get("also"),
        entry.get("ruleset"),
        entry["cite"],
    )
