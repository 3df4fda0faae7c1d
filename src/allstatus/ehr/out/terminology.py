"""CodeSystems, ValueSets and ConceptMaps of a rule set, for a site to load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import allstatus
from allstatus.ehr.coding.codes import read_yaml
from allstatus.ehr.out.concepts import Concept
from allstatus.ehr.out.data_requirements import ChartLocation, places_of
from allstatus.ehr.out.names import Json, Names, dropped, system_address
from allstatus.table.decision_table import OUTSIDE

KINDS = {"region": "Cases the definitions do not describe", "option": "Treatments the page lists"}
KIND = {"code": "kind", "description": "What the concept is within the rule set", "type": "code"}


def make_terminology(names: Names) -> Iterator[Json]:
    """Every code system, value set and map of a rule set."""
    yield {
        **head(names, "CodeSystem", "", "codes"),
        **_codes(names.concepts.values()),
        "property": [KIND],
    }
    own = own_head(names, "CodeSystem", "", "What allstatus computes")
    yield {**own, **_codes(names.own_concepts.values())}
    yield from _value_sets(names)
    for place in {
        place.name: place
        for fact in names.ruleset.facts
        for place in places_of(names.ruleset, fact)
    }.values():
        yield _place_set(names, place)
    for entry in read_yaml("outputs")["maps"]:
        if names.ruleset.id in entry["rulesets"]:
            yield _map(names, entry)


def head(names: Names, kind: str, part: str, title: str) -> Json:
    """What all definitions of a rule set begin with."""
    rules, url = names.ruleset, names.canonical(kind, part)
    named, title = camel(rules.id, part), f"{rules.title}: {title}"
    used = f"Rule set {rules.id} {rules.version}, SHA-256 {rules.digest}."
    return {
        **_begun(kind, url, rules.version, named, title),
        "date": rules.effective_from,
        "description": f"{rules.notice} {used}",
    }


def own_head(names: Names, kind: str, part: str, title: str) -> Json:
    """What the definitions of allstatus itself begin with."""
    url, named = names.own_canonical(kind, part), camel("allstatus", part)
    return _begun(kind, url, allstatus.__version__, named, title)


def _begun(kind: str, url: str, version: str, name: str, title: str) -> Json:
    return {
        "resourceType": kind,
        "id": url.rpartition("/")[2],
        "url": url,
        "version": version,
        "name": name,
        "title": title,
        "status": "active",
    }


def camel(*parts: str) -> str:
    """Names joined as a computer-friendly one: `NciPdqAdultAllPatient`."""
    return "".join(
        word.capitalize() for part in parts for word in part.replace("_", "-").split("-")
    )


def _codes(concepts: Iterable[Concept]) -> Json:
    listed = [
        dropped(
            {
                "code": concept.code,
                "display": concept.display,
                "definition": concept.definition,
                "property": [{"code": "kind", "valueCode": concept.kind}] if concept.kind else None,
            }
        )
        for concept in concepts
    ]
    return {"caseSensitive": True, "content": "complete", "count": len(listed), "concept": listed}


def _value_sets(names: Names) -> Iterator[Json]:
    answer = {
        "system": names.own_canonical("CodeSystem"),
        "version": allstatus.__version__,
        "concept": [{"code": OUTSIDE}],
    }
    statuses = head(names, "ValueSet", "computed-status", "computed status")
    yield {**statuses, "compose": {"include": [_include(names, "status"), answer]}}
    for kind, title in KINDS.items():
        if any(concept.kind == kind for concept in names.concepts.values()):
            yield {
                **head(names, "ValueSet", f"{kind}s", title.lower()),
                "compose": {"include": [_include(names, kind)]},
            }


def _include(names: Names, kind: str) -> Json:
    codes = [{"code": concept.code} for concept in names.concepts.values() if concept.kind == kind]
    return {
        "system": names.canonical("CodeSystem"),
        "version": names.ruleset.version,
        "concept": codes,
    }


def _place_set(names: Names, place: ChartLocation) -> Json:
    include = [
        {"system": system_address(system), "concept": [{"code": code} for code in codes]}
        for system, codes in place.codes.items()
    ]
    begun = head if place.ours else own_head
    return {**begun(names, "ValueSet", place.name, place.title), "compose": {"include": include}}


def _map(names: Names, entry: Mapping[str, Any]) -> Json:
    elements = [
        {"code": status, "display": names.concepts[status].display, "target": [_target(found)]}
        for status, found in entry["statuses"].items()
    ]
    group = {
        "source": names.canonical("CodeSystem"),
        "sourceVersion": names.ruleset.version,
        "target": system_address(entry["system"]),
        "element": elements,
    }
    return {
        **head(names, "ConceptMap", entry["name"], f"status to {entry['title']}"),
        "sourceCanonical": names.versioned("ValueSet", "computed-status"),
        "group": [group],
    }


def _target(found: Mapping[str, str]) -> Json:
    equivalence, comment = found["equivalence"], found["because"]
    return dropped({"code": found.get("code"), "equivalence": equivalence, "comment": comment})
