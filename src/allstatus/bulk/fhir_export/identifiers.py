"""Patients named by an identifier only: who has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import IDENTIFIED, identified_by, type_of
from allstatus.ehr.fhir.json_access import Json, objects
from allstatus.errors import InvalidRecord


def identifiers_in(lines: list[bytes], wanted: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each of these identifiers that a Patient among some lines has, with the patient's name."""
    for patient in patients_with(b'"identifier"', lines):
        own = map(identified_by, objects(patient.get("identifier")))
        yield from ((name, patient["id"]) for name in own if name in wanted)


def own_name(identified: str) -> str:
    """What a patient is called whose identifier no Patient has: the identifier's value, as in a
    bundle.
    """
    return str(json.loads(identified.removeprefix(IDENTIFIED))[1])


def patients_with(key: bytes, lines: list[bytes]) -> Iterator[Json]:
    """The Patients with a key and an id among some lines, read."""
    for line in lines if key in b"".join(lines) else ():
        with suppress(InvalidRecord):  # the second reading rejects it
            told = key in line and type_of(line) in ("", "Patient")
            patient = read_resource(line) if told else {}
            if patient.get("resourceType") == "Patient" and isinstance(patient.get("id"), str):
                yield patient
