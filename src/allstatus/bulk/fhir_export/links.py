"""Patients of an export that are one person by their links, found before anything is gathered."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.bulk.fhir_export.block_scan import tell_line
from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import patients_of, type_of
from allstatus.ehr.fhir.json_access import objects, text
from allstatus.errors import InvalidRecord

Link = tuple[str, str, str]  # its type, whose it is, and the other, who may be named by identifier


def links_in(text: bytes) -> Iterator[Link]:
    """What Patients among some lines say of being somebody else too."""
    for line in text.split(b"\n") if b'"link"' in text else ():
        if b'"link"' in line and type_of(line) in ("", "Patient"):
            yield from _links(line)


def known_in(text: bytes, wanted: frozenset[str]) -> Iterator[str]:
    """Those of some names that Patients among some lines have."""
    for line in text.split(b"\n"):
        if type_of(line) in ("", "Patient"):
            try:
                told = tell_line(line)
            except InvalidRecord:
                continue  # the second reading rejects it
            yield from wanted.intersection(told.names if told.type == "Patient" else ())


def _links(line: bytes) -> Iterator[Link]:
    try:
        patient = read_resource(line)
    except InvalidRecord:
        return  # the second reading rejects it
    own = patient.get("id")
    if patient["resourceType"] != "Patient" or not isinstance(own, str):
        return
    for link in objects(patient.get("link")):
        other, *_ = patients_of({"resourceType": "Patient.link", "subject": link.get("other")})
        if other and other != own:
            yield text(link.get("type")), own, other
