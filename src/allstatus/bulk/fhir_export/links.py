"""Patients of an export that are one person by their links, found before anything is gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from allstatus.bulk.fhir_export.identifiers import patients_with
from allstatus.bulk.fhir_export.line_scan import identity, patients_of
from allstatus.ehr.fhir.fhir_patients import leaders
from allstatus.ehr.fhir.json_access import objects, text

Link = tuple[str, str, str]  # its type, whose it is, and the other, who may be named by identifier


def links_in(lines: list[bytes]) -> Iterator[Link]:
    """What Patients among some lines say of being somebody else too."""
    for patient in patients_with(b'"link"', lines):
        for link in objects(patient.get("link")):
            other, *_ = patients_of({"resourceType": "Patient.link", "subject": link.get("other")})
            if other and other != patient["id"]:
                yield text(link.get("type")), patient["id"], other


def known_in(lines: list[bytes], wanted: frozenset[str]) -> Iterator[str]:
    """Those of some names that Patients among some lines have."""
    return (name for kind, name in map(identity, lines) if kind == "Patient" and name in wanted)


def one_person(
    links: Iterable[Link],
    resolve: Callable[[Iterable[str]], dict[str, str]],
    known: Callable[[frozenset[str]], set[str]],
) -> dict[str, str]:
    """What each of several patients of one person is called; `resolve` looks up who is named by an
    identifier, `known` which of these are in the export.
    """
    told = sorted(links)
    named = resolve(name for _, *both in told for name in both)
    here = known(frozenset(named.values())) if named else set[str]()
    return leaders(((kind, named[a], named[b]) for kind, a, b in told), here)
