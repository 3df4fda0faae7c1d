"""Which of a patient's lines the chart reader would read and find nothing in, told by their codes
alone.

Most results of a chart, such as sodium, are of no interest to the page. A line is left unread only
when no code in it
stands in a code table, nothing refers to it, and no other line is a version of the same resource.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain

from allstatus.bulk.fhir_export.line_scan import CODES, GROUPED, head_of, references, spellings
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.recorded_answers import QUESTION

_TABLES = {
    "Observation": ("results", "signs"),
    "DiagnosticReport": ("results",),
    "Encounter": ("diagnoses", "signs"),
    "Procedure": ("treatments",),
}
# What makes a line worth reading whatever its codes: these elements are read in other ways.
_SPEAKING = {
    "DiagnosticReport": (b'"conclusion"', b'"contained"', b'"specimen"'),
    "Procedure": (b'"request"', b'"basedOn"'),
}
_ASKED = QUESTION.encode()
_LISTING = b'"DiagnosticReport"', b'"hasMember"'  # lines that can date the results they list


def telling(
    lines: Sequence[bytes], keys: Sequence[bytes], options: ChartOptions = DEFAULT_OPTIONS
) -> tuple[list[int], set[bytes]]:
    """(places of the lines to read, what those refer to that is not among the lines), given each
    line's `Type/id`. Read is what tells something, what stands there in several versions, and what
    any of these refer to, and so on. `options` say by which tables charts are read.
    """
    places = defaultdict[bytes, list[int]](list)
    for place, key in enumerate(keys):
        places[key].append(place)
    read = {
        place
        for place, key in enumerate(keys)
        if len(places[key]) > 1 or _tells(lines[place], options)
    }
    if any(_undated(lines[place]) for place in read):
        read |= {n for n, line in enumerate(lines) if any(word in line for word in _LISTING)}
    followed, missing = set[bytes](), set[bytes]()
    newly_read = read
    while newly_read:
        referred = (
            references((lines[place] for place in newly_read), partial(_coded, options)) - followed
        )
        followed |= referred
        there = {key: places.get(key) or _by_id(key, places) for key in referred}
        missing.update(key for key, found in there.items() if not found)
        newly_read = set(chain.from_iterable(there.values())) - read
        read |= newly_read
    return sorted(read), missing


def _by_id(key: bytes, places: Mapping[bytes, list[int]]) -> list[int]:
    """Where the resources lie that a `urn:uuid` may mean."""
    if b"/" in key:
        return []
    return [place for own, there in places.items() if own.endswith(b"/" + key) for place in there]


def _coded(options: ChartOptions, report: bytes) -> bool:
    """Whether a report's own code, or one beside it, is known, so that it may announce a result."""
    known = _known("DiagnosticReport", options)
    return known is None or not known.isdisjoint(CODES.findall(report))


def _undated(line: bytes) -> bool:
    return b'"Observation"' in line and b'"effective' not in line


def _tells(line: bytes, options: ChartOptions) -> bool:
    head = head_of(line)
    if head is not None and head.type not in GROUPED:
        return False  # of a kind that is counted, and says nothing of a status
    if head is None or not line.endswith(b"}") or b"\\" in line:
        return True
    if head.type in _SPEAKING and any(element in line for element in _SPEAKING[head.type]):
        return True
    if head.type == "Observation" and b'"hasMember"' in line and b'"specimen"' in line:
        return True
    known = _known(head.type, options)
    if known is None:
        return True
    found = CODES.findall(line)
    return (
        not known.isdisjoint(found)
        or b" " in b"".join(found)
        or (head.type == "Observation" and any(code.startswith(_ASKED) for code in found))
        or (head.type == "Encounter" and any(c[:1] in b"Cc" for c in found))
    )


@lru_cache(maxsize=32)
def _known(kind: str, options: ChartOptions) -> frozenset[bytes] | None:
    """Every spelling of the codes that mean something in a resource of this type; None when all of
    them are read.
    """
    if kind not in _TABLES:
        return None
    tables = options.tables
    return spellings(code for name in _TABLES[kind] for _, code in tables.table(name).by_code)
