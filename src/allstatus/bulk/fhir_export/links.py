"""Patients of an export that are one person by their links, found before anything is gathered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from allstatus.bulk.fhir_export.identifiers import patients_with
from allstatus.bulk.fhir_export.line_scan import patients_of, tell_line, type_of
from allstatus.ehr.fhir.json_access import objects, text
from allstatus.errors import InvalidRecord

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
    for line in lines:
        with suppress(InvalidRecord):  # the second reading rejects it
            if type_of(line) in ("", "Patient") and (told := tell_line(line)).type == "Patient":
                yield from wanted.intersection(told.names)
