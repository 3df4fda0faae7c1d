"""The first reading of an export: which patients have a code of the disease.

It looks for the codes wherever they stand in a condition or an encounter, whatever their system
and spelling; so it may find a patient too many (whom the chart reader then answers), and none too
few.
"""

from __future__ import annotations

import re
from functools import cache

from allstatus.bulk.fhir_export.line_scan import WITH_DIAGNOSES, tell, type_of
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, read_piece
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.errors import InvalidRecord

_CODE = re.compile(rb'"CODE"\s*:\s*"\s*([^"\s+*!#\xe2-]*)')  # without ICD-10's marks behind it
_ESCAPE = re.compile(rb"\\u00([2-7][0-9a-fA-F])")


def looks_worth_reading(piece: Piece, kinds: tuple[str, ...] = WITH_DIAGNOSES) -> bool:
    """Whether a piece may hold such resources, as far as its first line tells."""
    first = next(
        (line for block in read_piece(piece) for line in block.split() if line.strip()), b""
    )
    return type_of(first) in ("", *kinds)


def find_patients(piece: Piece, options: ChartOptions = DEFAULT_OPTIONS) -> set[str]:
    """The patients whose conditions or reasons for a visit hold a code of the disease, by the
    tables that charts are read by.
    """
    return set().union(*(patients_in(block.text, options) for block in read_piece(piece)))


def patients_in(text: bytes, options: ChartOptions = DEFAULT_OPTIONS) -> set[str]:
    """The same of some lines."""
    found: set[str] = set()
    for line in text.split(b"\n") if holds_diagnosis(text, options) else ():
        try:
            told = tell(line) if holds_diagnosis(line, options) else None
        except InvalidRecord:
            continue  # the second reading rejects it
        if told is not None and told.type in WITH_DIAGNOSES and told.patient:
            found.add(told.patient)
    return found


def holds_diagnosis(text: bytes, options: ChartOptions = DEFAULT_OPTIONS) -> bool:
    """Whether a code of the disease stands in lines, however it is spelled."""
    return not _codes(options).isdisjoint(_CODE.findall(_folded(text)))


def _folded(text: bytes) -> bytes:
    """Text in which each code has one spelling: no escapes, no small letters, no dots."""
    if b"\\" in text:
        text = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text).replace(b"\\/", b"/")
    return text.upper().replace(b".", b"")


@cache
def _codes(options: ChartOptions) -> frozenset[bytes]:
    table = options.tables.diagnoses
    ours = {name for name, topic in table.topics.items() if topic["all"]}
    return frozenset(
        _folded(code.encode())
        for (_, code), (topic, _) in table.by_code.items()
        if topic["all"] or not ours.isdisjoint((topic["with"] or {}).values())
    )
