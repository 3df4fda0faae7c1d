"""What the resources are called: addresses, codings, and ids that follow from what one says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import allstatus
from allstatus.ehr.coding.code_systems import OWN
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.out.concepts import Concept, own_concepts, rule_concepts
from allstatus.rules.ruleset import RuleSet

Json = dict[str, Any]

BASE = OWN
"""The addresses' beginning, unless a caller has one of its own."""

HL7_SYSTEMS = "http://terminology.hl7.org/CodeSystem"
_REFERENCE = re.compile(r"([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?: component)?")


@dataclass(frozen=True)
class Names:
    """The addresses and codings of one rule set under a base."""

    ruleset: RuleSet
    base: str = BASE

    @cached_property
    def concepts(self) -> Mapping[str, Concept]:
        """The rule set's concepts by code."""
        return {concept.code: concept for concept in rule_concepts(self.ruleset)}

    @cached_property
    def own_concepts(self) -> Mapping[str, Concept]:
        """The concepts of allstatus itself by code."""
        return {concept.code: concept for concept in own_concepts()}

    def canonical(self, kind: str, part: str = "") -> str:
        """The address of a definition: of the rule set itself, or of one of its parts."""
        return self._address(kind, self.ruleset.id, part)

    def versioned(self, kind: str, part: str = "") -> str:
        """The address with the rule set's version."""
        return f"{self.canonical(kind, part)}|{self.ruleset.version}"

    def own_canonical(self, kind: str, part: str = "") -> str:
        """The address of a definition that belongs to allstatus and not to a rule set."""
        return self._address(kind, "allstatus", part)

    def _address(self, kind: str, *parts: str) -> str:
        return f"{self.base}/{kind}/{'-'.join(filter(None, parts))}"

    def own(self, code: str) -> Json:
        """A concept of allstatus itself."""
        system, version = self.own_canonical("CodeSystem"), allstatus.__version__
        return coded(system, code, self.own_concepts[code].display, version=version)

    def rule(self, code: str) -> Json:
        """A concept of the rule set: a status, region, criterion, option, category or agent."""
        system, version = self.canonical("CodeSystem"), self.ruleset.version
        return coded(system, code, self.concepts[code].display, version=version)

    def citation(self, cite: Mapping[str, str]) -> Json:
        """A statement of the page, by its section and the fingerprint of its sentence."""
        source = self.ruleset.source
        text = (
            f"{source['title']}, reviewed {source['last_reviewed']}: {cite['section']}; sentence "
            f"SHA-256 {cite['sentence']}"
        )
        return {
            "type": "citation",
            "display": cite["section"],
            "citation": text,
            "url": source["url"],
        }

    def id(self, *parts: str) -> str:
        """An id that follows from what it names."""
        named = "/".join((self.base, self.ruleset.id, self.ruleset.digest, *parts))
        return str(uuid5(NAMESPACE_URL, named))


_names: dict[tuple[str, str], Names] = {}


def names_of(ruleset: RuleSet, base: str = BASE) -> Names:
    """The names of a rule set, worked out once for it."""
    found = _names.get((ruleset.digest, base))
    if found is None or found.ruleset is not ruleset:
        found = _names[ruleset.digest, base] = Names(ruleset, base)
    return found


def coded(system: str, code: str, display: str, **version: str) -> Json:
    """A concept with one code; `system` is an address, or the name of a system of HL7's."""
    address = system if "/" in system else f"{HL7_SYSTEMS}/{system}"
    return {"coding": [{"system": address, **version, "code": code, "display": display}]}


def system_address(name: str) -> str:
    """A code system's address in FHIR, by its short name."""
    return code_tables().systems.address(name)


def reference_of(source: str) -> str | None:
    """The reference that a piece of evidence is, when it comes from a FHIR resource with an id."""
    match = _REFERENCE.fullmatch(source)
    return match[1] if match else None


def dropped(resource: Mapping[str, Any]) -> Json:
    """A resource without its empty elements, which FHIR does not allow."""
    return {key: value for key, value in resource.items() if value not in (None, "", [], {})}
