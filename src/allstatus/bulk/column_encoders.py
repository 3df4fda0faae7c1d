"""Columns coded so that the digits of a stretch of rows are added at a time.

A null adds nothing: "not reported" is digit 0. What is stated adds its own part; `BAD` is the part
of what no record can say, which adds nothing and is pointed out.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from allstatus.bulk.breakpoints import Scale
from allstatus.bulk.float_bounds import first_past
from allstatus.bulk.row_index import BYTE, Bytes

BAD = -1
EXACT_DIGITS = 18  # decimals of so many digits fit a 64-bit integer
Refused = NDArray[np.bool_] | None


class Coded(Protocol):
    """A column ready to be added to the bytes that hold the digits of rows."""

    def add_to(self, digits: Bytes, start: int) -> Refused:
        """Add the parts of the rows from `start`, as many as there are digits; which rows no record
        can say, if any.
        """
        ...


class CodedBooleans:
    """True and false, each with its part."""

    def __init__(self, column: pa.Array, false: int, true: int) -> None:
        self._column, self._false, self._true = column, false, true

    def add_to(self, digits: Bytes, start: int) -> Refused:
        """Add the digits of the rows from `start` on to `digits` (uint8, one a row), in place; a
        yes/no column refuses no row.
        """
        first = self._column.offset + start
        true = _unpacked(_packed(self._column, 1, first, len(digits)), first, len(digits))
        known = _valid(self._column, start, len(digits))
        if known is None:
            false = 1 - true
        else:
            true &= known  # rubbish where null
            false = known - true
        refused = None
        for here, part in ((false, self._false), (true, self._true)):
            if part == BAD:
                refused = here.view(bool) if refused is None else refused | here.view(bool)
            elif part:
                digits += np.multiply(here, np.uint8(part), out=here)
        return refused


class CodedWords:
    """Indices into a dictionary, each with its part."""

    def __init__(self, column: pa.Array, parts: list[int]) -> None:
        self._column, self._indices = column, _within(column, len(parts))
        self._parts = pa.array(np.maximum(parts or [0], 0).astype(np.uint8))
        self._bad = pa.array(np.array(parts) == BAD).cast(pa.uint8()) if BAD in parts else None

    def add_to(self, digits: Bytes, start: int) -> Refused:
        """Add the digits of the rows from `start` on to `digits` (uint8, one a row), in place; the
        rows whose word is no value of the fact, as booleans, or None.
        """
        indices = self._indices.slice(start, len(digits))
        valid = _valid(self._column, start, len(digits))
        parts = pc.take(self._parts, indices, boundscheck=False).to_numpy()
        digits += parts if valid is None else parts * valid
        if self._bad is None:
            return None
        bad = pc.take(self._bad, indices, boundscheck=False)
        refused: NDArray[np.bool_] = bad.to_numpy().astype(bool)
        return refused if valid is None else refused & valid.view(bool)


class CodedNumbers:
    """Numbers, each with the part of its place on a scale, whose first and last place no record can
    say. `parts` are those of the places, from the lowest up.
    """

    def __init__(
        self, column: pa.Array, numbers: tuple[NDArray[Any], int], scale: Scale, parts: list[int]
    ) -> None:
        self._column, (self._values, decimals) = column, numbers
        cuts = [first_past(cut, self._values.dtype, decimals) for cut in scale.cuts]
        self._least, *self._cuts, self._too_large = cuts
        _, self._lowest, *higher, _ = parts
        # what passing each cut adds; sums of bytes wrap round, so that a step down is added as well
        rises = zip([self._lowest, *higher], higher, strict=False)
        self._steps = [np.uint8((after - before) % BYTE) for before, after in rises]

    def add_to(self, digits: Bytes, start: int) -> Refused:
        """Add the digits of the rows from `start` on to `digits` (uint8, one a row), in place; the
        rows whose number no record can hold, as booleans, or None.
        """
        values = self._values[start : start + len(digits)]
        parts = np.full(len(digits), self._lowest, np.uint8)
        for cut, step in zip(self._cuts, self._steps, strict=True):
            passed = (values >= cut).view(np.uint8)
            parts += np.multiply(passed, step, out=passed)
        refused = self._outside(values)
        if refused is not None:
            parts[refused] = 0
        valid = _valid(self._column, start, len(digits))
        if valid is not None:
            parts *= valid
            refused = None if refused is None else refused & valid.view(bool)
        digits += parts
        return refused

    def _outside(self, values: NDArray[Any]) -> Refused:
        """Which numbers no record can say, or None for none of them; there may be rubbish among
        them where the column is null.
        """
        if not len(values) or (values.min() >= self._least and values.max() < self._too_large):
            return None
        outside: NDArray[np.bool_] = ~((values >= self._least) & (values < self._too_large))
        return outside  # NaN too, for it is not within


class CodedRows:
    """A part for every row, for columns of objects and lists."""

    def __init__(self, parts: list[int]) -> None:
        self._parts = np.array(parts)

    def add_to(self, digits: Bytes, start: int) -> Refused:
        """Add the digits of the rows from `start` on to `digits` (uint8, one a row), in place; the
        rows that the record's reader refuses, as booleans.
        """
        parts = self._parts[start : start + len(digits)]
        digits += np.maximum(parts, 0).astype(np.uint8)
        refused: NDArray[np.bool_] = parts == BAD
        return refused


def numbers_of(column: pa.Array) -> tuple[NDArray[Any], int] | None:
    """The column's buffer as numbers (rubbish where null) and their decimals; None when they do not
    fit 64 bits.
    """
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        values, decimals = np.frombuffer(column.buffers()[1] or b"", kind.to_pandas_dtype()), 0
    elif pa.types.is_decimal128(kind) and kind.precision <= EXACT_DIGITS and kind.scale >= 0:
        values, decimals = np.frombuffer(column.buffers()[1] or b"", np.int64)[::2], kind.scale
    else:
        return None
    return values[column.offset : column.offset + len(column)], decimals


def _within(column: pa.Array, end: int) -> pa.Array:
    """The indices of a dictionary column, none of them null and all in range, even where a null
    left rubbish.
    """
    indices = column.indices
    values = np.frombuffer(indices.buffers()[1] or b"", indices.type.to_pandas_dtype())[
        indices.offset : indices.offset + len(indices)
    ]
    if len(values) and not (values.min() >= 0 and values.max() < end):
        return indices.fill_null(0)
    return pa.array(values)


def _valid(column: pa.Array, start: int, length: int) -> Bytes | None:
    """1 where the column has a value, else 0; None when it has no null."""
    if not column.null_count:
        return None
    first = column.offset + start
    return _unpacked(_packed(column, 0, first, length), first, length)


def _packed(column: pa.Array, buffer: int, first: int, length: int) -> Bytes:
    """The bytes of a buffer of bits that hold those from the first on."""
    return np.frombuffer(column.buffers()[buffer], np.uint8)[first >> 3 : (first + length + 7) >> 3]


def _unpacked(packed: Bytes, first: int, length: int) -> Bytes:
    """A byte for each bit."""
    return np.unpackbits(packed, bitorder="little")[first & 7 : (first & 7) + length]
