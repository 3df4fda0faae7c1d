"""What a chart says of one patient, whatever format it came in: results, problems and treatments,
nothing read into them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from allstatus.ehr.dates import When


class Code(NamedTuple):
    """A code in a system (by its short name in `codes/systems.yaml`, else as sent) and the display
    beside it.
    """

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as sent: a number with comparator and unit, or two numbers, or codes, or text. `sent`
    is how it looked.
    """

    sent: str = ""
    number: object = None
    comparator: object = None
    unit: str | None = None
    high: object = None
    cells: object = None
    text: str | None = None
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """A laboratory's reference range, each limit with its own unit (None: that of the value)."""

    low: Quantity | None = None
    high: Quantity | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What results, problems and treatments have in common. `void` is why it does not count, or
    empty.
    """

    source: str
    codes: tuple[Code, ...]
    when: When | None
    issued: When | None = None
    void: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result(Statement):
    """A laboratory result or other observation."""

    value: Quantity = Quantity()
    ranges: tuple[Range, ...] = ()
    flags: tuple[str, ...] = ()
    specimen: tuple[Code, ...] = ()
    corrected: bool = False
    focus: tuple[Code, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem(Statement):
    """A coded condition: a diagnosis, a symptom, or a status on the problem list. `when` is its
    `onset`, else when it was recorded.
    """

    until: When | None = None
    ended: bool = False
    recorded: When | None = None
    clinical: str = ""
    cause: tuple[Code, ...] = ()
    caused: bool = False
    onset: When | None = None


@dataclass(frozen=True, slots=True)
class Treatment(Statement):
    """A medicine given or a procedure done; `reasons` are the codes of what it was for."""

    intent: tuple[Code, ...] = ()
    route: tuple[Code, ...] = ()
    reasons: tuple[Code, ...] = ()
    medicine: bool = True


@dataclass(slots=True)
class Chart:
    """One patient's chart."""

    patient: str | None = None
    sex: str | None = None
    born: date | None = None
    results: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, statement: Statement) -> None:
        """Put a statement where it belongs."""
        place: list[Any] = self.results
        if isinstance(statement, Problem):
            place = self.problems
        elif isinstance(statement, Treatment):
            place = self.treatments
        place.append(statement)


def age_on(born: date, day: date) -> int:
    """Whole years between two days."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
