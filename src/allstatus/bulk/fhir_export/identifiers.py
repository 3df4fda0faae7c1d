"""Patients named by an identifier only: who has it."""

from __future__ import annotations

import json

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import IDENTIFIED, type_of
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, read_piece
from allstatus.ehr.fhir.json_access import objects
from allstatus.errors import InvalidRecord


def find_identified(piece: Piece, wanted: frozenset[str]) -> dict[str, str]:
    """The patient's name for each of these identifiers that a Patient of the piece has."""
    found: dict[str, str] = {}
    for block in read_piece(piece):
        for line in block.split():
            found = identifiers_in(line, wanted) | found
    return found


def identifiers_in(line: bytes, wanted: frozenset[str]) -> dict[str, str]:
    """The same of a line; nothing where it is no Patient."""
    told = type_of(line) in ("", "Patient") and b'"identifier"' in line
    return _identifiers(line, wanted) if told else {}


def own_name(identified: str) -> str:
    """What a patient is called whose identifier no Patient has: the identifier's value, as in a
    bundle.
    """
    return str(json.loads(identified.removeprefix(IDENTIFIED))[1])


def _identifiers(line: bytes, wanted: frozenset[str]) -> dict[str, str]:
    try:
        patient = read_resource(line)
    except InvalidRecord:
        return {}
    if patient["resourceType"] != "Patient" or not isinstance(patient.get("id"), str):
        return {}
    own = (
        IDENTIFIED + json.dumps([item.get("system"), item.get("value")])
        for item in objects(patient.get("identifier"))
    )
    return {name: patient["id"] for name in own if name in wanted}
