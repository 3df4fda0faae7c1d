"""Rows that state every fact in every way, and what the classifier says of each, one by one: the
oracle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import astuple
from functools import cache
from itertools import product
from typing import Any

import pyarrow as pa

from allstatus import Decision, InvalidRecord
from allstatus.bulk.arrow import Columns
from allstatus.bulk.cells import Cells
from allstatus.bulk.column_source import ColumnSource
from shipped import RULES

CELLS = Cells(RULES)
ANSWERS = [astuple(answer) for answer in CELLS.answers]
LIMIT = next(iter(RULES.ruleset.thresholds.values())).value
PERCENT = next(name for name, states in CELLS.facts.items() if states.fact.kind == "percent")
COUNTS = (None, 0, 1, 3)
Row = dict[str, Any]


def ways(name: str) -> list[Any]:
    """Every way to state a fact that differs, and some that do not."""
    fact = RULES.ruleset.facts[name]
    if fact.kind == "percent":
        limit = float(LIMIT)
        return [None, 0.0, limit, math.nextafter(limit, math.inf)]
    values: tuple[Any, ...] = (False, True) if fact.kind == "yes_no" else fact.values
    return [None, "unknown", *values]


def all_rows() -> Iterator[Row]:
    """Every combination, the count of relapses included."""
    names = [*RULES.ruleset.facts, "relapse_count"]
    for values in product(*(ways(name) for name in RULES.ruleset.facts), COUNTS):
        yield dict(zip(names, values, strict=True))


@cache
def _decided(items: tuple[tuple[str, type, Any], ...]) -> tuple[Any, ...] | str:
    return reference({name: value for name, _, value in items if value is not None})


def told(decision: Decision) -> tuple[Any, ...]:
    """What columns say of a decision, in the order of `CellAnswer`."""
    regions, open_regions, options = (
        tuple([entry.id for entry in entries])
        for entries in (decision.regions, decision.possible_regions, decision.options)
    )
    missing = tuple([entry.fact for entry in decision.missing])
    stated = decision.outcome, decision.status, decision.possible
    return *stated, regions, open_regions, missing, options


def decided(row: Row) -> tuple[Any, ...] | str:
    """What the classifier answers, or why it refuses the record."""
    return _decided(tuple((name, type(value), value) for name, value in row.items()))


def answers(
    batch: pa.RecordBatch, assigned: dict[str, ColumnSource] | None = None, threads: Any = None
) -> list[tuple[Any, ...] | str]:
    """What columns say of each row: the answer, or why it is refused."""
    cells, rejects = Columns(CELLS, batch.schema.names, assigned).cells_of(batch, threads)
    found = [ANSWERS[cell] if cell < len(ANSWERS) else "refused" for cell in cells.tolist()]
    assert [row for row, answer in enumerate(found, 1) if answer == "refused"] == [
        reject.row for reject in rejects
    ]
    for reject in rejects:
        found[reject.row - 1] = reject.reason
    return found


def reference(record: dict[str, Any]) -> Any:
    """The oracle for values that cannot be remembered."""
    try:
        return told(RULES.classify(record))
    except InvalidRecord as error:
        return f"{error.problem}; {error.remedy}"
