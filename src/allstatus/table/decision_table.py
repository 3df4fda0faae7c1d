"""The decision table: every complete case fired once, and every answer read off it.

A case is a number: bit i says whether criterion i is true. What agrees with what is known is a set
of cases (`case_set`).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import combinations, product
from operator import itemgetter
from typing import Literal

from allstatus.errors import RulesError
from allstatus.record.frozen import FrozenDict
from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import RuleSet
from allstatus.table.boxes import Grid
from allstatus.table.case_set import CaseSet, members, set_of, union
from allstatus.table.engines import Engine
from allstatus.table.fact_domain import FactDomain, domains_of

MAX_CRITERIA = 12
StatusName = str  # as the rule set names it
Outcome = Literal[
    "determined",
    "outside_definitions",
    "insufficient_data",
    "conflicting_data",
    "not_applicable",  # charts only
]
OUTSIDE: Literal["outside_definitions"] = "outside_definitions"
NO_VALUE = (
    "no_value_of_"  # before the name of a fact: its criteria cannot have these verdicts together
)
Verdicts = tuple[bool | None, ...]


class Cell:
    """What is known (a verdict for each criterion, None for unknown) and what follows from it.

    `completions` is the set of consistent cases that agree with what is known, `possible` their
    outcomes.
    """

    def __init__(self, table: DecisionTable, verdicts: Verdicts) -> None:
        self._table = table
        self.verdicts = verdicts
        self.completions = table.completions(verdicts)
        self.possible = table.possible(self.completions)
        self.outcome = _outcome(self.possible)

    @property
    def answer(self) -> tuple[object, ...]:
        """All that follows from what is known, for comparing two tables."""
        return self.completions, self.possible, self.outcome, self.regions, self.possible_regions

    @property
    def status(self) -> StatusName | None:
        """The one status all completions agree on."""
        return self.possible[0] if self.outcome == "determined" else None

    @cached_property
    def closed(self) -> Verdicts:
        """The verdicts after the constraints have been applied."""
        if not self.completions:
            return self.verdicts
        return tuple(
            [
                self._table.verdict(self.completions, self._table.where_true(name))
                for name in self._table.criteria
            ]
        )

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions every completion lies in, when no completion has a status."""
        return self._regions(surely=True)

    @cached_property
    def possible_regions(self) -> tuple[str, ...]:
        """The regions some completions lie in and others not, when no completion has a status."""
        return self._regions(surely=None)

    def _regions(self, surely: bool | None) -> tuple[str, ...]:
        if self.outcome != OUTSIDE:
            return ()
        return tuple(
            name
            for name, cases in self._table.regions.items()
            if self._table.verdict(self.completions, cases) is surely
        )


def _outcome(possible: tuple[str, ...]) -> Outcome:
    if not possible:
        return "conflicting_data"
    if len(possible) > 1:
        return "insufficient_data"
    return OUTSIDE if possible == (OUTSIDE,) else "determined"


def _refuse_too_many(ruleset: RuleSet) -> None:
    criteria = len(ruleset.criteria)
    if criteria > MAX_CRITERIA:
        raise RulesError(
            [
                f"{ruleset.directory.name}/criteria.yaml:1: {criteria} criteria make 2^{criteria} "
                f"cases, too many to list; keep at most {MAX_CRITERIA} criteria, or split the rule "
                f"set"
            ]
        )


class DecisionTable:
    """All complete cases of a rule set with what an engine fired on each."""

    def __init__(self, ruleset: RuleSet, engine: Engine) -> None:
        self.ruleset = ruleset
        self.engine = engine.name
        self.criteria = tuple(ruleset.criteria)
        _refuse_too_many(ruleset)
        self.cases = tuple(
            FrozenDict(zip(self.criteria, reversed(bits), strict=True))
            for bits in product((False, True), repeat=len(self.criteria))
        )
        self.grid = Grid([2] * len(self.criteria))
        self.everything = self.grid.everything
        self._true = {name: self._cases_where(itemgetter(name)) for name in self.criteria}
        self.broken: Mapping[str, CaseSet] = FrozenDict(
            (name, self.everything & ~self._cases_where(c.holds))
            for name, c in ruleset.constraints.items()
        )
        self.domains = domains_of(ruleset)
        self.without_value: Mapping[str, CaseSet] = FrozenDict(
            (name, self._without_value(domain)) for name, domain in self.domains.items()
        )
        self.consistent = self.everything
        for cases in (*self.broken.values(), *self.without_value.values()):
            self.consistent = self.consistent & ~cases
        self.firings = tuple(engine.fire_all(self.cases))
        self.statuses: Mapping[str, CaseSet] = FrozenDict(
            (name, self.consistent & self._cases_fired(name)) for name in ruleset.statuses
        )
        self.outside = self.consistent & ~union(self.statuses.values())
        self.regions: Mapping[str, CaseSet] = FrozenDict(
            (name, self.outside & self.where(region.where))
            for name, region in ruleset.regions.items()
        )
        self._cells: dict[Verdicts, Cell] = {}

    def where(self, clause: Clause) -> CaseSet:
        """The set of cases in which a clause holds."""
        if clause.kind == "criterion":
            return self._true[str(clause.criterion)]
        parts = [self.where(child) for child in clause.children]
        if clause.kind == "not":
            return self.everything & ~parts[0]
        if clause.kind == "any":
            return union(parts)
        cases = self.everything
        for part in parts:
            cases = cases & part
        return cases

    def cases_of(self, outcome: str) -> CaseSet:
        """The set of cases of a status, or outside all of them."""
        return self.outside if outcome == OUTSIDE else self.statuses[outcome]

    def where_true(self, criterion: str) -> CaseSet:
        """The set of cases in which a criterion is true."""
        return self._true[criterion]

    def cases_with(self, verdicts: Mapping[str, bool]) -> CaseSet:
        """The set of cases in which each named criterion has its verdict."""
        cases = self.everything
        for name, verdict in verdicts.items():
            cases = cases & (self._true[name] if verdict else ~self._true[name])
        return cases

    def cell(self, verdicts: Verdicts) -> Cell:
        """The cell for what is known; computed once for each combination of verdicts."""
        cell = self._cells.get(verdicts)
        if cell is None:
            cell = self._cells[verdicts] = Cell(self, verdicts)
        return cell

    def possible(self, completions: CaseSet) -> tuple[str, ...]:
        """The outcomes of a set of cases: statuses in the rule set's order, then
        `outside_definitions`.
        """
        names = [name for name, cases in self.statuses.items() if completions & cases]
        return (*names, OUTSIDE) if completions & self.outside else tuple(names)

    def completions(self, verdicts: Verdicts) -> CaseSet:
        """The consistent cases that agree with the verdicts."""
        cases = self.consistent
        for true, verdict in zip(self._true.values(), verdicts, strict=True):
            if verdict is not None:
                cases = cases & (true if verdict else ~true)
        return cases

    @staticmethod
    def verdict(completions: CaseSet, cases: CaseSet) -> bool | None:
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
            barred = [name for name, cases in self.broken.items() if cases & bit]
            barred += [
                f"{NO_VALUE}{fact}" for fact, cases in self.without_value.items() if cases & bit
            ]
            fired = [] if barred else firing.statuses
            regions = [name for name, cases in self.regions.items() if cases & bit]
            words = ["yes" if case[name] else "no" for name in self.criteria]
            options = "" if barred else " ".join(firing.options)
            writer.writerow(
                [number, *words, " ".join(barred), " ".join(fired), " ".join(regions), options]
            )
        return out.getvalue()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the table's text."""
        return hashlib.sha256(self.csv.encode()).hexdigest()

    def _cases_fired(self, status: str) -> CaseSet:
        return set_of(n for n, firing in enumerate(self.firings) if status in firing.statuses)

    def _cases_where(self, holds: Callable[[Mapping[str, bool]], bool]) -> CaseSet:
        return set_of(number for number, case in enumerate(self.cases) if holds(case))

    def _without_value(self, domain: FactDomain) -> CaseSet:
        """The cases in which no value of a fact gives all its criteria their verdicts."""
        with_one = union(map(self.cases_with, domain.possible_verdicts()))
        return self.everything & ~with_one

    def describe_case(self, cases: CaseSet) -> str:
        """The first case of a set in words, for a message."""
        case = self.cases[next(members(cases))]
        return ", ".join(name if case[name] else f"not {name}" for name in self.criteria)

    def refuse_faults(self) -> None:
        """Raise RulesError for overlapping statuses, unnamed cases, empty regions and clashing
        constraints.
        """
        home = self.ruleset.directory.name
        if not self.consistent:
            raise RulesError(
                [
                    f"{home}/constraints.yaml:1: no case satisfies all constraints; correct or "
                    f"remove one"
                ]
            )
        problems = [*self._overlaps(), *self._empty()]
        if unnamed := self.outside & ~union(self.regions.values()):
            case = self.describe_case(unnamed)
            problems.append(
                f"{home}/regions.yaml:1: no status and no region holds this case ({case}); add a "
                f"region that does"
            )
        if problems:
            raise RulesError(problems)

    def _overlaps(self) -> Iterator[str]:
        for first, second in combinations(self.statuses, 2):
            if both := self.statuses[first] & self.statuses[second]:
                yield (
                    f"{self.ruleset.statuses[second].place}: '{second}' and '{first}' can both "
                    f"hold "
                    f"({self.describe_case(both)}); narrow one, or put `unless: [{first}]` into "
                    f"'{second}'"
                )

    def _empty(self) -> Iterator[str]:
        for name, cases in self.statuses.items():
            if not cases:
                yield (
                    f"{self.ruleset.statuses[name].place}: status '{name}' holds in no case; "
                    f"correct its clauses or remove it"
                )
        for name, cases in self.regions.items():
            if not cases:
                yield (
                    f"{self.ruleset.regions[name].place}: region '{name}' holds no case without a "
                    f"status; correct or remove it"
                )
