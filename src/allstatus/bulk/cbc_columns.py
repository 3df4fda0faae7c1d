"""A blood count in several columns: rows that the record's reader cannot tell apart are read once.

What it makes of a component depends on its unit, its flag, which numbers are there and readable,
and whether the value is
below the low or above the high end of its range. Rows that agree in all this for every component
share one panel.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import types

from allstatus.errors import InvalidRecord
from allstatus.record.percent import exact_number

NUMBERS = ("value", "low", "high")
Codes = NDArray[np.int64]


def panel_column(batch: pa.RecordBatch, parts: Mapping[str, str]) -> pa.Array:
    """The panels of a batch as indices into those that differ; `parts` gives the column of
    `wbc.value` and so on.
    """
    components: dict[str, dict[str, pa.Array]] = {}
    for key, column in parts.items():
        component, part = key.split(".")
        components.setdefault(component, {})[part] = plain(batch.column(column))
    alike = np.zeros(batch.num_rows, np.int64)
    for columns in components.values():
        alike = _joined(alike, _alike(columns, batch.num_rows))
    _, first, panel = np.unique(alike, return_index=True, return_inverse=True)
    structs = {
        name: pa.StructArray.from_arrays(list(c.values()), list(c))
        for name, c in components.items()
    }
    panels = pa.StructArray.from_arrays(list(structs.values()), list(structs))
    return pa.DictionaryArray.from_arrays(
        pa.array(panel.astype(np.int32)), panels.take(pa.array(first))
    )


def as_read(column: pa.Array) -> list[Any]:
    """The values for the record's reader; a short binary float by its own shortest decimal form."""
    if types.is_dictionary(column.type):
        distinct = [*as_read(column.dictionary), None]
        return [distinct[index] for index in _indices(column)]
    values: list[Any] = column.to_pylist()
    if types.is_float32(column.type) or types.is_float16(column.type):
        short = column.type.to_pandas_dtype()
        return [None if value is None else Decimal(str(short(value))) for value in values]
    return values


def plain(column: pa.Array) -> pa.Array:
    """A column without its dictionary."""
    return column.dictionary_decode() if types.is_dictionary(column.type) else column


def _alike(component: Mapping[str, pa.Array], rows: int) -> Codes:
    """The same code for rows of a component that read alike."""
    codes = np.zeros(rows, np.int64)
    for part in set(component) - set(NUMBERS):
        codes = _joined(codes, _indices(component[part].dictionary_encode()))
    ranks = dict(zip(NUMBERS, _ranks([component.get(part) for part in NUMBERS], rows), strict=True))
    for rank in ranks.values():
        codes = _joined(codes, np.minimum(rank, 0))  # absent, or why it is no number
    for lesser, greater in combinations(NUMBERS, 2):
        codes = _joined(codes, np.sign(ranks[lesser] - ranks[greater]))
    return codes


def _ranks(columns: list[pa.Array | None], rows: int) -> list[Codes]:
    """Each number's place in the order of all numbers of these columns, from 1; 0 for null, below 0
    what is no number.
    """
    coded = [None if column is None else column.dictionary_encode() for column in columns]
    read = [
        [] if column is None else [_number(value) for value in as_read(column.dictionary)]
        for column in coded
    ]
    good = sorted(
        {number for numbers in read for number in numbers if isinstance(number, Fraction)}
    )
    bad = sorted({problem for numbers in read for problem in numbers if isinstance(problem, str)})
    place: dict[Fraction | str, int] = {
        **{n: p for p, n in enumerate(good, 1)},
        **{b: -p for p, b in enumerate(bad, 1)},
    }
    return [
        np.zeros(rows, np.int64)
        if column is None
        else np.array([*(place[number] for number in numbers), 0])[_indices(column)]
        for column, numbers in zip(coded, read, strict=True)
    ]


def _number(value: Any) -> Fraction | str:
    try:
        number = exact_number(value, "", "")
    except InvalidRecord as error:
        return error.problem
    return "negative" if number < 0 else number


def _indices(coded: pa.Array) -> Codes:
    """Indices into the dictionary; one past its end for null."""
    indices: Codes = (
        coded.indices.cast(pa.int64())
        .fill_null(len(coded.dictionary))
        .to_numpy(zero_copy_only=False)
    )
    return indices


def _joined(one: Codes, other: Codes) -> Codes:
    """A code for each pair of codes, small again."""
    other = other - other.min(initial=0)
    joined: Codes = np.unique(one * (other.max(initial=0) + 1) + other, return_inverse=True)[1]
    return joined
