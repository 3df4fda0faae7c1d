"""Columns coded so that a part of the index is added for a stretch of rows at a time.

A null adds nothing: "not reported" is digit 0. What is stated adds its own part, or `BAD` where no record can say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from allstatus.bulk.cuts import places
from allstatus.bulk.scale import Scale

BAD = 1 << 24
EXACT_DIGITS = 18  # decimals of so many digits fit a 64-bit integer
Index = NDArray[np.uint32]
Bits = NDArray[np.uint8]


class Coded(Protocol):
    """A column ready to be added to an index."""

    def add_to(self, index: Index, start: int) -> None:
        """Add the parts of the rows from `start`, as many as the index is long."""
        ...


class CodedBooleans:
    """True and false, each with its part."""

    def __init__(self, column: pa.Array, false: int, true: int) -> None:
        self._column, self._false = column, np.uint32(false)
        self._more = np.uint32((true - false) % (1 << 32))  # sums wrap round, so that less is more

    def add_to(self, index: Index, start: int) -> None:
        valid, values = _valid(self._column, start, len(index)), _bits(self._column, 1, start, len(index))
        if valid is None:
            index += self._false
        else:
            index += np.multiply(valid, self._false, dtype=np.uint32)
            values &= valid
        index += np.multiply(values, self._more, dtype=np.uint32)


class CodedWords:
    """Indices into a dictionary, each with its part."""

    def __init__(self, column: pa.Array, parts: list[int]) -> None:
        self._column = column
        self._parts = pa.array(parts or [0], pa.uint32())
        self._indices = _within(column, len(parts))

    def add_to(self, index: Index, start: int) -> None:
        parts = pc.take(self._parts, self._indices.slice(start, len(index)), boundscheck=False).to_numpy()
        valid = _valid(self._column, start, len(index))
        index += parts if valid is None else parts * valid


class CodedNumbers:
    """Numbers, each with the part of its place on a scale."""

    def __init__(self, column: pa.Array, values: NDArray[Any], decimals: int, scale: Scale, parts: list[int]) -> None:
        self._column, self._values, self._decimals, self._scale = column, values, decimals, scale
        self._parts = pa.array([0, *parts], pa.uint32())  # place 0 is for nulls

    def add_to(self, index: Index, start: int) -> None:
        passed = places(self._scale, self._values[start : start + len(index)], self._decimals)
        passed += np.uint8(1)
        if (valid := _valid(self._column, start, len(index))) is not None:
            passed *= valid
        index += pc.take(self._parts, pa.array(passed), boundscheck=False).to_numpy()


@dataclass(frozen=True, slots=True)
class CodedRows:
    """A part for every row, for columns of objects and lists."""

    parts: Index

    def add_to(self, index: Index, start: int) -> None:
        index += self.parts[start : start + len(index)]


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
