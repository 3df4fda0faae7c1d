"""Diagnoses and treatments that a later message takes back (action code D)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from allstatus.ehr.chart import Problem, Treatment, in_doubt

DELETE = "D"
DELETED = "deleted"
MAYBE_DELETED = "deleted by a message of the same time"


@dataclass(frozen=True, slots=True)
class CodedSegment:
    """A diagnosis or treatment that a segment states, what deletes it (`names`), and whether the
    segment does so.
    """

    statement: Problem | Treatment
    names: frozenset[str]
    deletes: bool


def without_deleted(found: list[CodedSegment]) -> Iterator[Problem | Treatment]:
    """What was stated; what a later message deletes does not count, and what a message of the same
    time deletes is in doubt.
    """
    deletions = [one for one in found if one.deletes]
    for one in found:
        statement = one.statement
        for other in deletions:
            if one.deletes or not one.names & other.names:
                continue
            mine, theirs = statement.sent, other.statement.sent
            if mine is not None and theirs is not None and theirs.end < mine.begin:
                continue
            if mine is not None and theirs is not None and mine.end < theirs.begin:
                statement = replace(statement, void=DELETED, doubt="")
                break
            statement = in_doubt(statement, MAYBE_DELETED)
        yield statement
