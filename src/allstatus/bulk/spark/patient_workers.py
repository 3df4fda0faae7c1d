"""What Spark's workers do with one patient's lines: the same code as without Spark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import pyarrow as pa
from pyspark.sql.types import LongType, StringType, StructField, StructType

from allstatus.bulk.fhir_export.decide_patient import DecideSettings, ExportContext, decide_patient
from allstatus.bulk.fhir_export.references import missing_from
from allstatus.bulk.spark.record_workers import Shipped

PLACE = ("file", "block", "place")  # of a line
WANTED = "name string, key string"
EVIDENCE, LINES, REFUSED = "__evidence", "__lines", "__refused"
UNREAD, IS_UNCLEAR = "__unread", "__unclear"


@dataclass(frozen=True, slots=True)
class Deciding:
    """How patients are decided, by which rules, and what the export holds beside each."""

    how: DecideSettings
    rules: Shipped
    others: ExportContext

    @property
    def schema(self) -> StructType:
        """A patient's row, its evidence, those of its lines that were refused, the codings that no
        table names (both as JSON), how many lines it had, and 1 for an unclear diagnosis.
        """
        texts = (*self.how.columns, EVIDENCE, REFUSED, UNREAD)
        fields = [StructField(name, StringType()) for name in texts]
        return StructType(
            [*fields, *(StructField(name, LongType()) for name in (LINES, IS_UNCLEAR))]
        )


def find_missing(lines: pa.Table) -> pa.Table:
    """What a patient's lines refer to that is not among them."""
    own: list[bytes] = lines.column("line").to_pylist()
    missing = sorted(key.decode() for key in missing_from(own))
    names = [lines.column("name")[0].as_py()] * len(missing)
    return pa.table({"name": pa.array(names, pa.string()), "key": pa.array(missing, pa.string())})


def decide_lines(deciding: Deciding, lines: pa.Table) -> pa.Table:
    """A patient's rows, mostly one, from the lines about it and, `referred`, those they refer to;
    what holds for the lines stands in the first.
    """
    how, columns = deciding.how, lines.to_pylist()
    deciding.rules.refuse_others(how.classifier)
    ordered = sorted(columns, key=itemgetter("referred", *PLACE))
    own = [row["line"] for row in ordered if not row["referred"]]
    lines_of, name = (row["line"] for row in ordered), columns[0]["name"]
    rows: list[dict[str, Any]] = []
    for decided in decide_patient(how, name, lines_of, deciding.others):
        refused = [
            {name: ordered[number][name] for name in PLACE} | {"reason": reason}
            for number, reason in decided.refused.items()
        ]
        rows.append(dict.fromkeys(how.columns) | dict(decided.row or {}))
        rows[-1] |= {
            EVIDENCE: None if decided.evidence is None else decided.evidence.decode(),
            REFUSED: json.dumps(refused),
            UNREAD: json.dumps(decided.unread),
            LINES: 0 if rows[1:] else len(own),
            IS_UNCLEAR: int(decided.unclear),
        }
    kinds = {LINES: pa.int64(), IS_UNCLEAR: pa.int64()}
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in rows[0]]
    return pa.Table.from_pylist(rows, pa.schema(fields))
