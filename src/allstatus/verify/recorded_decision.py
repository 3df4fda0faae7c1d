"""A decision as it was written down, and the record it was made on, given or rebuilt from its
facts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from allstatus.decision.answer import NOT_APPLICABLE
from allstatus.errors import InvalidRecord
from allstatus.table.chart_context import ChartContext
from allstatus.table.facts import HISTORY_CONFLICT

_REMEDY = "give decisions as `allstatus classify --format json` writes them, or {record, decision}"
_FRACTION = re.compile(r"(<=|>=|<|>)?(.*) \(of 1\)")


class _Part(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)


class RecordedRules(_Part):
    """The rules that a decision was made by."""

    id: str
    version: str
    digest: str


class _Id(_Part):
    id: str


class _Missing(_Part):
    fact: str


class _Conflict(_Part):
    constraint: str
    facts: list[str]
    because: str


class _Fact(_Part):
    value: Any
    state: str
    evidence: list[Any]

    @property
    def from_chart(self) -> bool:
        """Whether a chart's entries were read for it."""
        return any(isinstance(entry, dict) for entry in self.evidence)

    @property
    def by_chart(self) -> bool:
        """Whether its value was read off a chart's entries, or assumed of the chart by a named
        assumption.
        """
        return any(isinstance(entry, dict) and entry.get("used") for entry in self.evidence)


class RecordedDecision(_Part):
    """The parts of a decision document that a replay looks at."""

    id: str | int | None
    outcome: str
    status: str | None
    possible: list[str]
    regions: list[_Id]
    possible_regions: list[_Id] | None = None  # before schema 2.0 these stood among `regions`
    missing: list[_Missing]
    conflicts: list[_Conflict]
    options: list[_Id]
    diagnoses: list[Any]
    facts: dict[str, _Fact]
    ruleset: RecordedRules

    @property
    def from_chart(self) -> bool:
        """Whether it was made on a chart."""
        return (
            self.outcome == NOT_APPLICABLE
            or bool(self.diagnoses)
            or any(fact.from_chart for fact in self.facts.values())
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded decision with its record; `rebuilt` when the record was not written down beside
    it.
    """

    decision: RecordedDecision
    record: Mapping[str, Any]
    rebuilt: bool


def read_recorded(value: Any) -> Recorded:
    """Read a decision document, or {record, decision}; raises InvalidRecord when it is neither."""
    beside = isinstance(value, dict) and set(value) == {"record", "decision"}
    try:
        decision = RecordedDecision.model_validate(value["decision"] if beside else value)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "decision"
        raise InvalidRecord(where, "is not as in a recorded decision", _REMEDY) from None
    if beside:
        return Recorded(decision, value["record"], rebuilt=False)
    return Recorded(decision, rebuild_record(decision), rebuilt=True)


def rebuild_record(decision: RecordedDecision) -> dict[str, Any]:
    """A record that states the facts the decision was made on.

    A given fact is stated as it was, an unknown one as "unknown", and what a chart's entries said
    as it was read; what was assumed or derived by the rules is left to be assumed or derived again.
    How often the disease relapsed is not kept, only what it implied.
    """
    record: dict[str, Any] = {"id": decision.id}
    for name, fact in decision.facts.items():
        if fact.state == "unknown":
            record[name] = "unknown"
        elif fact.state == "given" or fact.by_chart:
            record[name] = _value(fact.value)
        elif fact.state == "derived" and fact.evidence:
            record["relapse_count"] = 1  # the one fact read off another key of the record
    for conflict in decision.conflicts:
        if conflict.constraint == HISTORY_CONFLICT:
            record["relapse_count"] = 1 if "prior_remission" in conflict.facts else 0
    return record


def rebuild_chart(decision: RecordedDecision, constraints: Collection[str]) -> ChartContext | None:
    """What the chart of a decision added that the outcome turns on: no diagnosis, or entries that
    contradict each other.

    Conflicts with the `constraints` of the rules, or within a record, are found again.
    """
    if not decision.from_chart:
        return None
    conflicts = tuple(
        (conflict.constraint, tuple(conflict.facts), conflict.because)
        for conflict in decision.conflicts
        if conflict.constraint not in {*constraints, HISTORY_CONFLICT}
    )
    return ChartContext({}, conflicts=conflicts, applicable=decision.outcome != NOT_APPLICABLE)


def _value(value: Any) -> Any:
    """A fact's value as a record states it; a fraction of 1 was written with that remark."""
    match = _FRACTION.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else {"value": match[2], "comparator": match[1], "unit": "1"}
