"""How many statements a chart holds, told from its raw text without this package's readers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

READ = (
    "Observation",
    "DiagnosticReport",
    "Condition",
    "Encounter",
    "MedicationAdministration",
    "MedicationStatement",
    "MedicationRequest",
    "MedicationDispense",
    "Procedure",
)
RESULTS = ("Observation", "DiagnosticReport")
TELLING = ("OBX", "DG1", "RXA", "RXG", "RXD", "RXE", "RXO", "PR1")
Json = dict[str, Any]


def resources(value: Any) -> Iterator[Json]:
    """Every resource of a bundle, a list or a single resource; what a server deleted too."""
    if isinstance(value, list):
        for item in value:
            yield from resources(item)
    elif value.get("resourceType") != "Bundle":
        yield value
    else:
        for entry in value.get("entry", ()):
            yield from resources(entry["resource"]) if "resource" in entry else ()


def of_fhir(value: Any) -> int:
    """The statements about persons: resources, their components and contained results, reasons of
    a visit. What names nobody counts where its kind is read.
    """
    return sum(_in(resource) for resource in resources(value) if _is_somebodys(resource))


def _is_somebodys(resource: Json) -> bool:
    if resource["resourceType"] == "Patient":
        return False
    subject = resource.get("subject") or resource.get("patient")
    if not subject:
        return resource["resourceType"] in READ
    return _names_a_person(subject)


def _names_a_person(subject: Any) -> bool:
    subject = subject[0] if isinstance(subject, list) else subject
    named = subject.get("reference", "").partition("/_history/")[0]
    kind = named.split("/")[-2] if "/" in named else subject.get("type", "Patient")
    return kind == "Patient"


def _in(resource: Json) -> int:
    told, contained = 1 + len(resource.get("component", ())), resource.get("contained", ())
    if resource["resourceType"] == "Encounter":
        reasons = len(resource.get("reasonCode") or resource.get("reason") or ())
        reasons += sum(one["resourceType"] == "Condition" for one in contained)
        said = [one for d in resource.get("diagnosis", ()) for one in _listed(d["condition"])]
        told = max(1, reasons + sum("concept" in one for one in said))
    return told + sum(_in(one) for one in contained if one["resourceType"] in RESULTS)


def _listed(value: Any) -> list[Json]:
    return value if isinstance(value, list) else [value]


def of_hl7(text: str) -> int:
    """The segments that state something; a message of a kind that is not read is one."""
    return sum(_in_message(part) for part in f"\n{text}".split("\nMSH")[1:])


def _in_message(text: str) -> int:
    head, *segments = text.splitlines()
    names = [segment[:3] for segment in segments if segment[:3] in ("OBR", *TELLING)]
    bare = sum(one == "OBR" and following != "OBX" for one, following in pairwise([*names, "end"]))
    told = sum(name in TELLING for name in names) + bare
    return told if head.split("|")[8].startswith("ORU") else 1


def of_table(text: str) -> int:
    """The lines that hold anything, without the names of the columns."""
    return sum(any(cells) for cells in csv.reader(io.StringIO(text))) - 1
