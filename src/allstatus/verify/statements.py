"""What is stated of a rule set, in words, and what was found; both ways of checking share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Witness = Mapping[str, Any]  # fact: value; every case with these values shows what is said

STATEMENTS = {
    "constraints": "Some case satisfies all constraints",
    "exclusive": "No case is of two statuses",
    "complete": "Every case that can be is of a status or in a named region",
    "inhabited": "Every status and every region holds a case",
    "criteria": "Every criterion decides some case",
    "clauses": "Every clause is needed by some case",
    "knowledge": "More knowledge never retracts an answer",
    "promises": "What is promised of rising and falling numbers holds",
    "examples": "Every example in the status files gets its answer",
    "cover": "The boxes below are exactly the cases that no status describes",
    "engines": "builtin and durable-rules agree in every case and every cell",
    "uses": (
        "Every stated use of a listed agent can fit, can fail to, and needs each of its criteria"
    ),
    "table": "The decision table is what the rule files say",
}
ALL_VALUES = "all rationals from 0 to 100 and all values of the other facts"
UNNAMED = "no status and no region holds"
NO_CASE = "no case satisfies the constraints"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One way in which a statement fails: `about` names what fails, the same for both ways of
    checking.
    """

    about: str
    problem: str
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A statement checked in one way: what was examined and how it fails.

    `skipped` says why it was not checked at all, `left_out` names what of it this way cannot check.
    """

    check: str
    examined: str
    failures: tuple[Counterexample, ...] = ()
    skipped: str | None = None
    left_out: frozenset[str] = frozenset()

    @property
    def holds(self) -> bool | None:
        """True, False, or None when it was not checked."""
        return None if self.skipped else not self.failures

    @property
    def failing(self) -> frozenset[str]:
        """What fails, by name."""
        return frozenset(failure.about for failure in self.failures)


def result(
    check: str,
    examined: str,
    failures: Iterable[Counterexample],
    left_out: frozenset[str] = frozenset(),
) -> StatementResult:
    """A statement that was checked."""
    return StatementResult(check, examined, tuple(failures), left_out=left_out)


def clash(constraints: Iterable[str]) -> list[Counterexample]:
    """The failure of constraints that exclude each other."""
    return [Counterexample("constraints", f"{' and '.join(constraints)} cannot hold together")]


def droppable(clause: str) -> str:
    """What is wrong with a clause that decides nothing."""
    return f"{clause} can be dropped, nothing changes"


def skip(check: str, why: str) -> StatementResult:
    """A statement that was not checked, and why."""
    return StatementResult(check, "", skipped=why)
