"""The decision table: every complete case fired once, and every answer read off it.

A case is a number: bit i says whether criterion i is true. A set of cases is a number too, with
one bit a case, so "do all completions agree?" is one comparison of whole numbers.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

from allstatus.engines import Engine
from allstatus.errors import RulesError
from allstatus.measurement import Percent
from allstatus.rules.condition import Clause
from allstatus.rules.model import RuleSet

MAX_CRITERIA = 12
OUTSIDE = "outside_definitions"
Verdicts = tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known (a verdict for each criterion, None for unknown) and what follows from it.

    `completions` is the set of consistent cases that agree with what is known; `closed` are the
    verdicts after the constraints have been applied.
    """

    verdicts: Verdicts
    completions: int
    closed: Verdicts
    outcome: str
    possible: tuple[str, ...]
    regions: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def status(self) -> str | None:
        """The one status all completions agree on."""
        return self.possible[0] if self.outcome == "determined" else None


class DecisionTable:
    """All complete cases of a rule set with what an engine fired on each."""

    def __init__(self, ruleset: RuleSet, engine: Engine) -> None:
        self.ruleset = ruleset
        self.engine = engine.name
        self.criteria = tuple(ruleset.criteria)
        if len(self.criteria) > MAX_CRITERIA:
            raise RulesError([
                f"{ruleset.id}: {len(self.criteria)} criteria make 2^{len(self.criteria)} cases, too many to list; "
                f"keep at most {MAX_CRITERIA} criteria, or split the rule set"
            ])
        self.cases = [dict(zip(self.criteria, reversed(bits), strict=True)) for bits in product((False, True), repeat=len(self.criteria))]
        self.everything = (1 << len(self.cases)) - 1
        self._true = {name: self._cases_where(lambda case, name=name: case[name]) for name in self.criteria}
        self.broken = {name: self.everything & ~self._cases_where(c.holds) for name, c in ruleset.constraints.items()}
        self.consistent = self._cases_where(_possible_together(ruleset))
        for cases in self.broken.values():
            self.consistent &= ~cases
        self.firings = [engine.fire(case) for case in self.cases]
        self.statuses = {
            name: self.consistent & sum(1 << number for number, firing in enumerate(self.firings) if name in firing.statuses)
            for name in ruleset.statuses
        }
        self.outside = self.consistent
        for cases in self.statuses.values():
            self.outside &= ~cases
        self.regions = {name: self.outside & self.where(region.where) for name, region in ruleset.regions.items()}
        self._cells: dict[Verdicts, Cell] = {}

    def where(self, clause: Clause) -> int:
        """The set of cases in which a clause holds."""
        if clause.kind == "criterion":
            return self._true[str(clause.criterion)]
        parts = [self.where(child) for child in clause.children]
        if clause.kind == "not":
            return self.everything & ~parts[0]
        cases = self.everything if clause.kind == "all" else 0
        for part in parts:
            cases = cases & part if clause.kind == "all" else cases | part
        return cases

    def where_true(self, criterion: str) -> int:
        """The set of cases in which a criterion is true."""
        return self._true[criterion]

    def cell(self, verdicts: Verdicts) -> Cell:
        """The cell for what is known; computed once for each combination of verdicts."""
        cell = self._cells.get(verdicts)
        if cell is None:
            cell = self._cells[verdicts] = self._make_cell(verdicts)
        return cell

    def possible(self, completions: int) -> tuple[str, ...]:
        """The outcomes of a set of cases: statuses in the rule set's order, then `outside_definitions`."""
        names = [name for name, cases in self.statuses.items() if completions & cases]
        return (*names, OUTSIDE) if completions & self.outside else tuple(names)

    def completions(self, verdicts: Verdicts) -> int:
        """The consistent cases that agree with the verdicts."""
        cases = self.consistent
        for name, verdict in zip(self.criteria, verdicts, strict=True):
            if verdict is not None:
                cases &= self._true[name] if verdict else ~self._true[name]
        return cases

    def _make_cell(self, verdicts: Verdicts) -> Cell:
        completions = self.completions(verdicts)
        possible = self.possible(completions)
        closed = tuple(self.verdict(completions, self._true[name]) for name in self.criteria) if completions else verdicts
        regions = tuple(name for name, cases in self.regions.items() if completions & cases) if possible == (OUTSIDE,) else ()
        outcome = (
            "conflicting_data" if not possible
            else "insufficient_data" if len(possible) > 1
            else OUTSIDE if possible == (OUTSIDE,)
            else "determined"
        )  # fmt: skip
        missing = self._missing(completions, possible, closed) if outcome == "insufficient_data" else ()
        return Cell(verdicts, completions, closed, outcome, possible, regions, missing)

    def _missing(self, completions: int, possible: tuple[str, ...], closed: Verdicts) -> tuple[str, ...]:
        """Facts with an answer that would change what is possible."""
        facts: dict[str, None] = {}
        for name, verdict in zip(self.criteria, closed, strict=True):
            if verdict is None:
                true = self._true[name]
                if self.possible(completions & true) != possible or self.possible(completions & ~true) != possible:
                    facts[self.ruleset.criteria[name].condition.fact] = None
        return tuple(facts)

    @staticmethod
    def verdict(completions: int, cases: int) -> bool | None:
        """Whether a condition that holds in `cases` holds in all, none or some completions."""
        if not completions & ~cases:
            return True
        return None if completions & cases else False

    @cached_property
    def csv(self) -> str:
        """One line a complete case; the same text whichever engine fired it."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["case", *self.criteria, "cannot_be", "status", "regions", "options"])
        for number, (case, firing) in enumerate(zip(self.cases, self.firings, strict=True)):
            bit = 1 << number
            broken = [name for name, cases in self.broken.items() if cases & bit]
            fired = [] if broken else firing.statuses
            regions = [name for name, cases in self.regions.items() if cases & bit]
            words = ["yes" if case[name] else "no" for name in self.criteria]
            options = "" if broken else " ".join(firing.options)
            writer.writerow([number, *words, " ".join(broken), " ".join(fired), " ".join(regions), options])
        return out.getvalue()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the table's text."""
        return hashlib.sha256(self.csv.encode()).hexdigest()

    def _cases_where(self, holds: object) -> int:
        assert callable(holds)
        return sum(1 << number for number, case in enumerate(self.cases) if holds(case))

    def describe_case(self, cases: int) -> str:
        """The first case of a set in words, for a message."""
        case = self.cases[(cases & -cases).bit_length() - 1]
        return ", ".join(name if case[name] else f"not {name}" for name in self.criteria)

    def refuse_faults(self) -> None:
        """Raise RulesError for overlapping statuses, unnamed cases, empty regions and clashing constraints."""
        problems, home = [], self.ruleset.directory.name
        names = list(self.statuses)
        for index, first in enumerate(names):
            for second in names[index + 1 :]:
                if both := self.statuses[first] & self.statuses[second]:
                    problems.append(
                        f"{home}/statuses/{second}.yaml:1: '{second}' and '{first}' can both hold "
                        f"({self.describe_case(both)}); narrow one, or put `unless: [{first}]` into one of them"
                    )
        unnamed = self.outside
        for cases in self.regions.values():
            unnamed &= ~cases
        if unnamed:
            case = self.describe_case(unnamed)
            problems.append(f"{home}/regions.yaml:1: no status and no region holds this case ({case}); add a region")
        empty = [name for name, cases in self.regions.items() if not cases]
        problems += [f"{home}/regions.yaml:1: region '{name}' holds no case without a status; correct or remove it" for name in empty]
        if not self.consistent:
            problems.append(f"{home}/constraints.yaml:1: no case satisfies all constraints; correct one")
        if problems:
            raise RulesError(problems)


def _possible_together(ruleset: RuleSet) -> object:
    """A test for cases whose criteria on the same fact can be true together for some value of it."""
    patterns = {}
    for fact in ruleset.facts.values():
        asked = [ruleset.criteria[name] for name in ruleset.criteria_of(fact.name)]
        values = representatives(fact.kind, fact.values, [c.condition.limit for c in asked])
        patterns[tuple(c.name for c in asked)] = {tuple(c.condition.holds(value) for c in asked) for value in values}

    def holds(case: Mapping[str, bool]) -> bool:
        return all(tuple(case[name] for name in names) in allowed for names, allowed in patterns.items())

    return holds


def representatives(kind: str, values: tuple[str, ...], limits: Iterable[object]) -> list[object]:
    """A value of a fact for every side of every comparison made with it."""
    if kind == "yes_no":
        return [True, False]
    if kind == "choice":
        return list(values)
    from fractions import Fraction

    points = sorted({Fraction(0), Fraction(100), *(Fraction(str(limit)) for limit in limits)})
    between = [(low + high) / 2 for low, high in pairwise(points)]
    return [Percent(point, point) for point in [*points, *between]]
