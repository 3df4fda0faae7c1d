"""What a chart adds to its record: what each fact was read from, what was set aside, and where
every statement went.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from allstatus.record.frozen import Frozen, FrozenDict
from allstatus.record.value_class import value_class
from allstatus.rules.condition import Reading

FactState = Literal["given", "derived", "assumed", "unknown"]


@value_class
class Evidence:
    """One thing a chart says about a fact: where, what was sent, how it was read, and whether and
    why it counts.
    """

    source: str
    code: str = ""
    title: str = ""
    date: str = ""
    sent: str = ""
    read: str = ""
    used: bool = False
    because: str = ""

    def counted(self, because: str, read: str | None = None) -> Evidence:
        """The same, counted."""
        return Evidence(
            self.source,
            self.code,
            self.title,
            self.date,
            self.sent,
            self.read if read is None else read,
            True,
            because,
        )

    def set_aside(self, because: str) -> Evidence:
        """The same, set aside."""
        return Evidence(
            self.source, self.code, self.title, self.date, self.sent, self.read, False, because
        )


@value_class
class AssumptionMade:
    """A fact taken to have a value nobody stated, and why; listed in decisions that use it."""

    fact: str
    value: Any
    because: str
    reading: Reading


@value_class
class DiagnosisSeen:
    """A diagnosis on a chart: which statement, its code, and the day as far as it is known."""

    source: str
    system: str
    code: str
    title: str
    date: str


@value_class
class Contradiction:
    """A coded status of a chart that says otherwise than its facts; `because` is the warning."""

    source: str
    code: str
    says: str
    because: str


@value_class
class Accounted:
    """Where the statements of a chart went: four numbers that add up to `came_in`."""

    came_in: int
    counted: int
    set_aside: int
    about_something_else: int
    not_understood: int


@value_class
class CodesUsed:
    """A site's own code tables: their folder, and the SHA-256 of what they hold."""

    folder: str
    digest: str


@value_class
class ChartAccount:
    """Where each statement of a chart went.

    `reasons` are (fact, why, how many) of what was set aside, `codes` the codings that were not
    understood as rows of system, code, display and count, `diagnoses` the titles of such diagnoses.
    `concerned`: one of these may be a leukemia, or a marrow or its treatment is on the chart.
    """

    numbers: Accounted
    reasons: tuple[tuple[str, str, int], ...] = ()
    codes: tuple[dict[str, Any], ...] = ()
    diagnoses: tuple[str, ...] = ()
    concerned: bool = False


@value_class
class ChartContext(Frozen):
    """What a chart adds to its record: evidence and state of each fact, warnings, conflicts,
    assumptions, diagnoses seen.

    `contradictions` are coded statuses that say otherwise than the facts.
    `applicable` is False for a chart without the diagnosis the rules are about. `account` says
    where each statement went; `codes` names a site's own code tables.
    """

    evidence: Mapping[str, tuple[Evidence, ...]]
    states: Mapping[str, FactState] = field(default_factory=FrozenDict)
    warnings: tuple[str, ...] = ()
    conflicts: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    assumptions: tuple[AssumptionMade, ...] = ()
    diagnoses: tuple[DiagnosisSeen, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    applicable: bool = True
    account: ChartAccount | None = None
    codes: CodesUsed | None = None
