"""Patients of an export that are one person by their links, found before anything is gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allstatus.bulk.fhir_export.block_scan import tell_line
from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import patient_of, type_of
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, read_piece
from allstatus.ehr.fhir.json_access import objects, text
from allstatus.errors import InvalidRecord

Link = tuple[str, str, str]  # its type, whose it is, and the other, who may be named by identifier


def find_links(piece: Piece) -> set[Link]:
    """What the Patients of a piece say of being somebody else too."""
    return {link for block in read_piece(piece) for link in links_in(block.text)}


def links_in(text: bytes) -> Iterator[Link]:
    """The same of some lines."""
    for line in text.split(b"\n") if b'"link"' in text else ():
        if b'"link"' in line and type_of(line) in ("", "Patient"):
            yield from _links(line)


def find_known(piece: Piece, wanted: Iterable[str]) -> set[str]:
    """Those of some names that a Patient of the piece has."""
    found = set[str]()
    for block in read_piece(piece):
        found |= known_in(block.split())
    return found.intersection(wanted)


def known_in(lines: Iterable[bytes]) -> set[str]:
    """The names of Patients among some lines."""
    found = set[str]()
    for line in lines:
        if type_of(line) in ("", "Patient"):
            try:
                told = tell_line(line)
            except InvalidRecord:
                continue  # the second reading rejects it
            found |= {str(told.patient)} if told.type == "Patient" else set()
    return found


def _links(line: bytes) -> Iterator[Link]:
    try:
        patient = read_resource(line)
    except InvalidRecord:
        return  # the second reading rejects it
    own = patient.get("id")
    if patient["resourceType"] != "Patient" or not isinstance(own, str):
        return
    for link in objects(patient.get("link")):
        other = patient_of({"resourceType": "Patient.link", "subject": link.get("other")})
        if other and other != own:
            yield text(link.get("type")), own, other
