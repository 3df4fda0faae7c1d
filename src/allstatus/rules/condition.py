"""Conditions as clinicians write them: short text on a fact, and all / any / not over criteria."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

from allstatus.record.frozen import Frozen
from allstatus.record.percent import Percent
from allstatus.record.value_class import value_class
from allstatus.rules.fact_sets import member_fact

_TEXT = re.compile(r"\s*(\w+)\s*(?:(==|!=|<=|>=|<|>)\s*([\w.+-]+)\s*)?")
_INCLUDES = re.compile(r"\s*(\w+)\s+includes\s+(\w+)\s*")


Reading = Literal["literal", "interpretation"]
ClauseKind = Literal["criterion", "all", "any", "not"]
CLAUSE_KINDS: tuple[ClauseKind, ...] = ("criterion", "all", "any", "not")


@value_class
class Comparison:
    """`fact operator operand`; a yes/no fact stands alone. `limit` is set for percentages and
    numbers.
    """

    fact: str
    operator: str
    operand: str | bool
    limit: Fraction | None = None

    def holds(self, value: object) -> bool | None:
        """Whether the fact's value satisfies it; None when the value does not decide.

        A set of words means: one of these, not known which.
        """
        if value is None:
            return None
        if isinstance(value, Percent):
            assert self.limit is not None
            return value.compare(self.operator, self.limit)
        if isinstance(value, frozenset):
            verdicts = {self.holds(word) for word in value}
            return verdicts.pop() if len(verdicts) == 1 else None
        return (value == self.operand) is (self.operator == "==")

    def above(self, value: object) -> bool | None:
        """Whether a number lies above the limit, on whichever side the limit itself is; None when
        the value does not decide.
        """
        verdict = self.holds(value)
        return verdict if verdict is None or self.operator.startswith(">") else not verdict

    def __str__(self) -> str:
        return (
            self.fact
            if isinstance(self.operand, bool)
            else f"{self.fact} {self.operator} {self.operand}"
        )


@value_class
class Clause(Frozen):
    """A node of a status: a criterion, or all / any / not over others.

    `path` is its place in the status (`<status>.2.1`), which is also its id in a trace.
    """

    kind: ClauseKind
    path: str
    criterion: str | None = None
    children: tuple[Clause, ...] = ()
    reading: Reading | None = None
    note: str | None = None
    cite: Mapping[str, str] | None = None

    def holds(self, case: Mapping[str, bool]) -> bool:
        """Two-valued truth on a complete case of criteria."""
        if self.kind == "criterion":
            return case[str(self.criterion)]
        if self.kind == "not":
            return not self.children[0].holds(case)
        if self.kind == "all":
            return all(child.holds(case) for child in self.children)
        return any(child.holds(case) for child in self.children)

    def walk(self) -> Iterator[Clause]:
        """The node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def criteria(self) -> set[str]:
        """Names of the criteria it asks for."""
        return {str(node.criterion) for node in self.walk() if node.kind == "criterion"}


def parse_comparison(text: str) -> tuple[str, str, str] | None:
    """(fact, operator, operand) of a condition's text; operator and operand empty for a bare
    fact, which a member of a set is.

    >>> parse_comparison("gene_changes includes npm1")
    ('gene_changes_npm1', '', '')
    """
    if member := _INCLUDES.fullmatch(text):
        return member_fact(member[1], member[2]), "", ""
    match = _TEXT.fullmatch(text)
    return None if match is None else (match[1], match[2] or "", match[3] or "")
