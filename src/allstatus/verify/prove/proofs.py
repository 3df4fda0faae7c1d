"""Every statement as a formula without a model: over all rationals and all partial knowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import z3

from allstatus.table.case_set import members
from allstatus.table.decision_table import DecisionTable
from allstatus.verify.case_space import VerdictBox
from allstatus.verify.prove.example_proofs import stated, wrong
from allstatus.verify.prove.knowledge import Knowledge
from allstatus.verify.prove.monotone_proofs import Promised
from allstatus.verify.prove.solver import counterexample, model_of
from allstatus.verify.prove.translation import Formula, Translation
from allstatus.verify.statements import (
    ALL_VALUES,
    NO_CASE,
    STATEMENTS,
    UNNAMED,
    Counterexample,
    StatementResult,
    clash,
    droppable,
    result,
    skip,
)


class Proofs:
    """The statements on one rule-set folder; the table and its boxes are only ever compared
    with.
    """

    def __init__(self, table: DecisionTable, boxes: Sequence[VerdictBox]) -> None:
        self.table, self.boxes = table, boxes
        self.rules = Translation(table.ruleset.directory)
        self.x, self.y = self.rules.case("x"), self.rules.case("y")

    def findings(self) -> list[StatementResult]:
        """A finding for each statement but the engines' agreement, which the table's takes the
        place of.
        """
        first = self.constraints()
        if not first.holds:
            others = (check for check in list(STATEMENTS)[1:] if check != "engines")
            return [first, *(skip(check, NO_CASE) for check in others)]
        rest = (
            self.exclusive,
            self.complete,
            self.inhabited,
            self.criteria,
            self.clauses,
            self.knowledge,
            self.promises,
            self.examples,
            self.cover,
            self.same_table,
        )
        return [first, *(check() for check in rest)]

    def constraints(self) -> StatementResult:
        """Satisfiable together; else those of an unsatisfiable core."""
        solver = z3.Solver()
        solver.set("core.minimize", True)
        solver.add(self.x.domain)
        for name in self.rules.constraints:
            solver.assert_and_track(self.rules.constraint(self.x, name), name)
        failures = []
        if solver.check() != z3.sat:
            core = {str(name) for name in solver.unsat_core()}
            failures = clash(name for name in self.rules.constraints if name in core)
        return result("constraints", ALL_VALUES, failures)

    def exclusive(self) -> StatementResult:
        """Statuses two by two."""
        failures = []
        for a, b in combinations(self.rules.statuses, 2):
            both = z3.And(self.rules.status(self.x, a), self.rules.status(self.x, b))
            failures += self._found(f"{a}+{b}", f"'{a}' and '{b}' both hold", both)
        return result("exclusive", ALL_VALUES, failures)

    def complete(self) -> StatementResult:
        """No consistent case is without status and region."""
        regions = [z3.Not(self.rules.region(self.x, name)) for name in self.rules.regions]
        unnamed = z3.And(self.rules.undescribed(self.x), *regions)
        return result("complete", ALL_VALUES, self._found("unnamed", UNNAMED, unnamed))

    def inhabited(self) -> StatementResult:
        """Each status holds of some values; each region of some without a status."""
        states = [(name, "status", self.rules.status(self.x, name)) for name in self.rules.statuses]
        places = [(name, "region", self.rules.region(self.x, name)) for name in self.rules.regions]
        failures = [
            Counterexample(name, f"{kind} '{name}' holds no case")
            for name, kind, holds in states + places
            if not model_of(self.rules.consistent(self.x), holds)
        ]
        return result("inhabited", ALL_VALUES, failures)

    def criteria(self) -> StatementResult:
        """Two cases that differ in this criterion alone differ in status."""
        failures = []
        for name in self.rules.criteria:
            alike = [
                self.rules.criterion(self.x, other) == self.rules.criterion(self.y, other)
                for other in self.rules.criteria
                if other != name
            ]
            both = self.rules.consistent(self.x), self.rules.consistent(self.y)
            differs = z3.Not(self.rules.same_status(self.x, self.y))
            if not model_of(*both, *alike, differs):
                problem = f"criterion '{name}' changes no case's status"
                failures.append(Counterexample(name, problem))
        return result("criteria", ALL_VALUES, failures)

    def clauses(self) -> StatementResult:
        """Dropping it alone changes its status somewhere."""
        failures, given = [], self.rules.consistent(self.x)
        for status in self.rules.statuses:
            whole = self.rules.status(self.x, status)
            for path in self.rules.droppable(status):
                if not model_of(given, whole != self.rules.status(self.x, status, path)):
                    failures.append(Counterexample(path, droppable(path)))
        return result("clauses", ALL_VALUES, failures)

    def knowledge(self) -> StatementResult:
        """A case that completes more knowledge completes less; a case that fits is never left out.

        So what all completions agreed on they agree on still, whatever the answer was.
        """
        less, more = Knowledge(self.rules, "less"), Knowledge(self.rules, "more")
        retracts = z3.And(more.within(less), more.completes(self.x), z3.Not(less.completes(self.x)))
        leaves_out = z3.And(less.contains(self.x), z3.Not(less.completes(self.x)))
        failures = [
            *self._found("knowledge", "more knowledge allows a case that less did not", retracts),
            *self._found("knowledge", "a case that fits what is known is left out", leaves_out),
        ]
        examined = "all intervals with rational ends, all sets of values"
        return result("knowledge", examined, failures)

    def promises(self) -> StatementResult:
        """One percentage moved, every other fact the same."""
        if self.rules.promises is None:
            return skip("promises", "promises.yaml is not there")
        failures = [
            failure
            for fact, entry in self.rules.promises.items()
            for failure in Promised(self.rules, fact).broken(entry)
        ]
        return result("promises", ALL_VALUES, failures)

    def examples(self) -> StatementResult:
        """Examples whose facts are all plain values; the others need a record's reader."""
        all_ = {
            f"{status}: {e['name']}": e
            for status, data in self.rules.statuses.items()
            for e in data["examples"]
        }
        known = {
            about: stated(self.rules, self.x, example["facts"]) for about, example in all_.items()
        }
        left_out = frozenset(about for about, formulas in known.items() if formulas is None)
        failures = [
            Counterexample(about, problem, all_[about]["facts"])
            for about, formulas in known.items()
            if formulas is not None
            and (problem := wrong(self.rules, self.x, all_[about], formulas))
        ]
        examined = f"{len(all_) - len(left_out)} examples that state plain values of facts"
        return result("examples", examined, failures, left_out)

    def cover(self) -> StatementResult:
        """The boxes hold exactly what no status does."""
        said = [dict(zip(self.table.criteria, box.verdicts, strict=True)) for box in self.boxes]
        boxes = z3.Or([z3.And(self._verdicts(verdicts)) for verdicts in said])
        wrong = boxes != self.rules.undescribed(self.x)
        failures = self._found("cover", "the boxes differ from the rules", wrong)
        return result("cover", ALL_VALUES, failures)

    def same_table(self) -> StatementResult:
        """Every case of the table has values, and every value the answer of its case."""
        table, failures, given = self.table, list[Counterexample](), self.rules.consistent(self.x)
        said = [("consistent", table.consistent, given)]
        said += [(name, s, self.rules.status(self.x, name)) for name, s in table.statuses.items()]
        said += [(name, r, self.rules.region(self.x, name)) for name, r in table.regions.items()]
        for about, cases, holds in said:
            spelled = z3.Or([z3.And(self._verdicts(table.cases[n])) for n in members(cases)])
            differs = z3.And(given, spelled != holds)
            failures += self._found(about, f"the table differs for '{about}'", differs)
        for case in (table.cases[number] for number in members(table.consistent)):
            if not model_of(given, *self._verdicts(case)):
                problem = "the table has a case that cannot be"
                failures.append(Counterexample("consistent", problem, case))
        return result("table", f"{len(table.cases)} cases against {ALL_VALUES}", failures)

    def _verdicts(self, verdicts: Mapping[str, bool | None]) -> list[Formula]:
        return [
            self.rules.criterion(self.x, name) == verdict
            for name, verdict in verdicts.items()
            if verdict is not None
        ]

    def _found(self, about: str, problem: str, bad: Formula) -> list[Counterexample]:
        return counterexample(self.rules, self.x, about, problem, bad)
