"""Facts that the caller lays over a chart's: a record, whose evidence is that the caller supplied
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from allstatus.ehr.assess.assessment import Assessment
from allstatus.record.model import Record
from allstatus.table.chart_context import Evidence

SUPPLIED = "supplied by the caller"


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """A checked record to lay over a chart's facts; one with a date is laid over the assessment of
    that day only.
    """

    patient: str | None
    as_of: date | None
    facts: Mapping[str, Any]

    def is_for(self, patient: str | None) -> bool:
        """Whether it is about this patient; without an id, about any."""
        return self.patient is None or self.patient == patient

    def known_by(self, day: date | None) -> bool:
        """Whether it is about a time no later than a day."""
        return day is None or self.as_of is None or self.as_of <= day


def make_overlays(value: object, model: type[Record] = Record) -> tuple[CallerFacts, ...]:
    """One record or a list of them; raises InvalidRecord when one is not a record."""
    overlays = []
    items: list[Any] = value if isinstance(value, list) else [value]
    for item in items:
        record = model.read(item)
        facts = {
            name: item[name]
            for name in record.model_fields_set
            if item[name] is not None and name not in ("id", "as_of")
        }
        overlays.append(
            CallerFacts(None if record.id is None else str(record.id), record.as_of, facts)
        )
    return tuple(overlays)


def lay_over(found: Assessment, overlay: CallerFacts) -> None:
    """Put the caller's facts in the place of the chart's, which stay as evidence set aside."""
    for fact, value in overlay.facts.items():
        replaced = [
            e.set_aside("the caller supplied another value") if e.used else e
            for e in found.evidence.get(fact, ())
        ]
        if found.facts.get(fact) not in (None, "unknown", value) and fact in found.evidence:
            found.warnings.append(f"{fact}: the caller's value stands in the place of the chart's")
        found.facts[fact], found.states[fact] = value, "given"
        found.evidence[fact] = [
            Evidence(SUPPLIED, sent=str(value), read=str(value), used=True, because=SUPPLIED),
            *replaced,
        ]
    answered = {doubt.sentence for doubt in found.open if doubt.fact in overlay.facts}
    found.warnings = [warning for warning in found.warnings if warning not in answered]
    found.conflicts = [entry for entry in found.conflicts if not set(entry[1]) & set(overlay.facts)]
    found.assumptions = [entry for entry in found.assumptions if entry.fact not in overlay.facts]
