"""The tables of `lab_table.yaml`: a remission, one of its rows written otherwise or one beside."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from allstatus.decision.decision import Decision
from allstatus.ehr.lab_table import COLUMNS

Row = dict[str, str]
DAY = {"date": "2025-03-10"}
PATIENT = {"sex": "female", "born": "1980-05-01"}
BASE: dict[str, Row] = {
    "all": {"date": "2025-01-02", "system": "ICD10CM", "code": "C91.00"},
    "vincristine": {"date": "2025-01-10", "system": "RXNORM", "code": "11202"},
    "marrow": DAY | {"code": "11150-0", "value": "3", "unit": "%"},
    "wbc": DAY | {"code": "6690-2", "value": "6.2", "unit": "10*9/L", "low": "4", "high": "11"},
    "hemoglobin": DAY
    | {"code": "718-7", "value": "13.1", "unit": "g/dL", "low": "12", "high": "15.5"},
    "platelets": DAY
    | {"code": "777-3", "value": "230", "unit": "10*9/L", "low": "150", "high": "400"},
}
PARTS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("lab_table.yaml").read_text("utf-8")
)
ANSWERS = ("remission", "high", "open", "conflict", "none")


def cases(parts: list[dict[str, Any]] = PARTS) -> Iterator[tuple[str, str, list[Row]]]:
    """Name, answer and rows of each."""
    for part in parts:
        name, _, columns = part["part"].partition(", [")
        for answer in ANSWERS:
            for cells in part.get(answer, ()):
                row = part.get("row", {}) | dict(
                    zip(columns.rstrip("]").split(", "), cells, strict=True)
                )
                rows = BASE | {part.get("instead", "beside"): row}
                yield f"{name}: {cells}", answer, list(rows.values())


def written(rows: list[Row], patient: str) -> list[Row]:
    """The same as lines of a patient's."""
    return [PATIENT | {"patient": patient} | row for row in rows]


def table_of(rows: list[Row]) -> str:
    """As CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def answer_of(decision: Decision) -> str:
    """In the words of the table."""
    return _answer(decision.outcome, decision.status, decision.possible)


def answer_in(row: Mapping[str, str]) -> str:
    """The same of a row that `batch` wrote."""
    return _answer(row["outcome"], row["status"], row["possible"].split())


def _answer(outcome: str, status: str | None, possible: Collection[str]) -> str:
    if outcome in ("not_applicable", "conflicting_data"):
        return "none" if outcome == "not_applicable" else "conflict"
    if status == "in_remission":
        return "remission"
    return "open" if "in_remission" in possible else "high"
