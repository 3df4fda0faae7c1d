"""What can be refused, and how it is said: what, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AllstatusError(Exception):
    """Base of every error this package raises on purpose."""


class InvalidRecord(AllstatusError, ValueError):
    """The input is not a record that can be decided on.

    The message names the field, the kind of problem and the remedy, never the patient's value.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        self.field = field
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{field}: {problem}; {remedy}")

    def __reduce__(self) -> tuple[type[InvalidRecord], tuple[str, str, str]]:
        """So that it arrives whole from another process."""
        return type(self), (self.field, self.problem, self.remedy)


class RulesError(AllstatusError):
    """A rule set was refused: `problems` lists every offender with its place and remedy."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[RulesError], tuple[tuple[str, ...]]]:
        """So that it arrives whole from another process."""
        return type(self), (self.problems,)


class MissingExtra(AllstatusError):
    """An optional library is not installed; the message names the extra that brings it."""

    def __init__(self, library: str, extra: str) -> None:
        self.library, self.extra = library, extra
        super().__init__(f"{library} is not installed; run: pip install 'allstatus[{extra}]'")

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:
        """So that it arrives whole from another process."""
        return type(self), (self.library, self.extra)


def nearest(name: str, valid: Iterable[str]) -> str:
    """A hint such as " (did you mean 'marrow_blast_percent'?)", or an empty string."""
    matches = get_close_matches(name, list(valid), n=1, cutoff=0.6)
    return f" (did you mean '{matches[0]}'?)" if matches else ""
