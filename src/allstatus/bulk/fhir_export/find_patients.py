"""The first reading of an export: which patients have a code of the disease, and their links.

It looks for the codes wherever they stand in a condition or an encounter, whatever their system
and spelling; so it may find a patient too many (whom the chart reader then answers), and none too
few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from allstatus.bulk.fhir_export.line_scan import WITH_DIAGNOSES, tell
from allstatus.bulk.fhir_export.links import Told, links_in
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.errors import InvalidRecord

_CODE = re.compile(  # without blanks before it, seen or not, and ICD-10's marks behind it
    rb'"code"\s*:\s*"(?:\s|\xc2\xa0|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0'
    rb"|\\u(?:00[aA]0|200[b-fB-F]|2060))*"
    rb'([^"\s+*!#\\\xe2\xc2-]*)'
)
_ESCAPE = re.compile(rb"\\u00([2-7][0-9a-fA-F])")


def told_in(lines: list[bytes], options: ChartOptions) -> Iterator[Told]:
    """The patients with a code of the disease, and the links, that some lines tell of."""
    yield from ((None, name, name) for name in patients_in(lines, options))
    yield from links_in(lines)


def patients_in(lines: list[bytes], options: ChartOptions = DEFAULT_OPTIONS) -> Iterator[str]:
    """The patients whose conditions or reasons for a visit among some lines hold a code of the
    disease, by the tables that charts are read by.
    """
    for line in lines if holds_diagnosis(b"".join(lines), options) else ():
        with suppress(InvalidRecord):  # the second reading rejects it
            if holds_diagnosis(line, options) and (told := tell(line)).type in WITH_DIAGNOSES:
                yield from told.names


def holds_diagnosis(text: bytes, options: ChartOptions = DEFAULT_OPTIONS) -> bool:
    """Whether a code of the disease stands in lines, however it is spelled."""
    if b"\\" in text:
        text = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text).replace(b"\\/", b"/")
    return not _codes(options).isdisjoint(map(_folded, {*_CODE.findall(text)}))


def _folded(code: bytes) -> bytes:
    """A code without small letters and dots."""
    return code.upper().replace(b".", b"")


@cache
def _codes(options: ChartOptions) -> frozenset[bytes]:
    table = options.tables.diagnoses
    ours = {name for name, topic in table.topics.items() if topic["all"]}
    return frozenset(
        _folded(code.encode())
        for (_, code), (topic, _) in table.by_code.items()
        if topic["all"] or not ours.isdisjoint((topic["with"] or {}).values())
    )
