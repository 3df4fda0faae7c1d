"""Patients named by an identifier only: who has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import IDENTIFIED, identified_by, identity
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


def resolve_names(
    names: Iterable[str], look_up: Callable[[frozenset[str]], dict[str, str]]
) -> dict[str, str]:
    """Each name as it is, or the name of the first patient who has the identifier, by `look_up`."""
    resolved = {name: name for name in names}
    wanted = frozenset(name for name in resolved if name.startswith(IDENTIFIED))
    if wanted:
        resolved |= {name: own_name(name) for name in wanted} | look_up(wanted)
    return resolved


def patients_with(key: bytes, lines: list[bytes]) -> Iterator[Json]:
    """The Patients with a key and an id among some lines, read."""
    for line in lines if key in b"".join(lines) else ():
        with suppress(InvalidRecord):  # the second reading rejects it
            if key in line and identity(line)[0] == "Patient":
                patient = read_resource(line)
                if isinstance(patient.get("id"), str):
                    yield patient
