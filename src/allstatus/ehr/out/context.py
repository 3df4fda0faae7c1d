"""What all resources of one decision share: its names, subject, evidence, device and time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import allstatus
from allstatus.decision.decision import Decision
from allstatus.decision.entries import FactValue
from allstatus.ehr.out.names import BASE, Json, Names, dropped, names_of, reference_of
from allstatus.table.chart_context import Evidence

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True)
class Context:
    """One decision to be written as FHIR, at a moment (without a time zone: of this machine)."""

    decision: Decision
    at: datetime
    base: str = BASE

    @cached_property
    def names(self) -> Names:
        """The addresses of the rule set."""
        return names_of(self.decision.rules, self.base)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the decision's document."""
        return hashlib.sha256(self.decision.to_json()).hexdigest()

    @cached_property
    def facts(self) -> Mapping[str, FactValue]:
        """The decision's facts with their evidence."""
        return self.decision.facts

    @property
    def instant(self) -> str:
        """The moment in UTC, as FHIR writes it."""
        return self.at.astimezone(UTC).isoformat(timespec="seconds")

    @property
    def source(self) -> str:
        """The rule set in a phrase, by id, version and digest."""
        rules = self.decision.rules
        return f"{rules.id} {rules.version}, SHA-256 {rules.digest}"

    @property
    def notice(self) -> Json:
        """The rule set's notice and source as a note."""
        rules = self.decision.rules
        page = f"{rules.source['title']}, {rules.source['url']}"
        return {"text": f"{rules.notice} Rules {self.source}. Source: {page}"}

    def id(self, *role: str) -> str:
        """The id of one of the decision's resources."""
        return self.names.id("decision", self.digest, *role)

    def link(self, *role: str) -> Json:
        """A reference to one of the decision's resources, within its bundle."""
        return {"reference": f"urn:uuid:{self.id(*role)}", "type": role[0]}

    @property
    def device_id(self) -> str:
        """The id of this program with these rules, the same for all decisions by them."""
        return self.names.id("device", allstatus.__version__, self.decision.engine)

    @property
    def device(self) -> Json:
        """A reference to this program."""
        return {"reference": f"urn:uuid:{self.device_id}", "type": "Device"}

    @cached_property
    def subject(self) -> Json | None:
        """The patient: by reference for a FHIR chart, else by the identifier given; None for a
        record without one.
        """
        name = self.decision.record.id
        if name is None:
            return None
        if _ID.fullmatch(str(name)) and any(self.references()):
            return {"reference": f"Patient/{name}"}
        return {"type": "Patient", "identifier": {"value": str(name)}}

    @property
    def patient(self) -> Json:
        """The patient where one is demanded: without any, said to be unknown."""
        absent = {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
        return self.subject or {"extension": [absent]}

    def used(self, facts: Iterable[str] | None = None) -> list[str]:
        """References to the resources that counted, for some facts or for all, each once."""
        sources = (entry.source for entry in self._evidence(facts) if entry.used)
        return list(dict.fromkeys(filter(None, map(reference_of, sources))))

    def references(self) -> Iterator[str]:
        """Everything of the chart that the decision names."""
        sources = [seen.source for seen in self.decision.diagnoses]
        sources += [entry.source for entry in self._evidence()]
        yield from filter(None, map(reference_of, sources))

    def _evidence(self, facts: Iterable[str] | None = None) -> Iterator[Evidence]:
        for name in self.facts if facts is None else facts:
            said = self.facts[name].evidence if name in self.facts else ()
            yield from (entry for entry in said if isinstance(entry, Evidence))

    def resource(self, kind: str, role: tuple[str, ...], **elements: Any) -> Json:
        """A resource of the decision, without empty elements."""
        return dropped({"resourceType": kind, "id": self.id(*role), **elements})


def linked(references: Iterable[str], *kinds: str) -> list[Json]:
    """References of these kinds as FHIR writes them."""
    return [
        {"reference": reference}
        for reference in references
        if not kinds or reference.partition("/")[0] in kinds
    ]
