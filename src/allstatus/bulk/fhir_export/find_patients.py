"""The first reading of an export: which patients have a code of acute lymphoblastic leukemia.

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
from allstatus.ehr.codes import code_tables
from allstatus.ehr.site_codes import SiteCodes
from allstatus.errors import InvalidRecord


def looks_worth_reading(piece: Piece) -> bool:
    """Whether a piece may hold diagnoses, as far as its first line tells."""
    first = next(
        (line for block in read_piece(piece) for line in block.split() if line.strip()), b""
    )
    head = head_of(first)
    return head is None or head.type in WITH_DIAGNOSES


def find_patients(piece: Piece, site: SiteCodes | None = None) -> set[str]:
    """The patients whose conditions or reasons for a visit hold a code of ALL, by our tables and a
    site's.
    """
    return set().union(*(patients_in(block.text, site) for block in read_piece(piece)))


def patients_in(text: bytes, site: SiteCodes | None = None) -> set[str]:
    """The same of some lines."""
    found: set[str] = set()
    for line in () if _is_free(text, site) else _candidates(text, site):
        try:
            told = tell(line) if holds_diagnosis(line, site) else None
        except InvalidRecord:
            continue  # the second reading rejects it
        if told is not None and told.type in WITH_DIAGNOSES and told.patient:
            found.add(told.patient)
    return found


def holds_diagnosis(line: bytes, site: SiteCodes | None = None) -> bool:
    """Whether a code of ALL stands in a line, however it is spelled."""
    return _pattern(site).search(unescaped(line)) is not None


def _is_free(text: bytes, site: SiteCodes | None) -> bool:
    """Whether no code of ALL stands in lines, told at once where none is spelled in an unusual
    way.
    """
    codes = [] if b"\\" in text else CODES.findall(text)
    return bool(codes) and _spellings(site).isdisjoint(codes) and b" " not in b"".join(codes)


def _candidates(text: bytes, site: SiteCodes | None) -> Iterator[bytes]:
    """The lines in which one of the needles stands."""
    begun = set()
    for needle in _needles(site):
        at = text.find(needle)
        while at >= 0:
            begin, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
            end = len(text) if end < 0 else end
            if begin not in begun:
                begun.add(begin)
                yield text[begin:end]
            at = text.find(needle, end)


@cache
def _codes(site: SiteCodes | None) -> tuple[str, ...]:
    table = code_tables(site).diagnoses
    ours = {name for name, topic in table.topics.items() if topic["all"]}
    named = {
        code
        for (_, code), (topic, _) in table.by_code.items()
        if topic["all"] or not ours.isdisjoint((topic["with"] or {}).values())
    }
    return tuple(sorted(named))


@cache
def _spellings(site: SiteCodes | None) -> frozenset[bytes]:
    return spellings(_codes(site))


@cache
def _needles(site: SiteCodes | None) -> tuple[bytes, ...]:
    """What the spellings of codes have in common: an ICD-10 category in either case, how other
    codes begin, or an escaped sign.
    """
    spelled = {
        part
        for code in _codes(site)
        for part in ((code[:3], code[:3].lower()) if code[3:4] == "." else (code[:5],))
    }
    return (*sorted(part.encode() for part in spelled), b"\\u00")


@cache
def _pattern(site: SiteCodes | None) -> re.Pattern[bytes]:
    spelled = (
        re.escape(code).replace(r"\.", r"\.?") if code[3:4] == "." else re.escape(code)
        for code in _codes(site)
    )
    return re.compile("|".join(spelled).encode(), re.IGNORECASE)
