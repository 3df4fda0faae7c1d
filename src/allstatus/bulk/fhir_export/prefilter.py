"""Which of a patient's lines the chart reader would read and find nothing in, told by their codes
alone.

Most results of a chart, such as sodium, are of no interest to the page. A line is left unread only
when no code in it
stands in a code table, nothing refers to it, and no other line is a version of the same resource.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from allstatus.bulk.fhir_export.line_scan import CODES, head_of, references, spellings
from allstatus.ehr.codes import table

_TABLES = {
    "Observation": ("results", "signs"),
    "Encounter": ("diagnoses", "signs"),
    "Procedure": ("treatments",),
}
# What makes a line worth reading whatever its codes: these elements are read in other ways.
_SPEAKING = {
    "DiagnosticReport": (b'"conclusion"', b'"contained"', b'"specimen"'),
    "Procedure": (b'"request"',),
}


def telling(lines: Sequence[bytes], keys: Sequence[bytes]) -> tuple[list[int], set[bytes]]:
    """(places of the lines to read, what those refer to that is not among the lines), given each
    line's `Type/id`.
    """
    chosen = {place for place, line in enumerate(lines) if _tells(line)}
    places: dict[bytes, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    if len(places) < len(keys):
        chosen.update(
            place for together in places.values() if len(together) > 1 for place in together
        )
    sought, missing, more = set[bytes](), set[bytes](), chosen
    while more:
        found = references(lines[place] for place in more) - sought
        sought |= found
        named = {key: places.get(key) or _by_id(key, places) for key in found}
        missing.update(key for key, there in named.items() if not there)
        more = {place for there in named.values() for place in there} - chosen
        chosen |= more
    return sorted(chosen), missing


def _by_id(key: bytes, places: dict[bytes, list[int]]) -> list[int]:
    """Where the resources lie that a `urn:uuid` may mean."""
    if b"/" in key:
        return []
    return [place for own, there in places.items() if own.endswith(b"/" + key) for place in there]


def _tells(line: bytes) -> bool:
    head = head_of(line)
    if head is None or not line.endswith(b"}") or b"\\" in line:
        return True
    if head.type in _SPEAKING and any(element in line for element in _SPEAKING[head.type]):
        return True
    known = _known(head.type)
    if known is None:
        return head.type != "DiagnosticReport"
    found = CODES.findall(line)
    return (
        not known.isdisjoint(found)
        or b" " in b"".join(found)
        or (head.type == "Encounter" and any(c[:1] in b"Cc" for c in found))
    )


@cache
def _known(kind: str) -> frozenset[bytes] | None:
    """Every spelling of the codes that mean something in a resource of this type; None when all of
    them are read.
    """
    if kind not in _TABLES:
        return None
    return spellings(code for name in _TABLES[kind] for _, code in table(name).by_code)
