"""One key of the record as a column: what each distinct value adds to a row's index, by the
record's own reader.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import types

from allstatus.bulk.breakpoints import Scale, percent_scale
from allstatus.bulk.cbc_columns import as_read, coded_by
from allstatus.bulk.cells import COUNT, RELAPSE_COUNTS, Cells
from allstatus.bulk.column_encoders import (
    BAD,
    Coded,
    CodedBooleans,
    CodedNumbers,
    CodedRows,
    CodedWords,
    numbers_of,
)
from allstatus.bulk.column_mapping import ColumnSource, read_text
from allstatus.errors import InvalidRecord
from allstatus.record.percent import Percent

UNSAID = object()  # what a table of values does not list
OWN_UNIT = re.compile(r"|.*%|\d+\s*/\s*\d+|M[123]|unknown|\{.*", re.IGNORECASE)
MAX_REMEMBERED = 1 << 16
READABLE = (
    types.is_boolean,
    types.is_integer,
    types.is_floating,
    types.is_decimal,
    types.is_string,
    types.is_large_string,
    types.is_dictionary,
    types.is_null,
    types.is_date,
    types.is_struct,
    types.is_list,
)


class KeyColumn:
    """A key of the record that a column is read as. One step of a fact's state adds a stride to the
    `byte` of its digit.
    """

    def __init__(
        self, cells: Cells, name: str, digit: tuple[int, int], source: ColumnSource
    ) -> None:
        self.name, self._cells, (self.byte, self._stride), self._values = (
            name,
            cells,
            digit,
            source.values,
        )
        self._numbers, self._source = source.numbers, source
        states = cells.facts.get(name)
        self._kind = states.fact.kind if states else ""
        self.scale: Scale | None = (
            percent_scale(states, source.whole) if states and self._kind == "percent" else None
        )
        self._states = len(states.states) if states else 1
        self._known: dict[tuple[type, Any], int] = {}
        self._refusals: dict[tuple[type, str], str] = {}

    def code(self, column: pa.Array) -> Coded:
        """The column coded once, to be read piece by piece."""
        kind = column.type
        if not any(test(kind) for test in READABLE):
            raise InvalidRecord(
                self.name,
                f"cannot be read as a column of {kind}",
                "make it text, numbers or booleans",
            )
        if types.is_boolean(kind):
            return CodedBooleans(column, self.part(False), self.part(True))
        if (
            self.scale is not None
            and self._values is None
            and (numbers := numbers_of(column)) is not None
        ):
            parts = [BAD if state is None else self._part_of(state) for state in self.scale.states]
            return CodedNumbers(column, numbers, self.scale, parts)
        if types.is_nested(kind):
            return CodedRows([self.part(value) for value in column.to_pylist()])
        coded = column if types.is_dictionary(kind) else column.dictionary_encode()
        return CodedWords(coded, [self.part(value) for value in as_read(coded.dictionary)])

    def fractions(self, column: pa.Array) -> NDArray[np.bool_]:
        """Which rows hold a bare number between 0 and 1 that is read as percent, though nobody said
        that it is one.
        """
        if self.scale is None or self._source.unit:
            return np.zeros(len(column), np.bool_)
        if self._values is None and (numbers := numbers_of(column)) is not None:
            values, decimals = numbers
            below: NDArray[np.bool_] = (values > 0) & (values < 10**decimals)
            below &= column.is_valid().to_numpy(zero_copy_only=False)
            return below
        if types.is_nested(column.type):
            return np.array([self._below_one(value) for value in column.to_pylist()], np.bool_)
        return coded_by(column, self._below_one).astype(np.bool_)

    def _below_one(self, value: object) -> bool:
        try:
            read = self._cells.read(self.name, self.stated(value))
        except InvalidRecord:
            return False
        return isinstance(read, Percent) and read.looks_like_fraction

    def part(self, value: object) -> int:
        """The part of a row's index that a value stands for, or BAD."""
        if value is None:
            return 0
        try:
            key = (type(value), value)
            if (known := self._known.get(key)) is not None:
                return known
        except TypeError:  # an object or a list
            return self._read(value)
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        known = self._known[key] = self._read(value)
        return known

    def refusal(self, value: object) -> str:
        """Why no record can say this; empty when one can."""
        key = (type(value), repr(value))
        if key not in self._refusals:
            if len(self._refusals) >= MAX_REMEMBERED:
                self._refusals.clear()
            try:
                self._place(value)
                self._refusals[key] = ""
            except InvalidRecord as error:
                self._refusals[key] = f"{error.problem}; {error.remedy}"
        return self._refusals[key]

    def _read(self, value: object) -> int:
        try:
            return self._place(value)
        except InvalidRecord:
            return BAD

    def _place(self, value: object) -> int:
        value = self.stated(value)
        if self._kind:
            return self._part_of(self._cells.states(self.name, value))
        self._cells.check(self.name, value)
        if self.name == COUNT and isinstance(value, int):
            return RELAPSE_COUNTS.index(int(value != 0)) * self._stride
        return 0

    def _part_of(self, state: int) -> int:
        """A state's part: its digit is one more than its place, and 0 for the last, not
        reported.
        """
        return (state + 1) % self._states * self._stride

    def stated(self, value: object) -> object:
        """What a column's value says in a record: by the table of values given, else as JSON where
        the key needs it.
        """
        meant = UNSAID if self._values is None else self._meant(value, self._values)
        if meant is UNSAID and self._source.whole == 1 and value is not None:
            return _of_one(value)
        value = value if meant is UNSAID else meant
        if isinstance(value, dict):
            return _without_nulls(value)
        return read_text(self.name, self._kind, value)

    def _meant(self, value: Any, values: Mapping[str, Any]) -> Any:
        """What the table of values says of a column's value: of a number by the number, of any
        other by how it is spelled.
        """
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return (
                self._numbers.get(Fraction(str(value)), UNSAID) if math.isfinite(value) else UNSAID
            )
        return values.get(str(value).lower() if isinstance(value, bool) else str(value), UNSAID)


def _of_one(value: object) -> object:
    """A fraction of 1 as a record says it; what names its own unit says it itself."""
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return {"value": value, "unit": "1"}
    if not isinstance(value, str) or OWN_UNIT.fullmatch(value.strip()):
        return value
    number = value.strip().lstrip("<>=")
    sign = value.strip().removesuffix(number)
    return {"value": number.strip(), "unit": "1", "comparator": sign}


def _without_nulls(value: Any) -> Any:
    """A struct as a record would have it: what is null was not sent."""
    if isinstance(value, dict):
        kept = {key: _without_nulls(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part is not None} or None
    return value
