"""Kinds of messages (MSH-9), by what is read in them."""

from __future__ import annotations

RESULTS = {("ORU", "R01"), ("ORU", "R30"), ("ORU", "R32")} | {
    ("OUL", event) for event in ("R21", "R22", "R23", "R24")
}
SPECIMEN_FIRST = {("OUL", "R22"), ("OUL", "R23")}  # a specimen, then the orders on it
DIAGNOSES = {"ADT", "OML", "ORM", "OMG", "OMI"}
UNDONE = {("ADT", event) for event in ("A11", "A27", "A38")}  # an admission that is not to be
TREATMENTS = {"RAS", "RDE", "RGV"}
MERGES = {("ADT", f"A{event}") for event in (18, 30, 34, 36, 39, 40, 46, 47)}
LINK, UNLINK = ("ADT", "A24"), ("ADT", "A37")  # two PID segments are one patient's, or are not
UNREAD_KIND = "a message of the kind {}, which is not read"
UNREAD_RESULTS = "sent in {}, whose results are not read"


def is_read(kind: tuple[str, str]) -> bool:
    """Whether messages of this type and event are read, be it for diagnoses only."""
    return kind in RESULTS or (kind[0] in DIAGNOSES | TREATMENTS and kind not in UNDONE)
