"""What was decided of one record, and on what: the facts, assumptions and warnings behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from allstatus.decision.applicability import Applicability
from allstatus.decision.entries import FactValue, Option, OverlayUsed, RegionFound
from allstatus.decision.lazy import lazy
from allstatus.decision.options import list_options
from allstatus.decision.warnings import warnings_of
from allstatus.record.frozen import FrozenDict, WrittenOnce
from allstatus.record.model import Record
from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import Criterion, Fact, RuleSet
from allstatus.table.assumptions import Resolution
from allstatus.table.chart_context import (
    Accounted,
    AssumptionMade,
    ChartContext,
    CodesUsed,
    Contradiction,
    DiagnosisSeen,
    Evidence,
    FactState,
)
from allstatus.table.decision_table import OUTSIDE, Outcome, StatusName
from allstatus.table.facts import RecordFacts, write_value
from allstatus.why.conflicts import Conflict
from allstatus.why.explainer import Explainer, Explanation
from allstatus.why.observed import Observation, observe

FactParts = tuple[Any, FactState, tuple[str | Evidence, ...]]
NOT_APPLICABLE: Literal["not_applicable"] = "not_applicable"
NOT_UNDERSTOOD = "{} statement{} of the chart could not be understood."
UNDECIDED = ("conflicting_data", NOT_APPLICABLE)  # no definition is tried


class Answer:
    """The outcome of one record with the facts behind it; a part is worked out when first read."""

    record: Record
    _explainer: Explainer
    _stated: RecordFacts
    _resolution: Resolution
    _applicability: Applicability | None

    def __init__(
        self,
        explainer: Explainer,
        record: Record,
        stated: RecordFacts,
        resolution: Resolution,
        applicability: Applicability | None = None,
    ) -> None:
        self.__dict__.update(
            record=record,
            _explainer=explainer,
            _stated=stated,
            _resolution=resolution,
            _applicability=applicability,
        )

    @lazy
    def id(self) -> str | int | None:
        """The record's id."""
        return self.record.id

    @lazy
    def outcome(self) -> Outcome:
        """determined, outside_definitions, insufficient_data, conflicting_data, or (charts only)
        not_applicable.
        """
        chart = self._stated.chart
        if chart is not None and not chart.applicable:
            return NOT_APPLICABLE
        return "conflicting_data" if self._stated.conflicts else self._resolution.cell.outcome

    @lazy
    def status(self) -> StatusName | None:
        """A status of the rule set when determined, else None."""
        return self._resolution.cell.status if self.outcome == "determined" else None

    @lazy
    def possible(self) -> tuple[str, ...]:
        """Every outcome the facts still allow; empty when they contradict each other."""
        return () if self.outcome in UNDECIDED else self._resolution.cell.possible

    @lazy
    def regions(self) -> tuple[RegionFound, ...]:
        """Which undescribed cases this surely is, each with its sentence (outside_definitions
        only).
        """
        names = self._resolution.cell.regions if self.outcome == OUTSIDE else ()
        return tuple([RegionFound(name, self.rules.regions[name].sentence) for name in names])

    @lazy
    def conflicts(self) -> tuple[Conflict, ...]:
        """Which facts contradict each other, and the constraint they break."""
        clashes = self._explanation.clashes
        return (*[Conflict(*one) for one in self._stated.conflicts], *clashes)

    @lazy
    def assumptions(self) -> tuple[AssumptionMade, ...]:
        """The named assumptions this answer rests on; each says how many statements of the chart
        stand beside it that are not understood.
        """
        used = self._resolution.used if self.outcome != "conflicting_data" else ()
        made = (*self._stated.assumptions, *[_assumption(self.rules.facts[n]) for n in used])
        unread = self.accounted.not_understood if self.accounted is not None else 0
        if not unread:
            return made
        told = NOT_UNDERSTOOD.format(unread, "" if unread == 1 else "s")
        return tuple(replace(entry, because=f"{entry.because} {told}") for entry in made)

    @lazy
    def warnings(self) -> tuple[str, ...]:
        """What a reader should check: it never changes the decision."""
        return tuple(warnings_of(self.record, self._stated, self.rules, self.status))

    @lazy
    def accounted(self) -> Accounted | None:
        """Where the statements of a chart went, in numbers that add up; None for a record."""
        account = None if self.chart is None else self.chart.account
        return None if account is None else account.numbers

    @lazy
    def codes(self) -> CodesUsed | None:
        """The site's own code tables a chart was read by; None without any."""
        return None if self.chart is None else self.chart.codes

    @lazy
    def diagnoses(self) -> tuple[DiagnosisSeen, ...]:
        """The diagnoses a chart holds; empty for a record."""
        return () if self.chart is None else self.chart.diagnoses

    @lazy
    def options(self) -> tuple[Option, ...]:
        """The treatments the page lists for the status, whether each applies; none for any other
        outcome.
        """
        return self._listed.entries

    @lazy
    def applicability(self) -> OverlayUsed | None:
        """Which overlay said whether the options apply; None without options, or when it was turned
        off.
        """
        used = self._applicability
        return None if self.status is None or used is None else used.about

    @lazy
    def facts(self) -> Mapping[str, FactValue]:
        """Every fact: its value, whether it was given, derived, assumed or is unknown, and its
        evidence.
        """
        return FrozenDict({name: FactValue(*parts) for name, parts in self._facts.items()})

    @lazy
    def verdicts(self) -> Mapping[str, bool | None]:
        """Each criterion after assumptions and constraints: true, false, or None where it is
        open; not in the JSON.
        """
        closed = self._resolution.cell.closed
        return FrozenDict(zip(self.rules.criteria, closed, strict=True))

    @lazy
    def observed(self) -> Mapping[str, Observation]:
        """For each criterion what was seen of its fact, and how far a number lies from the limit;
        in the JSON at the trace's nodes.
        """
        return FrozenDict({name: self._observe(c) for name, c in self.rules.criteria.items()})

    @lazy
    def _measured(self) -> Mapping[str, Observation]:
        """The same of the criteria that have a limit."""
        return {criterion.name: self._observe(criterion) for criterion in self._explainer.limited}

    def states(self, clause: Clause | None) -> bool:
        """Whether a clause holds by what was stated and what follows from it, with nothing
        assumed; no clause always does.
        """
        if clause is None:
            return True
        table, stated = self._explainer.table, self._resolution.stated
        known = {
            n: v for n, v in zip(table.criteria, stated.verdicts, strict=True) if v is not None
        }
        return not (stated.completions or table.cases_with(known)) & ~table.where(clause)

    def is_near(self, criterion: str | None) -> bool:
        """Whether the value that a criterion compares lies at its limit or near it; without a
        criterion it does.
        """
        return criterion is None or self.observed[criterion].near

    @property
    def is_remission(self) -> bool:
        """Whether the status is the one that the rules call a remission."""
        return self.status is not None and self.rules.statuses[self.status].is_remission

    @lazy
    def remission_number(self) -> int | None:
        """Which remission this is, where the record counts relapses or denies an earlier
        remission.
        """
        if not self.is_remission:
            return None
        if self.record.relapse_count is not None:
            return self.record.relapse_count + 1
        return 1 if self.record.prior_remission is False else None

    @lazy
    def contradictions(self) -> tuple[Contradiction, ...]:
        """The coded statuses of a chart that say otherwise than its facts; not in the JSON."""
        return () if self.chart is None else self.chart.contradictions

    @lazy
    def chart(self) -> ChartContext | None:
        """What the chart behind the record supplied; None for a record alone."""
        return self._stated.chart

    @property
    def rules(self) -> RuleSet:
        """The rules this was decided by."""
        return self._explainer.table.ruleset

    @lazy
    def _explanation(self) -> Explanation:
        """What can be said of this decision whatever the exact values behind it."""
        return self._explainer.explain(self._resolution)

    @property
    def _explained(self) -> bool:
        """Whether the rules are about this record and it does not contradict itself before any is
        asked.
        """
        return not self._stated.conflicts and self.outcome != NOT_APPLICABLE

    @lazy
    def _listed(self) -> WrittenOnce[Option]:
        status = self.status
        if status is None or self._applicability is None:
            return WrittenOnce(list_options(self.rules, status))
        return self._applicability.options_of(status).of(self.record)

    def _observe(self, criterion: Criterion) -> Observation:
        fact = criterion.condition.fact
        return observe(criterion, self._stated.values[fact], self._facts[fact][0])

    @lazy
    def _facts(self) -> dict[str, FactParts]:
        """Each fact's value, state and evidence."""
        stated, seen = self._stated, self._stated.evidence
        told = {} if self.chart is None else self.chart.states
        facts: dict[str, FactParts] = {}
        for name, value in stated.values.items():
            evidence = seen.get(name, ())
            if value is None:
                facts[name] = self._unstated(name, evidence)
            else:
                state: FactState = "derived" if name in stated.derived else "given"
                facts[name] = write_value(value), told.get(name, state), evidence
        return facts

    def _unstated(self, name: str, evidence: tuple[str | Evidence, ...]) -> FactParts:
        assume = self.rules.facts[name].assume
        if (
            name in self._resolution.assumed
            and assume is not None
            and self.outcome != "conflicting_data"
        ):
            return assume.value, "assumed", (assume.because, *evidence)
        derived = self._explanation.derived.get(name)
        return derived, "unknown" if derived is None else "derived", evidence


def _assumption(fact: Fact) -> AssumptionMade:
    assume = fact.assume
    assert assume is not None
    return AssumptionMade(fact.name, assume.value, assume.because, assume.reading)
