"""Lines told without reading them: a block of them at once, where all are written alike.

Nearly all of an export is. Python takes longer over one line than a compiled program does to read
it, so a block is cut twice, and what holds for every line of it is asked once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from allstatus.bulk.fhir_export.line_scan import ScannedLine, patient_of, tell
from allstatus.ehr.fhir.fhir_bundles import HOLDERS
from allstatus.ehr.fhir.fhir_mentions import NAMING
from allstatus.ehr.fhir.fhir_patients import ABOUT
from allstatus.ehr.fhir.fhir_resources import READERS

GROUPED = frozenset({"Patient", "Specimen", "ServiceRequest", *READERS})  # about a patient
READ = GROUPED | {*ABOUT, *NAMING}  # types whose lines are read where they name no subject
_HEAD = re.compile(rb'\{"resourceType": ?"([A-Za-z]{1,64})"')
_ID = re.compile(rb', ?"id": ?"')
_OWNER = re.compile(rb'"(?:subject|patient)" ?: ?\{[^{}\[\]]*?"reference" ?: ?"')


class ScannedBlock(NamedTuple):
    """Lines of one type: how all of them begin, what stands between that and their ends, and whom
    each is about, by name; no names when none is about a patient.
    """

    type: str
    begin: bytes
    inner: list[bytes]
    names: list[str]

    def line(self, place: int) -> bytes:
        """One of the lines, whole."""
        return self.begin + self.inner[place] + b"}"


def scan(text: bytes) -> ScannedBlock | None:
    """Whole lines told at once by how the first is written; None where that may not be plain for
    one of them.
    """
    head = _HEAD.match(text)
    if head is None or b'"contained"' in text or head[1].decode() in HOLDERS:
        return None  # what is contained may say first whom something else is about
    kind, begin, owner = head[1].decode(), head[0], b""
    if kind == "Patient":
        found = _ID.match(text, head.end())
        begin += found[0] if found else b""
    elif found := _OWNER.search(text, 0, text.find(b"\n")):
        owner = found[0]
    about = (b'"subject"' in text) + (b'"patient"' in text)
    if about > 1 or (found is None and (about or b"\\" in text or kind in READ)):
        return None
    if found is None and (b'"reason' in text or b'"diagnosis"' in text):
        return None  # which may be told of a patient whom the line does not name
    inner = _cut(text, begin)
    names = _names(inner, owner) if found else []
    return ScannedBlock(kind, begin, inner, names) if inner and names is not None else None


def tell_line(line: bytes) -> ScannedLine:
    """A line told without reading it where that can be, else as `tell` does."""
    scanned = scan(line + b"\n")
    if scanned is None:
        return tell(line)
    return ScannedLine(scanned.type, scanned.names[0] if scanned.names else "")


def _cut(text: bytes, begin: bytes) -> list[bytes]:
    """The lines of a block without how all of them begin and end; none when they do not."""
    if not (text.startswith(begin) and text.endswith(b"}\n")):
        return []
    inner = text[len(begin) : -2].split(b"}\n" + begin)
    return [] if b"\n" in b"".join(inner) else inner


def _names(inner: list[bytes], owner: bytes) -> list[str] | None:
    """Whom lines are about: what follows `owner`, or their own ids; None where one does not say so
    plainly.
    """
    if owner:
        before = owner + b"Patient/"
        names = [line.partition(before)[2].partition(b'"')[0] for line in inner]
    else:
        names = [line.partition(b'"')[0] for line in inner]
    signs = b'"'.join(names)
    if b"" in names or b"/" in signs or b"\\" in signs:
        return _named(inner, owner) if owner else None
    return signs.decode().split('"')


def _named(inner: list[bytes], owner: bytes) -> list[str] | None:
    """The same for references of any form, such as absolute ones."""
    said = [line.partition(owner)[2].partition(b'"')[0] for line in inner]
    if b"\\" in b"".join(said) or not b"".join(said).isascii():
        return None
    names = {one: patient_of({"subject": {"reference": one.decode()}}) for one in set(said)}
    found = [names[one] or "" for one in said]
    return found if all(found) else None
