"""Cells found by the record's own reader, on Spark's workers, for columns that the expression does
not read.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import BooleanType, IntegerType, StringType, StructField, StructType

from allstatus.bulk.answer_texts import CELL, WARNINGS
from allstatus.bulk.arrow import Columns
from allstatus.bulk.cells import Cells
from allstatus.bulk.column_source import ColumnSource
from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import RulesError
from allstatus.rules.editions import rules_home
from allstatus.rules.ruleset import RuleSet

BY_ADULT_TABLE = "__by_adult_table"


@dataclass(frozen=True, slots=True)
class Shipped:
    """Which rules a worker loads: by name where they come with the package, else by folder; they
    must be the driver's.
    """

    rules: str
    digest: str

    @classmethod
    def of(cls, ruleset: RuleSet) -> Shipped:
        """What to send to the workers."""
        folder = ruleset.directory.resolve()
        name = folder.name if folder.parent == rules_home().resolve() else str(folder)
        return cls(name, ruleset.digest)

    def refuse_others(self, loaded: Classifier) -> None:
        """Raise RulesError where a worker loaded other rules."""
        if loaded.ruleset.digest != self.digest:
            problem = "a worker has other rules than the driver"
            remedy = "install the same version of allstatus there"
            raise RulesError([f"{Path(self.rules).name}: {problem}; {remedy}"])

    def load(self) -> Classifier:
        """The rules, on a worker; raises RulesError when they are others there."""
        return _load(self)


@lru_cache(maxsize=4)
def _load(shipped: Shipped) -> Classifier:
    rules = load_rules(shipped.rules, engine="builtin")
    shipped.refuse_others(rules)
    return rules


@dataclass(frozen=True, slots=True)
class AskedRows:
    """What a worker reads: by which rules, from columns of these names, assigned in this way."""

    rules: Shipped
    names: tuple[str, ...]
    assigned: tuple[tuple[str, ColumnSource], ...]
    adult_ranges: bool = True

    def of(self, names: tuple[str, ...]) -> AskedRows:
        """The same of these columns."""
        return replace(self, names=names)


def read_cells(patients: DataFrame, asked: AskedRows) -> DataFrame:
    """The data frame with warnings of each row, whether the adult table decided on its blood count,
    and its cell, null where no record could be so. Its columns are those of `asked`, in order; they
    are called by number meanwhile, since Spark would look for a dot's parts one in the other.
    """
    numbered = patients.toDF(*(f"c{place}" for place in range(len(asked.names))))
    more = {WARNINGS: StringType(), BY_ADULT_TABLE: BooleanType(), CELL: IntegerType()}
    schema = StructType([*numbered.schema, *(StructField(*field) for field in more.items())])
    found = numbered.mapInArrow(partial(_with_cells, pickle.dumps(asked)), schema)
    return found.toDF(*asked.names, *more)


def _with_cells(asked: bytes, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    columns, names = _columns(asked)
    for numbered in batches:
        batch = numbered.rename_columns(names)
        cells, _ = columns.cells_of(batch)
        column = pa.array(cells.astype(np.int32), mask=cells == len(columns.cells))
        judged = pa.array(columns.by_adult_ranges(batch))
        said = [*batch.columns, columns.warnings(batch).dictionary_decode(), judged, column]
        told = [*numbered.schema.names, WARNINGS, BY_ADULT_TABLE, CELL]
        yield pa.RecordBatch.from_arrays(said, told)


@lru_cache(maxsize=4)
def _columns(asked: bytes) -> tuple[Columns, list[str]]:
    read: AskedRows = pickle.loads(asked)
    cells, names = Cells(read.rules.load()), list(read.names)
    made = Columns(cells, names, dict(read.assigned), adult_ranges=read.adult_ranges)
    return made, names
