"""A view over a table that has not every column says what columns of records say of it."""

from itertools import product

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from allstatus.bulk.arrow import Columns
from allstatus.bulk.cells import COUNT
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.sql_view import SqlView
from bulk.files import table
from bulk.rows import CELLS, COUNTS, ways

FACTS = tuple(CELLS.facts)
SOME = [
    *((one,) for one in FACTS),
    *(tuple(name for name in FACTS if name != left_out) for left_out in FACTS),
]


@pytest.mark.parametrize("facts", SOME, ids=" ".join)
def test_facts_without_a_column_are_read_as_of_records(facts: tuple[str, ...]) -> None:
    names = [*facts, COUNT]
    rows = product(*map(ways, facts), COUNTS)
    batch = table([dict(zip(names, row, strict=True)) for row in rows]).combine_chunks()
    known = batch.to_batches()[0]
    cells, _ = Columns(CELLS, names).cells_of(known)
    text = {name for name in facts if pa.types.is_string(batch.schema.field(name).type)}
    view = SqlView(CELLS, {name: ColumnSource(name) for name in names}, text=frozenset(text))
    numbered = batch.append_column("place", pa.array(range(batch.num_rows)))
    with duckdb.connect() as database:
        database.register("patients", numbered)
        located = view.locate("patients", {"place": "place"})
        found = database.sql(f"{located} SELECT cell FROM located ORDER BY place").to_arrow_table()
    none = len(CELLS)
    told = pc.fill_null(found.column("cell"), none).to_numpy()
    assert np.array_equal(told, cells)
