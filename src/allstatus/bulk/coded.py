"""Columns coded so that a part of the index is added for a stretch of rows at a time.

A null adds nothing: "not reported" is digit 0. What is stated adds its own part; `BAD` is the part of what no record
can say, which adds nothing and is pointed out.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from allstatus.bulk.cuts import places
from allstatus.bulk.scale import Scale

BAD = -1
EXACT_DIGITS = 18  # decimals of so many digits fit a 64-bit integer
Index = NDArray[np.uint16 | np.uint32]
Bits = NDArray[np.uint8]
Refused = NDArray[np.bool_] | None


class Coded(Protocol):
    """A column ready to be added to an index."""

    def add_to(self, index: Index, start: int) -> Refused:
        """Add the parts of the rows from `start`, as many as the index is long; which rows no record can say, if any."""
        ...


class CodedBooleans:
    """True and false, each with its part."""

    def __init__(self, column: pa.Array, false: int, true: int) -> None:
        self._column, self._false, self._more = column, max(false, 0), max(true, 0) - max(false, 0)
        self._refused = [value for value, part in ((False, false), (True, true)) if part == BAD]

    def add_to(self, index: Index, start: int) -> Refused:
        valid, values = _valid(self._column, start, len(index)), _bits(self._column, 1, start, len(index))
        if valid is None:
            index += index.dtype.type(self._false)
        else:
            index += np.multiply(valid, index.dtype.type(self._false), dtype=index.dtype)
            values &= valid
        more = self._more % (np.iinfo(index.dtype).max + 1)  # sums wrap round, so that less is more
        index += np.multiply(values, index.dtype.type(more), dtype=index.dtype)
        if not self._refused:
            return None
        refused = np.isin(values.view(bool), self._refused)
        return refused if valid is None else refused & valid.view(bool)


class CodedWords:
    """Indices into a dictionary, each with its part."""

    def __init__(self, column: pa.Array, parts: list[int], kind: np.dtype[Any]) -> None:
        self._column, self._indices = column, _within(column, len(parts))
        self._parts = pa.array(np.maximum(parts or [0], 0).astype(kind))
        self._bad = pa.array(np.array(parts) == BAD).cast(pa.uint8()) if BAD in parts else None

    def add_to(self, index: Index, start: int) -> Refused:
        indices, valid = self._indices.slice(start, len(index)), _valid(self._column, start, len(index))
        parts = pc.take(self._parts, indices, boundscheck=False).to_numpy()
        index += parts if valid is None else parts * valid
        if self._bad is None:
            return None
        refused: NDArray[np.bool_] = pc.take(self._bad, indices, boundscheck=False).to_numpy().astype(bool)
        return refused if valid is None else refused & valid.view(bool)


class CodedNumbers:
    """Numbers, each with the part of its place on a scale, whose first and last place no record can say."""

    def __init__(self, column: pa.Array, numbers: tuple[NDArray[Any], int], scale: Scale, parts: list[int], kind: np.dtype[Any]) -> None:
        self._column, (self._values, self._decimals), self._scale = column, numbers, scale
        self._parts = pa.array(np.maximum([0, *parts], 0).astype(kind))  # place 0 is for nulls

    def add_to(self, index: Index, start: int) -> Refused:
        passed = places(self._scale, self._values[start : start + len(index)], self._decimals)
        passed += np.uint8(1)
        if (valid := _valid(self._column, start, len(index))) is not None:
            passed *= valid
        index += pc.take(self._parts, pa.array(passed), boundscheck=False).to_numpy()
        refused = (passed == 1) | (passed == len(self._scale.states))
        return refused if refused.any() else None


class CodedRows:
    """A part for every row, for columns of objects and lists."""

    def __init__(self, parts: list[int]) -> None:
        self._parts = np.array(parts)

    def add_to(self, index: Index, start: int) -> Refused:
        parts = self._parts[start : start + len(index)]
        index += np.maximum(parts, 0).astype(index.dtype)
        refused: NDArray[np.bool_] = parts == BAD
        return refused


def numbers_of(column: pa.Array) -> tuple[NDArray[Any], int] | None:
    """The column's buffer as numbers (rubbish where null) and their decimals; None when they do not fit 64 bits."""
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        values, decimals = np.frombuffer(column.buffers()[1] or b"", kind.to_pandas_dtype()), 0
    elif pa.types.is_decimal128(kind) and kind.precision <= EXACT_DIGITS and kind.scale >= 0:
        values, decimals = np.frombuffer(column.buffers()[1] or b"", np.int64)[::2], kind.scale
    else:
        return None
    return values[column.offset : column.offset + len(column)], decimals


def _within(column: pa.Array, end: int) -> pa.Array:
    """The indices of a dictionary column, none of them null and all in range, even where a null left rubbish."""
    indices = column.indices
    values = np.frombuffer(indices.buffers()[1] or b"", indices.type.to_pandas_dtype())[indices.offset : indices.offset + len(indices)]
    if len(values) and not (values.min() >= 0 and values.max() < end):
        return indices.fill_null(0)
    return pa.array(values)


def _valid(column: pa.Array, start: int, length: int) -> Bits | None:
    """1 where the column has a value, else 0; None when it has no null."""
    return _bits(column, 0, start, length) if column.null_count else None


def _bits(column: pa.Array, buffer: int, start: int, length: int) -> Bits:
    first = column.offset + start
    whole = np.frombuffer(column.buffers()[buffer], np.uint8)[first >> 3 : (first + length + 7) >> 3]
    return np.unpackbits(whole, bitorder="little")[first & 7 : (first & 7) + length]
