"""Lines told without reading them: a block of them at once, where all are written alike.

Nearly all of an export is. Python takes longer over one line than a compiled program does to read
it, so what holds for every line of a block is asked of the block.
"""

from __future__ import annotations

import re

from allstatus.bulk.fhir_export.line_scan import TYPE, Scanned, patient_named, tell
from allstatus.ehr.fhir.fhir_bundles import HOLDERS
from allstatus.ehr.fhir.fhir_mentions import NAMING
from allstatus.ehr.fhir.fhir_patients import ABOUT
from allstatus.ehr.fhir.fhir_resources import READERS

GROUPED = frozenset({"Patient", "Specimen", "ServiceRequest", *READERS})  # about a patient
READ = GROUPED | {*ABOUT, *NAMING}  # types whose lines are read where they name no subject
_ID = re.compile(rb', ?"id": ?"')
_OWNER = re.compile(rb'"(?:subject|patient)" ?: ?\{[^{}\[\]]*?"reference" ?: ?"')


def scan(text: bytes, lines: list[bytes]) -> Scanned | None:
    """The lines of a text told at once by how the first is written, with the name of each one's
    patient, or no names when none is about one; None where that may not be plain for one of them.
    """
    head = TYPE.match(text)
    if head is None or b'"contained"' in text:
        return None  # what is contained may say first whom something else is about
    kind, begin = head[1].decode(), head[0]
    if kind == "Patient":
        found = _ID.match(text, head.end())
        begin += found[0] if found else b""
    else:
        found = _OWNER.search(lines[0])
    about = (b'"subject"' in text) + (b'"patient"' in text)
    if about > 1 or kind in HOLDERS or (found is None and (about or _may_tell(kind, text))):
        return None
    if [line for line in lines if not (line.startswith(begin) and line.endswith(b"}"))]:
        return None
    owner = found[0] if found and kind != "Patient" else b""
    names = _names(lines, owner + b"Patient/" if owner else begin) if found else []
    if names is None and owner:
        names = _names(lines, owner, spelled=True)
    return None if names is None else Scanned(kind, tuple(names))


def tell_line(line: bytes) -> Scanned:
    """A line told without reading it where that can be, else as `tell` does."""
    return scan(line, [line]) or tell(line)


def _may_tell(kind: str, text: bytes) -> bool:
    """Whether lines that name no subject may tell of somebody."""
    return kind in READ or any(sign in text for sign in (b"\\", b'"reason', b'"diagnosis"'))


def _names(lines: list[bytes], before: bytes, *, spelled: bool = False) -> list[str] | None:
    """Whom lines are about: what follows `before`, or the patient of the reference `spelled` there;
    None where one does not say so plainly.
    """
    names = [line.partition(before)[2].partition(b'"')[0] for line in lines]
    signs = b'"'.join(names)
    if not signs.isascii() or b"\\" in signs:
        return None
    found = signs.decode().split('"')
    if spelled:
        known = {reference: patient_named(reference) or "" for reference in {*found}}
        found = [known[reference] for reference in found]
    unclear = not spelled and (b"/" in signs or b" " in signs)
    return None if "" in found or unclear else found
