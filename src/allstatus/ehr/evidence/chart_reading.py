"""A chart read by the code tables: each statement in its place, or set aside with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allstatus.ehr.chart import Chart, Code, Problem, Result, Statement
from allstatus.ehr.coding.codes import CodeTables, Match, code_tables
from allstatus.ehr.dates import When
from allstatus.ehr.evidence.doubt import Doubt, lies, unborn
from allstatus.ehr.sent_values import FLAGGED, UNSETTLED
from allstatus.record.value_class import value_class
from allstatus.table.chart_context import DiagnosisSeen, Evidence

LOUD = ("preliminary", "its status", "carries")  # how reasons begin that a reader should be told of
UNDATED = "has no date"
VAGUE = "its day is not known"
UNBORN = "dated before birth"
OF_ITS_DATE = (UNDATED, VAGUE, UNBORN)


@value_class
class Finding:
    """One dated thing that counts: what it is (`name`), its value, and its evidence."""

    name: str
    when: When
    evidence: Evidence
    value: Any = None
    site: str = ""
    until: When | None = None
    conflict: bool = False
    by_default: bool = False
    specimen: tuple[Code, ...] = ()


@value_class
class OtherCancer:
    """Another cancer, and the first and last day on which treatment may have been for it."""

    title: str
    first: date
    last: date


@dataclass(slots=True, eq=False, repr=False)
class ChartReading:
    """A chart's statements by what they are about. `aside` holds, by fact, what does not count and
    why; `doubts`, by fact, what cannot be relied on though it may count; `own` are results of the
    rule set's own facts, `asked` the numbers of all results of their codes; `answers` are a
    clinician's own to the rule set's questions, with why one does not stand; `onset` is that of
    the leukemia, `named` the words it is sent with, `given` that the caller says it is there,
    `recorded` when it was first recorded; `disease` is what the rule set calls it.
    """

    chart: Chart
    as_of: date | None = None
    tables: CodeTables = field(default_factory=code_tables)
    disease: str = "the disease"
    diagnoses: list[DiagnosisSeen] = field(default_factory=list)
    has_all: bool = False
    given: bool = False
    onset: date | None = None
    recorded: date | None = None
    named: set[str] = field(default_factory=set)
    lineages: set[str] = field(default_factory=set)
    other_cancers: list[str] = field(default_factory=list)
    others: list[OtherCancer] = field(default_factory=list)
    secondary: list[tuple[Problem, Match]] = field(default_factory=list)
    marrow: list[Finding] = field(default_factory=list)
    counts: list[Finding] = field(default_factory=list)
    outside: list[Finding] = field(default_factory=list)
    signs: list[Finding] = field(default_factory=list)
    directed: list[Finding] = field(default_factory=list)
    relief: list[Finding] = field(default_factory=list)
    asserted: list[Finding] = field(default_factory=list)
    current: list[Finding] = field(default_factory=list)
    own: list[Finding] = field(default_factory=list)
    asked: frozenset[int] = frozenset()
    answers: list[Doubt] = field(default_factory=list)
    aside: dict[str, list[Evidence]] = field(default_factory=dict)
    doubts: dict[str, list[Doubt]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def put_aside(self, fact: str, evidence: Evidence, because: str, *, warn: bool = False) -> None:
        """Note what does not count for a fact, and why."""
        self.aside.setdefault(fact, []).append(evidence.set_aside(because))
        if warn:
            self._warn_of(evidence, because)

    def doubt(self, doubt: Doubt) -> None:
        """Note what cannot be relied on, though it may count."""
        self.keep(doubt)
        self._warn_of(doubt.evidence, doubt.why)

    def keep(self, doubt: Doubt) -> None:
        """The same of what a reader need not be told of."""
        self.doubts.setdefault(doubt.fact, []).append(doubt)

    def _warn_of(self, evidence: Evidence, why: str) -> None:
        title = f" ({evidence.title})" if evidence.title else ""
        self.warn(f"{evidence.source}{title}: {why}")

    def warn(self, warning: str) -> None:
        """Note a warning once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def caution(self, statement: Statement, match: Match | None) -> None:
        """Warn of what should be checked about a code."""
        if match is not None and match.caution:
            self.warn(f"{statement.source}: {match.caution}")


def evidence_of(
    statement: Statement,
    match: Match | None = None,
    sent: str = "",
    read: str = "",
    because: str = "",
) -> Evidence:
    """The evidence a statement is: counted where `because` says why, else not yet."""
    if match is not None:
        code, title = match.code, match.topic.title
    else:
        code = next(iter(statement.codes), Code("", ""))
        title = statement.text or code.display
    when = statement.when
    return Evidence(
        statement.source_here,
        f"{code.system}|{code.code}" if code.code else "",
        title,
        when.shown if when is not None else "",
        sent,
        read,
        bool(because),
        because,
    )


def known_by(statement: Statement, as_of: date | None) -> bool:
    """Whether a statement may have been made, and be about a time, no later than a day."""
    if as_of is None:
        return True
    return all(
        said is None or said.first <= as_of
        for said in (statement.when, statement.issued, statement.sent)
    )


def place_in_time(reading: ChartReading, statement: Statement) -> tuple[When, str]:
    """When a statement may be about, and why it cannot be relied on (empty: it can): its sender
    says so, or it has no date, or one that may lie after the day asked about.
    """
    when = lies(statement, reading.chart, reading.as_of)
    if statement.doubt or statement.when is None:
        return when, statement.doubt or UNDATED
    if when is not statement.when and unborn(statement.when, reading.chart):
        return when, UNBORN
    late = reading.as_of is not None and statement.when.last > reading.as_of
    return when, VAGUE if late else ""


def place_result(reading: ChartReading, result: Result) -> tuple[When, str]:
    """The same of a result, which may be flagged as not settled."""
    when, why = place_in_time(reading, result)
    if UNSETTLED.isdisjoint(result.flags) or (why and why not in OF_ITS_DATE):
        return when, why
    return when, FLAGGED.format(", ".join(result.flags))


def cancers(names: Iterable[str]) -> str:
    """Other cancers as one phrase."""
    return ", ".join(sorted(set(names)))


def specimen_places(result: Result, tables: CodeTables) -> set[str]:
    """Where a result's specimen comes from, as far as the tables know it."""
    known = filter(None, (tables.results.find([code]) for code in result.specimen))
    return {match.topic["specimen"] for match in known} - {None, ""}


def places_in_words(result: Result, tables: CodeTables) -> set[str]:
    """Where a specimen comes from by what it is called, which can only put its result in doubt."""
    return {
        topic["specimen"] for code in result.specimen for topic in tables.specimen_in_words(code)
    }
