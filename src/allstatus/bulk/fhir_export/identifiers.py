"""Patients named by an identifier only: who has it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import IDENTIFIED, identified_by, type_of
from allstatus.ehr.fhir.json_access import objects
from allstatus.errors import InvalidRecord


def identifiers_in(text: bytes, wanted: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each of these identifiers that a Patient among some lines has, with the patient's name."""
    for line in text.split(b"\n"):
        if b'"identifier"' in line and type_of(line) in ("", "Patient"):
            yield from ((name, own) for name, own in _identifiers(line) if name in wanted)


def own_name(identified: str) -> str:
    """What a patient is called whose identifier no Patient has: the identifier's value, as in a
    bundle.
    """
    return str(json.loads(identified.removeprefix(IDENTIFIED))[1])


def _identifiers(line: bytes) -> Iterator[tuple[str, str]]:
    try:
        patient = read_resource(line)
    except InvalidRecord:
        return  # the second reading rejects it
    if patient["resourceType"] == "Patient" and isinstance(own := patient.get("id"), str):
        for identifier in objects(patient.get("identifier")):
            yield identified_by(identifier), own
