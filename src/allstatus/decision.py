"""The decision: an outcome, never a guess, with everything that led to it, read off the table when asked."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pydantic_core import to_json

from allstatus.assume import Resolution
from allstatus.conflicts import clashing_constraints
from allstatus.facts import Stated
from allstatus.measurement import Percent, format_number
from allstatus.options import list_options
from allstatus.record import Record
from allstatus.trace import Tracer

SCHEMA_VERSION = "1.0"


class Decision:
    """What the page's definitions say of one record.

    `outcome` is determined, outside_definitions, insufficient_data, conflicting_data or not_applicable;
    `possible` always lists every outcome the facts still allow.
    """

    __slots__ = ("_resolution", "_stated", "_table", "_tracer", "outcome", "record")

    def __init__(self, tracer: Tracer, record: Record, stated: Stated, resolution: Resolution) -> None:
        self._tracer, self._table = tracer, tracer.table
        self._stated, self._resolution, self.record = stated, resolution, record
        self.outcome = "conflicting_data" if stated.conflicts else resolution.cell.outcome
        if stated.chart is not None and not stated.chart.applicable:
            self.outcome = "not_applicable"

    @property
    def status(self) -> str | None:
        """untreated, in_remission or recurrent when determined, else None."""
        return self._resolution.cell.status if self.outcome == "determined" else None

    @property
    def possible(self) -> tuple[str, ...]:
        """Every outcome the facts still allow; empty when they contradict each other."""
        return () if self.outcome in ("conflicting_data", "not_applicable") else self._resolution.cell.possible

    @property
    def regions(self) -> list[dict[str, str]]:
        """Which undescribed cases this is, each with its sentence (outside_definitions only)."""
        names = self._resolution.cell.regions if self.outcome == "outside_definitions" else ()
        return [{"id": name, "sentence": self._table.ruleset.regions[name].sentence} for name in names]

    @property
    def missing(self) -> list[dict[str, Any]]:
        """The facts whose answer could change the outcome, with the question and the tests that answer it."""
        if self.outcome != "insufficient_data":
            return []
        rules = self._table.ruleset
        facts = [rules.facts[name] for name in self._resolution.cell.missing]
        return [
            {"fact": fact.name, "question": fact.question, "answered_by": [rules.test_title(test) for test in fact.answered_by]}
            for fact in facts
        ]

    @property
    def ask_next(self) -> str | None:
        """Of the missing facts, one that is least burdensome to answer (burdens are illustrative)."""
        names = self._resolution.cell.missing if self.outcome == "insufficient_data" else ()
        return min(names, key=lambda name: self._table.ruleset.facts[name].burden, default=None)

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """Which facts contradict each other, and the constraint they break."""
        found = [{"constraint": name, "facts": list(facts), "because": why} for name, facts, why in self._stated.conflicts]
        return found + clashing_constraints(self._table, self._resolution.stated)

    @property
    def assumptions(self) -> list[dict[str, Any]]:
        """The named assumptions this answer rests on."""
        rules = self._table.ruleset
        entries = [dict(entry) for entry in self._stated.chart.assumptions] if self._stated.chart is not None else []
        for name in self._resolution.used if self.outcome != "conflicting_data" else ():
            assume = rules.facts[name].assume
            assert assume is not None
            entries.append({"fact": name, "value": assume.value, "because": assume.because, "reading": assume.reading})
        return entries

    @property
    def diagnoses(self) -> list[dict[str, str]]:
        """The diagnoses a chart holds; empty for a record."""
        return [] if self._stated.chart is None else [dict(seen) for seen in self._stated.chart.diagnoses]

    @property
    def warnings(self) -> list[str]:
        """What a reader should check: it never changes the decision."""
        warnings = list(self._stated.warnings)
        limit, age = self._table.ruleset.population["adult_from_age_years"], self.record.age_years
        if age is not None and age < limit:
            warnings.append(f"age_years: the page is about adults; this patient is under {limit}")
        return warnings

    @property
    def options(self) -> list[dict[str, Any]]:
        """The treatments the page lists for the status; none for any other outcome."""
        return list_options(self._table.ruleset, self.status)

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """Every fact: its value, whether it was given, derived, assumed or is unknown, and its evidence."""
        return {name: self._fact(name) for name in self._table.ruleset.facts}

    def _fact(self, name: str) -> dict[str, Any]:
        value, evidence = self._stated.values[name], list(self._stated.evidence.get(name, ()))
        if value is not None:
            derived = name == "prior_remission" and self.record.prior_remission is None
            state = "derived" if derived else "given"
            if self._stated.chart is not None:
                state = self._stated.chart.states.get(name, state)
            return {"value": write_value(value), "state": state, "evidence": evidence}
        assume = self._table.ruleset.facts[name].assume
        if name in self._resolution.assumed and assume is not None and self.outcome != "conflicting_data":
            return {"value": assume.value, "state": "assumed", "evidence": [assume.because, *evidence]}
        derived_value = self._derived(name)
        state = "unknown" if derived_value is None else "derived"
        return {"value": derived_value, "state": state, "evidence": evidence}

    def _derived(self, name: str) -> Any:
        """The value a constraint forces on an unstated fact, where it forces one."""
        rules, cell = self._table.ruleset, self._resolution.cell
        verdicts = dict(zip(self._table.criteria, cell.closed, strict=True))
        for criterion in rules.criteria_of(name):
            condition, verdict = rules.criteria[criterion].condition, verdicts[criterion]
            if verdict is None or not cell.completions:
                return None
            if condition.operand is True:
                return verdict
            return condition.operand if verdict else f"not {condition.operand}"
        return None

    @property
    def trace(self) -> dict[str, Any]:
        """Every definition, clause by clause, with what was observed."""
        return self._tracer.trace(self._resolution.cell, self._stated.values)

    def to_dict(self) -> dict[str, Any]:
        """The decision as `allstatus schema decision` describes it."""
        return {
            "schema_version": SCHEMA_VERSION, "id": self.record.id, "outcome": self.outcome, "status": self.status,
            "possible": list(self.possible), "regions": self.regions, "missing": self.missing, "ask_next": self.ask_next,
            "conflicts": self.conflicts, "assumptions": self.assumptions, "warnings": self.warnings, "diagnoses": self.diagnoses,
            "options": self.options, "facts": self.facts, "trace": self.trace, "reasons": [], "counterfactuals": [],
            "ruleset": self._about_rules(), "engine": self._table.engine, "notice": self._table.ruleset.notice,
        }  # fmt: skip

    def to_json(self) -> bytes:
        """`to_dict()` as one line of UTF-8 JSON."""
        return to_json(self.to_dict())

    def _about_rules(self) -> dict[str, Any]:
        rules = self._table.ruleset
        return {
            "id": rules.id, "version": rules.version, "digest": rules.digest, "table_digest": self._table.digest,
            "effective_from": rules.effective_from, "source": dict(rules.source),
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"Decision(outcome={self.outcome!r}, status={self.status!r}, possible={self.possible!r})"


def write_value(value: Any) -> Any:
    """A fact's value for JSON: a percentage as text, exact."""
    if isinstance(value, Percent):
        return value.text
    return format_number(value) if isinstance(value, Fraction) else value
