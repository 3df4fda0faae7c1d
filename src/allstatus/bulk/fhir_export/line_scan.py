"""What can be told of a line without reading it all: its type, whom it is about, and which resource
it is.

Lines as servers write them are told by a few searches for bytes; any other line is read, by the
code that reads charts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.ehr.fhir import subject_of
from allstatus.ehr.fhir_resources import READERS
from allstatus.errors import InvalidRecord

GROUPED = frozenset(
    {*READERS, "Specimen", "ServiceRequest"}
)  # read with the patient they are about
WITH_DIAGNOSES = ("Condition", "Encounter")  # types in which the chart reader finds a diagnosis
NO_BUNDLE = "is a Bundle; an export has one resource a line, and `allstatus classify` reads bundles"
IDENTIFIED = (
    "identifier|"  # how a subject begins that is named by an identifier only; no id holds this sign
)
CODES = re.compile(rb'"code"\s*:\s*"([^"]*)"')
_HEAD = re.compile(rb'\{"resourceType":( ?)"([A-Za-z]{1,64})"')
_KEY = re.compile(rb'\{"resourceType": ?"([A-Za-z]+)", ?"id": ?"([^"\\]+)"')
_REFERENCE = re.compile(rb'"reference" ?: ?"([^"\\]+)"')
_SUBJECT = re.compile(rb'"subject" ?: ?\{[^{}\[\]]*?"reference" ?: ?"([^"\\]*)"')
_ESCAPE = re.compile(rb"\\u00([2-7][0-9a-fA-F])")
# What no reader of charts looks up behind a reference: these have no code, type or intent that it
# asks for.
_NOT_LOOKED_UP = frozenset(
    b"Patient Encounter Practitioner PractitionerRole Organization Location Device CareTeam Group "
    b"RelatedPerson".split()
)
_REPORTS = b'{"resourceType":"DiagnosticReport"', b'{"resourceType": "DiagnosticReport"'


class ScannedLine(NamedTuple):
    """A line told: its type, and the name of its patient (None: names nobody; empty: about
    something else).
    """

    type: str
    patient: str | None


class LineHead(NamedTuple):
    """How the lines of a type begin, and how they give an id and say whom they are about, as this
    file writes it.
    """

    type: str
    begin: bytes
    id: bytes
    subject: bytes
    patient: bytes

    def owner_in(self, text: bytes) -> bytes | None:
        """How lines of this type say whom they are about; empty when none of them does, None when
        it has to be read.
        """
        if self.type in GROUPED or self.type == "Patient":
            return self.subject
        said = [element for element in (self.subject, self.patient) if _name(element) in text]
        return None if len(said) > 1 else said[0] if said else b""


def _name(element: bytes) -> bytes:
    return element[: element.index(b":")].strip()


def head_of(line: bytes) -> LineHead | None:
    """The head of a line as servers write it, else None."""
    found = _HEAD.match(line)
    return found and _make_head(found[0])


@lru_cache(maxsize=256)
def _make_head(begin: bytes) -> LineHead:
    found = _HEAD.match(begin)
    assert found is not None
    spelled = (
        (b'"id":"', b'"subject":{"reference":"', b'"patient":{"reference":"')
        if not found[1]
        else (b' "id": "', b'"subject": {"reference": "', b'"patient": {"reference": "')
    )
    return LineHead(found[2].decode(), begin, *spelled)


def tell(line: bytes) -> ScannedLine:
    """A line told by reading it; raises InvalidRecord when it is no resource of an export."""
    resource = read_resource(line)
    kind: str = resource["resourceType"]
    if kind == "Bundle":
        raise InvalidRecord("line", NO_BUNDLE, "")
    if kind == "Patient":
        return ScannedLine(kind, str(resource.get("id") or ""))
    return ScannedLine(kind, patient_of(resource))


def patient_of(resource: dict[str, Any]) -> str | None:
    """The name of the patient a resource is about, as the chart reader finds it; an identifier's
    waits to be looked up.
    """
    name, identifier = subject_of(resource)
    if identifier:
        return IDENTIFIED + json.dumps([identifier.get("system"), identifier.get("value")])
    return name


def reference_in(line: bytes, subject: bytes) -> bytes | None:
    """The reference of a line's subject as it stands there, where it can be told without reading
    the line.
    """
    if not subject:
        return b""
    at = line.find(subject)
    if at > 0:
        begin = at + len(subject)
        found = line[begin : line.find(b'"', begin)]
    else:
        match = _SUBJECT.search(line)
        if match is None:
            return None
        at, found = match.start(), match[1]
    return found if line.find(b'"contained"', 0, at) < 0 and b"\\" not in found else None


def plain_name(reference: bytes) -> str:
    """The name in a reference that reads `Patient/NAME` and nothing else; empty for any other."""
    return (
        reference[8:].decode()
        if reference.startswith(b"Patient/") and reference.rfind(b"/") == 7
        else ""
    )


def patient_in(reference: bytes) -> str | None:
    """The patient's name in any other reference, as the chart reader takes it."""
    return patient_of({"subject": {"reference": reference.decode()}})


def key_of(line: bytes) -> bytes | None:
    """`Type/id` of a line as servers write it, else None."""
    found = _KEY.match(line)
    return found and found[1] + b"/" + found[2]


def references(
    lines: Iterable[bytes], asked: Callable[[bytes], bool] = lambda _: True
) -> set[bytes]:
    """What lines refer to that the chart reader looks up: `Type/id`, or an id alone for a
    `urn:uuid`; of reports their results only where `asked` says that it matters which are here.
    """
    spelled: set[bytes] = set()
    for line in lines:
        found = _REFERENCE.findall(line)
        if line.startswith(_REPORTS) and not asked(line):  # it tells its results their specimen
            found = [reference for reference in found if b"Observation/" not in reference]
        spelled.update(found)
    return {key for key in map(_looked_up, spelled) if key}


def _looked_up(reference: bytes) -> bytes:
    if reference.startswith(b"urn:"):
        return reference.rpartition(b":")[2]
    parts = reference.partition(b"/_history/")[0].split(b"/")[-2:]
    return b"/".join(parts) if len(parts) == 2 and parts[0] not in _NOT_LOOKED_UP else b""


def spellings(codes: Iterable[str]) -> frozenset[bytes]:
    """Every spelling of codes that the chart reader takes for them, but for spaces around one."""
    known = set(codes)
    return frozenset(
        spelled.encode()
        for code in known | {code.replace(".", "") for code in known}
        for spelled in (code, code.lower(), code.upper())
    )


def unescaped(line: bytes) -> bytes:
    """A line with the escapes undone that could hide a code or a name."""
    if b"\\" not in line:
        return line
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), line).replace(b"\\/", b"/")
