"""What one line of an export is: its type, whom it is about, which resource it is."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from allstatus.bulk.fhir_export.decide_patient import read_resource, refuse_holder
from allstatus.bulk.fhir_export.ndjson_pieces import REFERENCE
from allstatus.ehr.chart import VISITS
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.fhir.export_manifest import DELETE, DELETIONS
from allstatus.ehr.fhir.fhir_bundles import HOLDERS, NO_ANSWER, REMEDY, entries_of, missing_parts
from allstatus.ehr.fhir.fhir_mentions import may_tell
from allstatus.ehr.fhir.fhir_reader import subjects_of
from allstatus.ehr.fhir.fhir_resources import READERS
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.fhir_withdrawals import TAKEN_BACK, gone
from allstatus.ehr.fhir.json_access import Json, text
from allstatus.errors import InvalidRecord

WITH_DIAGNOSES = ("Condition", *VISITS)  # types in which the chart reader finds a diagnosis
IDENTIFIED = "identifier|"  # how a patient named by an identifier only is called; no id holds `|`
RECORD = "Provenance"  # the type of resources that tell what became of others
# how they spell that something is gone
GONE = {f'"{code}"'.encode() for codes in (*TAKEN_BACK.values(), ("removal",)) for code in codes}
OWN, NAMELESS, IDENTIFIED_ONLY = "own", "nameless", "identified"  # lines to be read by a chart
TYPE = re.compile(rb'\{"resourceType": ?"([A-Za-z]{1,64})"')
_PART = "tells of a part: {}"
_ERROR = re.compile(rb'\s*(<|\{\s*"error"\s*:)')  # a page, or an object, of a server's error
_KEY = re.compile(rb'\{"resourceType": ?"([A-Za-z]+)", ?"id": ?"([^"\\]+)"')
_NOT_LOOKED_UP = frozenset(  # no chart reader asks these for a code, type or intent
    b"Patient Encounter Practitioner PractitionerRole Organization Location Device CareTeam Group "
    b"RelatedPerson".split()
)


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


def tell(line: bytes) -> Scanned:
    """A line told by reading it; raises InvalidRecord when it is no resource of an export, NotWhole
    when it says that the export is a part, or is out of date.
    """
    try:
        resource = read_resource(line)
    except InvalidRecord:
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
    nameless = named[0] is None and (kind in READERS or may_tell(resource))
    return Scanned(kind, tuple(filter(None, named)), nameless)


def _refuse_part(resource: Json) -> None:
    if any(entry.deleted for entry in entries_of(resource)):
        raise NotWhole("line", DELETIONS, DELETE)
    for why in missing_parts(resource):
        raise NotWhole("line", _PART.format(why), REMEDY)


def withdrawn_in(text: bytes) -> Iterator[tuple[str, str]]:
    """(`Type/id`, its address as sent) of what records among these lines say is gone."""
    if not any(sign in text for sign in GONE):
        return
    for line in text.splitlines():
        try:
            resource = read_resource(line)
        except InvalidRecord:
            continue
        for reference in gone(resource) if resource["resourceType"] == RECORD else ():
            address = str(reference.get("reference"))
            yield split_address(address)[1], address


def tell_spoilt(line: bytes, found: Container[str]) -> Scanned:
    """A line that cannot be read, told by the patients `found` to whom it refers."""
    plain = line.replace(b"\0", b"")  # text of two bytes a sign
    spelled = (reference.decode("utf-8", "replace") for reference in REFERENCE.findall(plain))
    names = dict.fromkeys(filter(None, map(patient_named, spelled)))
    return Scanned(names=tuple(name for name in names if name in found))


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


def type_of(line: bytes) -> str:
    """The type of a line as servers write it; empty where it has to be read."""
    found = TYPE.match(line)
    return found[1].decode() if found else ""


def key_of(line: bytes) -> bytes:
    """`Type/id` of a line; empty when it has none."""
    found = _KEY.match(line)
    return found[1] + b"/" + found[2] if found else read_key(line)


def read_key(line: bytes) -> bytes:
    """The same by reading it."""
    try:
        resource = read_resource(line)
    except InvalidRecord:
        return b""
    return f"{resource['resourceType']}/{resource.get('id')}".encode()


def missing_from(lines: Iterable[bytes]) -> set[bytes]:
    """What lines refer to that is not among them: `Type/id`, or an id alone for a `urn:uuid`."""
    there, spelled = set[bytes](), set[bytes]()
    for line in lines:
        key = key_of(line)
        there |= {key, key.partition(b"/")[2]}
        spelled.update(REFERENCE.findall(line))
    return {key for key in map(_looked_up, spelled) if key} - there


def _looked_up(reference: bytes) -> bytes:
    if reference.startswith(b"urn:"):
        return reference.rpartition(b":")[2]
    parts = reference.partition(b"/_history/")[0].split(b"/")[-2:]
    return b"/".join(parts) if len(parts) == 2 and parts[0] not in _NOT_LOOKED_UP else b""
