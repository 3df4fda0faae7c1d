"""The decision: an outcome, never a guess, with everything that led to it, read off the table when
asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from allstatus.decision import document
from allstatus.decision.applicability import Applicability, Listed
from allstatus.decision.options import list_options
from allstatus.record.model import Record
from allstatus.rules.ruleset import RuleSet
from allstatus.table.assumptions import Resolution
from allstatus.table.decision_table import OUTSIDE
from allstatus.table.facts import ChartContext, RecordFacts, write_evidence, write_value
from allstatus.why.counterfactuals import Change
from allstatus.why.other_definitions import MARROW
from allstatus.why.trace import observe

if TYPE_CHECKING:
    from allstatus.why.explainer import Explainer, Explanation

REMISSION = "in_remission"
NOT_APPLICABLE = "not_applicable"
UNDECIDED = ("conflicting_data", NOT_APPLICABLE)  # no definition is tried


class Decision:
    """What the page's definitions say of one record.

    `outcome` is determined, outside_definitions, insufficient_data, conflicting_data or
    not_applicable (charts only);
    `possible` always lists every outcome the facts still allow.
    """

    __slots__ = ("_applicability", "_explainer", "_resolution", "_stated", "outcome", "record")

    def __init__(
        self,
        explainer: Explainer,
        record: Record,
        stated: RecordFacts,
        resolution: Resolution,
        applicability: Applicability | None = None,
    ) -> None:
        self._explainer, self._stated, self._resolution, self.record = (
            explainer,
            stated,
            resolution,
            record,
        )
        self._applicability = applicability
        self.outcome = "conflicting_data" if stated.conflicts else resolution.cell.outcome
        if stated.chart is not None and not stated.chart.applicable:
            self.outcome = NOT_APPLICABLE

    @property
    def status(self) -> str | None:
        """untreated, in_remission or recurrent when determined, else None."""
        return self._resolution.cell.status if self.outcome == "determined" else None

    @property
    def possible(self) -> tuple[str, ...]:
        """Every outcome the facts still allow; empty when they contradict each other."""
        return () if self.outcome in UNDECIDED else self._resolution.cell.possible

    @property
    def regions(self) -> list[dict[str, str]]:
        """Which undescribed cases this is, each with its sentence (outside_definitions only)."""
        names = self._resolution.cell.regions if self.outcome == OUTSIDE else ()
        return [{"id": name, "sentence": self.ruleset.regions[name].sentence} for name in names]

    @property
    def missing(self) -> list[dict[str, Any]]:
        """The facts whose answer could change the outcome, with the question and the tests that
        answer it.
        """
        names = self.explanation.missing if self.outcome == "insufficient_data" else ()
        facts = [self.ruleset.facts[name] for name in names]
        return [
            {"fact": f.name, "question": f.question, "answered_by": self.ruleset.test_titles(f)}
            for f in facts
        ]

    @property
    def irrelevant(self) -> list[str]:
        """The facts that are not known and cannot change the answer."""
        return [] if self.outcome in UNDECIDED else list(self.explanation.irrelevant)

    @property
    def ask_next(self) -> dict[str, Any] | None:
        """The question that settles the answer at the least burden (burdens are illustrative),
        answer by answer.
        """
        return self.explanation.ask_next if self.outcome == "insufficient_data" else None

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """Which facts contradict each other, and the constraint they break."""
        found = [
            {"constraint": name, "facts": list(facts), "because": why}
            for name, facts, why in self._stated.conflicts
        ]
        return found + self.explanation.clashes

    @property
    def assumptions(self) -> list[dict[str, Any]]:
        """The named assumptions this answer rests on."""
        entries = [dict(entry) for entry in self._stated.assumptions]
        for name in self._resolution.used if self.outcome != "conflicting_data" else ():
            assume = self.ruleset.facts[name].assume
            assert assume is not None
            entries.append(
                {
                    "fact": name,
                    "value": assume.value,
                    "because": assume.because,
                    "reading": assume.reading,
                }
            )
        return entries

    @property
    def diagnoses(self) -> list[dict[str, str]]:
        """The diagnoses a chart holds; empty for a record."""
        return (
            []
            if self._stated.chart is None
            else [dict(seen) for seen in self._stated.chart.diagnoses]
        )

    @property
    def contradictions(self) -> list[dict[str, str]]:
        """The coded statuses of a chart that say otherwise than its facts: source, code, what it
        says, and the warning.
        """
        return (
            []
            if self._stated.chart is None
            else [dict(found) for found in self._stated.chart.contradictions]
        )

    @property
    def warnings(self) -> list[str]:
        """What a reader should check: it never changes the decision."""
        warnings = list(self._stated.warnings)
        limit, age = self.ruleset.population["adult_from_age_years"], self.record.age_years
        if age is not None and age < limit:
            warnings.append(f"age_years: the page is about adults; this patient is under {limit}")
        return warnings

    @property
    def options(self) -> list[dict[str, Any]]:
        """The treatments the page lists for the status, whether each applies; none for any other
        outcome.
        """
        return self.listed.entries

    @property
    def listed(self) -> Listed:
        """The options and the same as JSON."""
        status = self.status
        if status is None or self._applicability is None:
            return Listed(list_options(self.ruleset, status))
        return self._applicability.options_of(status).of(self.record)

    @property
    def applicability(self) -> dict[str, str] | None:
        """Which overlay said whether the options apply; None without options, or when it was turned
        off.
        """
        return (
            None
            if self.status is None or self._applicability is None
            else dict(self._applicability.about)
        )

    @property
    def elsewhere(self) -> list[dict[str, Any]]:
        """What other definitions would say of the same marrow and counts, only where it differs; it
        decides nothing.
        """
        if self.outcome == "conflicting_data":
            return []
        return self._explainer.elsewhere.of(self._stated.values.get(MARROW), self._stated.panel)

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """Every fact: its value, whether it was given, derived, assumed or is unknown, and its
        evidence.
        """
        return {name: self._fact(name) for name in self.ruleset.facts}

    @property
    def trace(self) -> dict[str, Any]:
        """Every definition, clause by clause, with what was observed."""
        return self.trace_of(self.observed(self.facts), self.remission_number)

    @property
    def verdicts(self) -> dict[str, bool | None]:
        """Each criterion after assumptions and constraints: true, false, or None where it is
        open.
        """
        return dict(zip(self.ruleset.criteria, self._resolution.cell.closed, strict=True))

    @property
    def remission_number(self) -> int | None:
        """Which remission this is, where the record counts relapses or denies an earlier
        remission.
        """
        if self.status != REMISSION:
            return None
        if self.record.relapse_count is not None:
            return self.record.relapse_count + 1
        return 1 if self.record.prior_remission is False else None

    @property
    def reasons(self) -> list[list[str]]:
        """All subset-minimal sets of known facts that already force the outcome; in a conflict,
        that clash.
        """
        return (
            []
            if self.contradicts_itself or self.outcome == NOT_APPLICABLE
            else [list(names) for names in self.explanation.reasons]
        )

    @property
    def why_not(self) -> list[dict[str, Any]]:
        """For each status not reached, the clauses that decide against it or the facts it waits
        for.
        """
        return [] if self.outcome in UNDECIDED else self.explanation.why_not

    @property
    def changes(self) -> tuple[Change, ...]:
        """The smallest changes of facts to each other outcome (`counterfactuals` in the
        document).
        """
        return (
            ()
            if self.contradicts_itself or self.outcome == NOT_APPLICABLE
            else self.explanation.changes
        )

    @property
    def ruleset(self) -> RuleSet:
        """The rules this was decided by."""
        return self._explainer.table.ruleset

    @property
    def engine(self) -> str:
        """The engine that fired the rules."""
        return self._explainer.table.engine

    @property
    def table_digest(self) -> str:
        """SHA-256 of the decision table this was read off."""
        return self._explainer.table.digest

    @property
    def explanation(self) -> Explanation:
        """What can be said of this decision whatever the exact values behind it."""
        return self._explainer.explain(self._resolution)

    @property
    def contradicts_itself(self) -> bool:
        """Whether the record contradicts itself before any rule is asked."""
        return bool(self._stated.conflicts)

    @property
    def applicable(self) -> bool:
        """Whether the rules are about this patient: any record's, and a chart's with their
        diagnosis.
        """
        return self.outcome != NOT_APPLICABLE

    @property
    def chart(self) -> ChartContext | None:
        """What the chart behind the record supplied; None for a record alone."""
        return self._stated.chart

    def trace_of(
        self, observed: Mapping[str, dict[str, Any]], remission_number: Any
    ) -> dict[str, Any]:
        """The trace with these observations of the criteria."""
        return {
            **self._explainer.tracer.trace(self._resolution.cell, observed),
            "remission_number": remission_number,
        }

    def observed(self, facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """For each criterion what was seen of its fact, and how far a number lies from the
        limit.
        """
        values = self._stated.values
        return {
            name: observe(
                criterion,
                values[criterion.condition.fact],
                facts[criterion.condition.fact]["value"],
            )
            for name, criterion in self.ruleset.criteria.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """The decision as `allstatus schema decision` describes it."""
        return document.to_dict(self)

    def to_json(self) -> bytes:
        """`to_dict()` as one line of UTF-8 JSON."""
        return document.to_json(self)

    def _fact(self, name: str) -> dict[str, Any]:
        value, evidence = (
            self._stated.values[name],
            [write_evidence(entry) for entry in self._stated.evidence.get(name, ())],
        )
        if value is not None:
            state = "derived" if name in self._stated.derived else "given"
            if self._stated.chart is not None:
                state = self._stated.chart.states.get(name, state)
            return {"value": write_value(value), "state": state, "evidence": evidence}
        assume = self.ruleset.facts[name].assume
        if (
            name in self._resolution.assumed
            and assume is not None
            and self.outcome != "conflicting_data"
        ):
            return {
                "value": assume.value,
                "state": "assumed",
                "evidence": [assume.because, *evidence],
            }
        derived = self.explanation.derived.get(name)
        return {
            "value": derived,
            "state": "unknown" if derived is None else "derived",
            "evidence": evidence,
        }

    def __repr__(self) -> str:
        return (
            f"Decision(outcome={self.outcome!r}, status={self.status!r}, "
            f"possible={self.possible!r})"
        )
