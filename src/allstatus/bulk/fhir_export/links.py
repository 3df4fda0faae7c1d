"""What each patient found in an export is called, who may be one person with others by links, known
before anything is gathered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from allstatus.bulk.fhir_export.identifiers import patients_with
from allstatus.bulk.fhir_export.line_scan import identity, patients_of
from allstatus.ehr.fhir.fhir_patients import leaders
from allstatus.ehr.fhir.json_access import objects, text

# a link's type, whose it is, and the other; None and twice who has a code of the disease; each may
# be named by an identifier
Told = tuple[str | None, str, str]


def links_in(lines: list[bytes]) -> Iterator[Told]:
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
    told: Iterable[Told],
    resolve: Callable[[Iterable[str]], dict[str, str]],
    known: Callable[[frozenset[str]], set[str]],
) -> dict[str, str]:
    """What each patient who has a code of the disease is called, and whoever is one person with
    them; `resolve` looks up who is named by an identifier, `known` which of some names Patients
    have.
    """
    told = {*told}
    named = resolve(name for _, *both in told for name in both)
    links = [(kind, named[a], named[b]) for kind, a, b in told if kind is not None]
    here = known(frozenset(name for _, *both in links for name in both)) if links else ()
    one = leaders(links, here)
    people = {one.get(named[name], named[name]) for kind, name, _ in told if kind is None}
    linked = {name: other for name, other in one.items() if other in people}
    return {name: name for name in people} | linked
