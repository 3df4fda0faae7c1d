"""What a line of an export is: its type, and whom it is about.

Nearly all lines say it plainly; of those only that much is decoded, several at a time. The others
are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator
from contextlib import suppress
from typing import Any, Literal, NamedTuple

import msgspec

from allstatus.bulk.fhir_export.decide_patient import read_resource, refuse_holder
from allstatus.bulk.fhir_export.ndjson_pieces import CUT_SHORT, REFERENCE
from allstatus.ehr.chart import VISITS
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.fhir.export_manifest import DELETE, DELETIONS
from allstatus.ehr.fhir.fhir_bundles import HOLDERS, NO_ANSWER, REMEDY, entries_of, missing_parts
from allstatus.ehr.fhir.fhir_mentions import NAMING, may_tell
from allstatus.ehr.fhir.fhir_patients import ABOUT
from allstatus.ehr.fhir.fhir_reader import is_other, subjects_of
from allstatus.ehr.fhir.fhir_resources import READERS
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.fhir_withdrawals import NOT_VALID, TAKEN_BACK, gone
from allstatus.ehr.fhir.json_access import Json, text
from allstatus.errors import InvalidRecord

WITH_DIAGNOSES = ("Condition", *VISITS)  # types in which the chart reader finds a diagnosis
IDENTIFIED = "identifier|"  # how a patient named by an identifier only is called; no id holds `|`
# how they spell that something is gone
_SPELLED = (*TAKEN_BACK.values(), ("removal", "revision"), NOT_VALID)
GONE = {f'"{code}"'.encode() for codes in _SPELLED for code in codes}
OWN, NAMELESS, IDENTIFIED_ONLY = "own", "nameless", "identified"  # lines to be read by a chart
READ = {"Patient", "Specimen", "ServiceRequest", *READERS, *ABOUT, *NAMING}  # if without subject
_MAY_TELL = b"\\", b'"reason', b'"diagnosis"'  # signs in other lines that are read then
_PLAIN = re.compile(r"(?:Patient/[\w.-]+ )+", re.ASCII)
_PART = "tells of a part: {}"
_ERROR = re.compile(rb'\s*(<|\{\s*"error"\s*:)')  # a page, or an object, of a server's error


class Scanned(NamedTuple):
    """What a line was told as, or several of one type that name one patient each: the type, and the
    names of the patients; whether it is `nameless`: states something, and names nobody.
    """

    type: str = ""
    names: tuple[str, ...] = ()
    nameless: bool = False

    def fate(self, found: Container[str]) -> str:
        """What becomes of the line when these patients are `found`; empty: it is passed over."""
        if any(name.startswith(IDENTIFIED) for name in self.names):
            return IDENTIFIED_ONLY
        if any(name in found for name in self.names):
            return OWN
        return NAMELESS if self.nameless else ""

    @property
    def somebody(self) -> Iterator[str]:
        """The patients made known to be in the export."""
        if self.type == "Patient" or self.type in READERS:
            yield from (name for name in self.names if not name.startswith(IDENTIFIED))


class NotWhole(InvalidRecord):
    """A line says that the export is not whole, or not as it is now; the remedy tells which."""

    def hinders(self, options: ChartOptions) -> bool:
        """Whether nothing may be decided; a part that is known to be one may be read as such."""
        return not options.partial or self.remedy != REMEDY


class _Subject(msgspec.Struct, gc=False):
    reference: str
    type: Literal["Patient"] = "Patient"


class _About(msgspec.Struct, gc=False, rename={"type": "resourceType"}):
    type: str
    subject: _Subject
    patient: None = None
    contained: None = None  # which may say first whom something else is about


class _Other(msgspec.Struct, gc=False, rename={"type": "resourceType"}):
    type: str
    id: str = ""
    patient: _Subject | None = None
    subject: None = None
    contained: None = None


class _Identity(msgspec.Struct, gc=False, rename={"type": "resourceType"}):
    type: str
    id: str | None = None


_shapes = [msgspec.json.Decoder(shape).decode for shape in (_About, _Other)]
_decode_identity = msgspec.json.Decoder(_Identity).decode
Identity = tuple[str, str]


def _decoded(lines: list[bytes]) -> list[Any]:
    """Lines of one shape decoded; nothing where they have several, or another."""
    for decode in _shapes:
        with suppress(ValueError, RecursionError):
            return list(map(decode, lines))
    return []


def scan(lines: list[bytes]) -> Scanned | None:
    """Lines of one type told at once, with the name of each one's patient, or no names when none
    is about one; None where that may not be plain for one of them.
    """
    told = _decoded(lines)
    kind = told[0].type if told else ""
    if kind in ("", *HOLDERS) or len({one.type for one in told}) > 1:
        return None
    if kind == "Patient":
        names = [getattr(one, "id", "") for one in told]
    elif isinstance(told[0], _About):
        names = _names([one.subject.reference for one in told])
    elif any(one.patient for one in told):
        names = _names([one.patient.reference if one.patient else "" for one in told])
    else:
        may_tell = kind in READ or any(sign in line for line in lines for sign in _MAY_TELL)
        return None if may_tell else Scanned(kind)
    return Scanned(kind, tuple(names)) if all(names) else None


def _names(references: list[str]) -> list[str]:
    """Whom references name; empty for nobody."""
    spelled = " ".join([*references, ""])
    if _PLAIN.fullmatch(spelled):
        return spelled.removeprefix("Patient/").rstrip().split(" Patient/")
    known = {reference: patient_named(reference) or "" for reference in {*references}}
    return [known[reference] for reference in references]


def identity(line: bytes) -> Identity:
    """The type and the id of a line, empty where it has none."""
    try:
        told = _decode_identity(line)
    except (ValueError, RecursionError):
        return read_identity(line)
    return told.type, told.id or ""


def read_identity(line: bytes) -> Identity:
    """The same by reading all of it."""
    try:
        resource = read_resource(line)
    except InvalidRecord:
        return "", ""
    return resource["resourceType"], str(resource.get("id") or "")


def tell_line(line: bytes) -> Scanned:
    """A line told without reading it where that can be, else as `tell` does."""
    return scan([line]) or tell(line)


def tell_or_refuse(
    line: bytes, found: Container[str], options: ChartOptions
) -> tuple[Scanned, str]:
    """A line told; one that cannot be read, by the patients `found` to whom it refers, with the
    reason. Raises NotWhole when nothing may be decided.
    """
    try:
        return (tell_line(line) if line.strip() else Scanned()), ""
    except NotWhole as error:
        if error.hinders(options):
            raise
        return Scanned(), error.problem
    except InvalidRecord as error:
        return tell_spoilt(line, found), error.problem


def tell(line: bytes) -> Scanned:
    """A line told by reading it; raises InvalidRecord when it is no resource of an export, NotWhole
    when it says that the export is a part, or is out of date.
    """
    try:
        resource = read_resource(line)
    except InvalidRecord as error:
        if error.problem == CUT_SHORT:
            raise NotWhole("line", CUT_SHORT, REMEDY) from None
        if _ERROR.match(line):
            raise NotWhole("line", _PART.format(NO_ANSWER), REMEDY) from None
        raise
    kind: str = resource["resourceType"]
    if kind in HOLDERS:
        _refuse_part(resource)
        refuse_holder(resource)
    named = patients_of(resource)
    if kind == "Patient":
        named = [str(resource.get("id") or "")]
    nameless = named[0] is None and (not is_other(resource) or may_tell(resource))
    return Scanned(kind, tuple(filter(None, named)), nameless)


def _refuse_part(resource: Json) -> None:
    if any(entry.deleted for entry in entries_of(resource)):
        raise NotWhole("line", DELETIONS, DELETE)
    for why in missing_parts(resource):
        raise NotWhole("line", _PART.format(why), REMEDY)


def withdrawn_in(line: bytes) -> Iterator[tuple[str, str]]:
    """(`Type/id`; the type of the record, and the address as sent) of what it says is gone."""
    try:
        record = read_resource(line) if any(sign in line for sign in GONE) else {}
    except InvalidRecord:
        record = {}
    for reference in gone(record):
        address = str(reference.get("reference"))
        yield split_address(address)[1], f"{record['resourceType']} {address}"


def tell_spoilt(line: bytes, found: Container[str]) -> Scanned:
    """A line that cannot be read, told by the patients `found` to whom it refers."""
    plain = line.replace(b"\0", b"")  # text of two bytes a sign
    spelled = (reference.decode("utf-8", "replace") for reference in REFERENCE.findall(plain))
    named = dict.fromkeys(name for name in map(patient_named, spelled) if name and name in found)
    return Scanned(names=tuple(named))


def patient_named(reference: str) -> str | None:
    """The patient whom a reference names."""
    return patients_of({"subject": {"reference": reference}})[0]


def patients_of(resource: Json) -> list[str | None]:
    """The names of everybody whom a resource is about, as the chart reader finds them; an
    identifier's waits to be looked up. None: it names nobody; empty: it is about something else.
    """
    return [
        identified_by(identifier) if identifier else name
        for name, identifier in subjects_of(resource)
    ]


def identified_by(identifier: Json) -> str:
    """What a patient is called whom an identifier names, until it is looked up."""
    said = text(identifier.get("system")) or None, text(identifier.get("value"))
    return IDENTIFIED + json.dumps(said)
