"""The first reading of an export: which patients have a code of the disease.

It looks for the codes as bytes, wherever they stand in a condition or an encounter, whatever their
system; so it may
find a patient too many (whom the chart reader then answers), and none too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from allstatus.bulk.fhir_export.line_scan import (
    CODES,
    WITH_DIAGNOSES,
    head_of,
    spellings,
    tell,
    unescaped,
)
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, read_piece
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.errors import InvalidRecord


def looks_worth_reading(piece: Piece) -> bool:
    """Whether a piece may hold diagnoses, as far as its first line tells."""
    first = next(
        (line for block in read_piece(piece) for line in block.split() if line.strip()), b""
    )
    head = head_of(first)
    return head is None or head.type in WITH_DIAGNOSES


def find_patients(piece: Piece, options: ChartOptions = DEFAULT_OPTIONS) -> set[str]:
    """The patients whose conditions or reasons for a visit hold a code of the disease, by the
    tables that charts are read by.
    """
    return set().union(*(patients_in(block.text, options) for block in read_piece(piece)))


def patients_in(text: bytes, options: ChartOptions = DEFAULT_OPTIONS) -> set[str]:
    """The same of some lines."""
    found: set[str] = set()
    for line in () if _is_free(text, options) else _candidates(text, options):
        try:
            told = tell(line) if holds_diagnosis(line, options) else None
        except InvalidRecord:
            continue  # the second reading rejects it
        if told is not None and told.type in WITH_DIAGNOSES and told.patient:
            found.add(told.patient)
    return found


def holds_diagnosis(line: bytes, options: ChartOptions = DEFAULT_OPTIONS) -> bool:
    """Whether a code of the disease stands in a line, however it is spelled."""
    return _pattern(options).search(unescaped(line)) is not None


def _is_free(text: bytes, options: ChartOptions) -> bool:
    """Whether no code of it stands in lines, told at once where none is spelled in an unusual
    way.
    """
    codes = [] if b"\\" in text else CODES.findall(text)
    return bool(codes) and _spellings(options).isdisjoint(codes) and b" " not in b"".join(codes)


def _candidates(text: bytes, options: ChartOptions) -> Iterator[bytes]:
    """The lines in which one of the needles stands."""
    begun = set()
    for needle in _needles(options):
        at = text.find(needle)
        while at >= 0:
            begin, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
            end = len(text) if end < 0 else end
            if begin not in begun:
                begun.add(begin)
                yield text[begin:end]
            at = text.find(needle, end)


@cache
def _codes(options: ChartOptions) -> tuple[str, ...]:
    table = options.tables.diagnoses
    ours = {name for name, topic in table.topics.items() if topic["all"]}
    named = {
        code
        for (_, code), (topic, _) in table.by_code.items()
        if topic["all"] or not ours.isdisjoint((topic["with"] or {}).values())
    }
    return tuple(sorted(named))


@cache
def _spellings(options: ChartOptions) -> frozenset[bytes]:
    return spellings(_codes(options))


@cache
def _needles(options: ChartOptions) -> tuple[bytes, ...]:
    """What the spellings of codes have in common: an ICD-10 category in either case, how other
    codes begin, or an escaped sign.
    """
    spelled = {
        part
        for code in _codes(options)
        for part in ((code[:3], code[:3].lower()) if code[3:4] == "." else (code[:5],))
    }
    return (*sorted(part.encode() for part in spelled), b"\\u00")


@cache
def _pattern(options: ChartOptions) -> re.Pattern[bytes]:
    spelled = (
        re.escape(code).replace(r"\.", r"\.?") if code[3:4] == "." else re.escape(code)
        for code in _codes(options)
    )
    return re.compile("|".join(spelled).encode(), re.IGNORECASE)
