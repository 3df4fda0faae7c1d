"""Diagnoses of an export that no table names, of patients who have none of the disease."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from allstatus.bulk.fhir_export.decide_patient import read_resource
from allstatus.bulk.fhir_export.line_scan import WITH_DIAGNOSES
from allstatus.ehr.assess.accounting import may_be_the_disease
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.errors import InvalidRecord

_SYSTEM, _CODE, _STATUS = (
    re.compile(rb'%s" ?: ?"([^"\\]*)"' % key) for key in (b"ystem", b"ode", b"tatus")
)
KNOWN = 1 << 16  # how lines are coded that are remembered at once


class UnclearDiagnoses:
    """Tells which lines hold a diagnosis that is not understood; lines of the same codings and
    standing, which most are, are told alike, and read once.
    """

    def __init__(self, options: ChartOptions) -> None:
        self._tables = options.tables
        self._told: dict[tuple[str | bytes, ...], bool] = {}

    def holds(self, kind: str, line: bytes) -> bool:
        """Whether a line of this type does."""
        if kind not in WITH_DIAGNOSES:
            return False
        if b"\\" in line or not (codes := _CODE.findall(line)):
            return self._read(line)
        codings = kind, *_SYSTEM.findall(line), *codes, *_STATUS.findall(line)
        if codings not in self._told:
            if len(self._told) > KNOWN:
                self._told.clear()
            self._told[codings] = self._read(line)
        return self._told[codings]

    def _read(self, line: bytes) -> bool:
        try:
            charts = read_fhir([read_resource(line)])
        except InvalidRecord:
            return False
        problems = (problem for chart in charts for problem in chart.problems)
        return any(may_be_the_disease(problem, self._tables) for problem in problems)


@lru_cache(maxsize=4)
def unclear_diagnoses(options: ChartOptions) -> UnclearDiagnoses:
    """One for each process, since its tables take a while to make."""
    return UnclearDiagnoses(options)


def number_of(name: str) -> bytes:
    """A patient as 64 bits, so that millions can be told apart in little memory."""
    return blake2b(name.encode(), digest_size=8).digest()
