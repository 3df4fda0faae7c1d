"""The distinct values of columns, each read once, and the rows as indices into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import types

Codes = NDArray[np.int64]


def values_of(column: pa.Array) -> list[Any]:
    """The values as Python's; what its calendar does not hold as Arrow's text of it."""
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return [_value(item) for item in column]


def _value(item: pa.Scalar) -> Any:
    try:
        return item.as_py()
    except (OverflowError, ValueError):
        flat = not types.is_nested(item.type)
        return item.cast(pa.string()).as_py() if flat else str(item.type)


def as_read(column: pa.Array) -> list[Any]:
    """The values for the record's reader; a short binary float by its own shortest decimal form."""
    if types.is_dictionary(column.type):
        distinct = [*as_read(column.dictionary), None]
        return [distinct[index] for index in indices(column)]
    values = values_of(column)
    if types.is_float32(column.type) or types.is_float16(column.type):
        short = column.type.to_pandas_dtype()
        return [None if value is None else Decimal(str(short(value))) for value in values]
    return values


def plain(column: pa.Array) -> pa.Array:
    """A column without its dictionary."""
    return column.dictionary_decode() if types.is_dictionary(column.type) else column


def coded(column: pa.Array) -> pa.DictionaryArray:
    """A column as indices into its values."""
    return column if types.is_dictionary(column.type) else column.dictionary_encode()


def words_of(column: pa.Array) -> pa.DictionaryArray:
    """A column of any type as texts."""
    kind = column.type
    if not (types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind)):
        said = [None if value is None else str(value) for value in values_of(column)]
        column = pa.array(said, pa.string())
    return coded(column)


def coded_by(column: pa.Array, code: Callable[[Any], int]) -> Codes:
    """A code for each row, from its value (None for null)."""
    words = coded(column)
    codes = [*(code(value) for value in as_read(words.dictionary)), code(None)]
    return np.array(codes, np.int64)[indices(words)]


def indices(column: pa.DictionaryArray) -> Codes:
    """Indices into the dictionary; one past its end for null."""
    filled = column.indices.cast(pa.int64()).fill_null(len(column.dictionary))
    found: Codes = filled.to_numpy(zero_copy_only=False)
    return found


def joined(one: Codes, other: Codes) -> Codes:
    """A code for each pair of codes, small again."""
    pairs: Codes = np.unique(one * (other.max(initial=0) + 1) + other, return_inverse=True)[1]
    return pairs


def together(columns: Mapping[str, pa.Array]) -> pa.DictionaryArray:
    """Columns as one, of a struct for each set of values that occurs."""
    rows = np.zeros(len(next(iter(columns.values()))), np.int64)
    for column in columns.values():
        rows = joined(rows, indices(coded(plain(column))))
    _, first, each = np.unique(rows, return_index=True, return_inverse=True)
    taken = [plain(column).take(pa.array(first)) for column in columns.values()]
    structs = pa.StructArray.from_arrays(taken, list(columns))
    return pa.DictionaryArray.from_arrays(pa.array(each.astype(np.int32)), structs)
