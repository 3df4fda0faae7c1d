"""Every statement about a rule set, checked on all complete cases and all partial cells of its
table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from allstatus.decision.applicability import Applicability, applicability_faults
from allstatus.decision.classifier import Classifier
from allstatus.errors import RulesError
from allstatus.table.case_set import CaseSet, members, set_of, union
from allstatus.table.decision_table import Cell, DecisionTable, Verdicts
from allstatus.table.engines import durable_installed, make_engine
from allstatus.verify.case_space import Space, VerdictBox
from allstatus.verify.clauses import drop_each
from allstatus.verify.monotonicity import as_they_stand, broken
from allstatus.verify.promises import PROMISES_FILE, Promise
from allstatus.verify.rule_examples import example_problem
from allstatus.verify.statements import (
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


class Exhaustive:
    """The statements on one decision table, which may have any of the faults they look for."""

    def __init__(
        self, table: DecisionTable, boxes: Sequence[VerdictBox], promises: Sequence[Promise] | None
    ) -> None:
        self.table, self.boxes, self.promises = table, boxes, promises
        self.ruleset = table.ruleset
        self.space = Space(table)

    def findings(self) -> list[StatementResult]:
        """A finding for each statement; where no case can be, the rest is not checked."""
        first = self.constraints()
        if not first.holds:
            return [first, *(skip(check, NO_CASE) for check in list(STATEMENTS)[1:-1])]
        rest = (
            self.exclusive,
            self.complete,
            self.inhabited,
            self.criteria,
            self.clauses,
            self.knowledge,
            self.kept_promises,
            self.examples,
            self.cover,
            self.engines,
            self.uses,
        )
        return [first, *(check() for check in rest)]

    def constraints(self) -> StatementResult:
        """Constraints can all be satisfied; else the fewest that clash."""
        examined = f"{len(self.ruleset.constraints)} constraints, {self._cases()}"
        failures = [] if self.table.consistent else clash(self._clash())
        return result("constraints", examined, failures)

    def exclusive(self) -> StatementResult:
        """Statuses two by two."""
        statuses = self.table.statuses
        pairs = list(combinations(statuses, 2))
        failures = [
            Counterexample(f"{a}+{b}", f"'{a}' and '{b}' both hold", self.space.smallest(both))
            for a, b in pairs
            if (both := statuses[a] & statuses[b])
        ]
        return result("exclusive", f"{len(pairs)} pairs of statuses, {self._cases()}", failures)

    def complete(self) -> StatementResult:
        """What no status holds lies in a region."""
        unnamed = self.table.outside
        for cases in self.table.regions.values():
            unnamed &= ~cases
        failures = self._failure("unnamed", UNNAMED, unnamed)
        count, regions = self.table.outside.bit_count(), len(self.table.regions)
        return result("complete", f"{count} cases without a status, {regions} regions", failures)

    def inhabited(self) -> StatementResult:
        """Each status holds a case, each region one without a status."""
        failures = [
            Counterexample(name, f"status '{name}' holds no case")
            for name, cases in self.table.statuses.items()
            if not cases
        ]
        for name, cases in self.table.regions.items():
            if not cases:
                described = self.space.smallest(self.table.where(self.ruleset.regions[name].where))
                why = "; a status holds it all" if described else ""
                problem = f"region '{name}' holds no case without a status{why}"
                failures.append(Counterexample(name, problem, described))
        examined = f"{len(self.table.statuses)} statuses, {len(self.table.regions)} regions"
        return result("inhabited", examined, failures)

    def criteria(self) -> StatementResult:
        """Two cases that differ in this criterion alone differ in status."""
        failures = [
            Counterexample(name, f"criterion '{name}' changes no case's status")
            for bit, name in enumerate(self.table.criteria)
            if not self._decides(bit, name)
        ]
        return result("criteria", f"{len(self.table.criteria)} criteria, {self._cases()}", failures)

    def clauses(self) -> StatementResult:
        """Dropping it alone changes its status in some case."""
        dropped = list(drop_each(self.table))
        failures = [Counterexample(d.about, droppable(d.words)) for d in dropped if not d.changes]
        return result("clauses", f"{len(dropped)} clauses, each dropped alone", failures)

    def knowledge(self) -> StatementResult:
        """From every cell, each single further verdict keeps an answer and adds no possibility."""
        steps, retracted = 0, []
        for verdicts in self._all_verdicts():
            cell = self.table.cell(verdicts)
            for finer in self._one_more(verdicts):
                steps += 1
                if finer.possible and not _keeps(cell, finer):
                    retracted.append((cell, finer))
        failures: list[Counterexample] = []
        for cell, finer in retracted[:1]:
            becomes = f"{_answer(cell)} becomes {_answer(finer)}"
            witness = self.space.smallest(finer.completions)
            failures.append(Counterexample("knowledge", becomes, witness))
        return result(
            "knowledge", f"{self._cells()}, {steps:,} steps from one to the next", failures
        )

    def kept_promises(self) -> StatementResult:
        """Percentages moved up and down, and put at their limits, all else the same."""
        if self.promises is None:
            stands = as_they_stand(self.space)
            return skip("promises", f"{PROMISES_FILE} is not there; as the rules stand: {stands}")
        failures = [failure for promise in self.promises for failure in broken(self.space, promise)]
        return result("promises", ". ".join(map(str, self.promises)), failures)

    def examples(self) -> StatementResult:
        """The examples in the status files, run as records."""
        classifier = Classifier(self.ruleset, self.table)
        all_ = [
            (status.name, example)
            for status in self.ruleset.statuses.values()
            for example in status.examples
        ]
        failures = [
            Counterexample(
                f"{status}: {example['name']}",
                f"example '{example['name']}' of {status}: {problem}",
                example["facts"],
            )
            for status, example in all_
            if (problem := example_problem(classifier, example))
        ]
        return result("examples", f"{len(all_)} examples", failures)

    def cover(self) -> StatementResult:
        """The boxes' union, within what can be, is what no status holds."""
        boxed = union(box.cases for box in self.boxes)
        wrong = boxed & self.table.consistent ^ self.table.outside
        failures = self._failure("cover", "the boxes differ from the table", wrong)
        cases = self.table.outside.bit_count()
        return result("cover", f"{len(self.boxes)} boxes, {cases} cases", failures)

    def uses(self) -> StatementResult:
        """The conditions of the listed agents' stated uses, each by its own table."""
        applicability = Applicability(self.ruleset)
        try:
            conditions = list(applicability.conditions())
            faults = applicability_faults(applicability)
        except RulesError as error:
            problems = (Counterexample("uses", problem) for problem in error.problems)
            return result("uses", "the conditions were refused", problems)
        failures = (Counterexample(fault.partition(":")[0], fault) for fault in faults)
        examined = f"{len(conditions)} conditions, each a decision table of its own"
        return result("uses", examined, failures)

    def engines(self) -> StatementResult:
        """The other engine's table, case by case and cell by cell."""
        if not durable_installed():
            return skip("engines", "durable-rules is not installed")
        other = DecisionTable(self.ruleset, make_engine(self.ruleset, "durable"))
        pairs = enumerate(zip(self.table.firings, other.firings, strict=True))
        cases = set_of(number for number, (ours, theirs) in pairs if ours != theirs)
        cells = [
            v for v in self._all_verdicts() if self.table.cell(v).answer != other.cell(v).answer
        ]
        problem = f"they differ in {len(cells)} cells"
        failure = Counterexample("engines", problem, self.space.smallest(cases))
        examined = f"{len(self.table.cases)} cases, {self._cells()}"
        return result("engines", examined, [failure] if cells or cases else [])

    def _failure(self, about: str, problem: str, cases: CaseSet) -> list[Counterexample]:
        """The failure that these cases show; nothing where there are none."""
        return [Counterexample(about, problem, self.space.smallest(cases))] if cases else []

    def _cases(self) -> str:
        return f"{self.table.consistent.bit_count()} cases"

    def _cells(self) -> str:
        return f"{3 ** len(self.table.criteria):,} cells"

    def _clash(self) -> tuple[str, ...]:
        for size in range(1, len(self.ruleset.constraints) + 1):
            for names in combinations(self.ruleset.constraints, size):
                if not self.space.everything & ~union(self.table.broken[name] for name in names):
                    return names
        raise AssertionError("the constraints clash")

    def _decides(self, bit: int, name: str) -> bool:
        off = self.table.consistent & ~self.table.where_true(name)
        on = (self.table.consistent & self.table.where_true(name)) >> (1 << bit)
        both = members(off & on)
        return any(
            self.space.statuses_of(case) != self.space.statuses_of(case | 1 << bit) for case in both
        )

    def _all_verdicts(self) -> Iterator[Verdicts]:
        """Every cell, those that know least first."""
        every = product((False, True, None), repeat=len(self.table.criteria))
        return iter(sorted(every, key=lambda verdicts: verdicts.count(None), reverse=True))

    def _one_more(self, verdicts: Verdicts) -> Iterator[Cell]:
        for index, verdict in enumerate(verdicts):
            if verdict is None:
                for answer in (False, True):
                    yield self.table.cell((*verdicts[:index], answer, *verdicts[index + 1 :]))


def _keeps(cell: Cell, finer: Cell) -> bool:
    decided = cell.outcome in ("determined", "outside_definitions")
    return set(finer.possible) <= set(cell.possible) and (
        not decided or _answer(finer) == _answer(cell)
    )


def _answer(cell: Cell) -> str:
    return cell.status or cell.outcome
