"""The codings of an export that no table names, counted line by line over all its patients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.ndjson_pieces import Piece, find_files, numbered
from allstatus.ehr.chart import Treatment
from allstatus.ehr.coding.codes import CodeTables
from allstatus.ehr.coding.unknown_codes import UnknownCode, count_unknown, unknown_of
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.fhir.json_access import codes
from allstatus.errors import InvalidRecord


def count_unknown_lines(
    folder: Path, tables: CodeTables, refuse: Callable[[InvalidRecord], None]
) -> Counter[UnknownCode]:
    """How often each coding stands in an export that no table names; a line that is no resource is
    refused by file and line. A medicine that lines refer to counts once, at its own line.
    """
    found = Counter[UnknownCode]()
    for path in find_files(folder)[0]:
        for number, line in numbered(Piece(0, path)):
            try:
                if line.strip():
                    found.update(_unknown_in(read_resource(line.rstrip(b"\r\n")), tables))
            except InvalidRecord as error:
                refuse(InvalidRecord(f"{path} line {number}", error.problem, error.remedy))
    return found


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
