"""A blood count in several columns: rows that the record's reader cannot tell apart are read once.

What it makes of a component depends on its unit, its flag, which numbers are there and readable,
and whether the value is
below the low or above the high end of its range. Rows that agree in all this for every component
share one panel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations
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
    alike = _combined([_alike(columns, batch.num_rows) for columns in components.values()])
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
    """A code for each row of a component; rows that read alike have the same."""
    texts = [
        _indices(column.dictionary_encode())
        for part, column in sorted(component.items())
        if part not in NUMBERS
    ]
    ranks = _ranks({part: component[part] for part in NUMBERS if part in component})
    known = [np.minimum(rank, 1) for rank in ranks.values()]  # a number, none, or why it is none
    pairs = combinations(ranks.values(), 2)
    order = [np.sign(lesser - greater) for lesser, greater in pairs]
    return _combined([np.zeros(rows, np.int64), *texts, *known, *order])


def _ranks(columns: Mapping[str, pa.Array]) -> dict[str, Codes]:
    """Each number's place in the order of all numbers of these columns, from 1; 0 for null; below 0
    one place for each reason why something is no number.
    """
    coded = {name: column.dictionary_encode() for name, column in columns.items()}
    read = {name: [_number(v) for v in as_read(c.dictionary)] for name, c in coded.items()}
    said = set(chain.from_iterable(read.values()))
    numbers = sorted(number for number in said if isinstance(number, Fraction))
    problems = sorted(problem for problem in said if isinstance(problem, str))
    ranks: dict[Fraction | str, int] = {number: place for place, number in enumerate(numbers, 1)}
    ranks |= {problem: -place for place, problem in enumerate(problems, 1)}
    of_null = 0
    return {
        name: np.array([*(ranks[value] for value in values), of_null])[_indices(coded[name])]
        for name, values in read.items()
    }


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


def _combined(codes: Iterable[Codes]) -> Codes:
    """One code for each combination of codes, numbered from 0 anew with each, so that the products
    stay small.
    """
    first, *others = codes
    for other in others:
        from_zero = other - other.min(initial=0)
        products = first * (from_zero.max(initial=0) + 1) + from_zero
        first = np.unique(products, return_inverse=True)[1]
    return first
