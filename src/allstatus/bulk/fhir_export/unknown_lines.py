"""The codings of an export that no table names, counted line by line over all its patients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.ndjson_pieces import cut, find_files, read_piece
from allstatus.ehr.chart import Treatment
from allstatus.ehr.codes import CodeTables
from allstatus.ehr.fhir import read_fhir
from allstatus.ehr.json_access import codes
from allstatus.ehr.unknown_codes import UnknownCode, count_unknown, unknown_of
from allstatus.errors import InvalidRecord


def count_unknown_lines(folder: Path, tables: CodeTables) -> tuple[Counter[UnknownCode], int]:
    """(how often each coding stands in an export that no table names, how many lines are no
    resource). A medicine that lines refer to counts once, at its own line.
    """
    found, refused = Counter[UnknownCode](), 0
    for line in _lines(folder):
        try:
            resource = read_resource(line)
        except InvalidRecord:
            refused += 1
            continue
        found.update(_unknown_in(resource, tables))
    return found, refused


def _lines(folder: Path) -> Iterator[bytes]:
    files, _ = find_files(folder)
    for piece in cut(files):
        for block in read_piece(piece):
            yield from (line for line in block.split() if line.strip())


def _unknown_in(resource: dict[str, Any], tables: CodeTables) -> Counter[UnknownCode]:
    if resource["resourceType"] == "Medication":
        named = Treatment("", codes(resource.get("code")), None)
        return Counter(unknown_of(named, tables) if named.codes else ())
    if "medicationReference" in resource and "contained" not in resource:
        return Counter()
    try:
        return count_unknown(read_fhir([resource]), tables)
    except InvalidRecord:  # nothing about a patient
        return Counter()
