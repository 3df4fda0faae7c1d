"""One key of the record as a column: what each distinct value adds to a row's index, by the
record's own reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import types

from allstatus.bulk.breakpoints import Scale, number_scale
from allstatus.bulk.cells import COUNT, RELAPSE_COUNTS, UNKNOWN, Cells
from allstatus.bulk.column_encoders import (
    BAD,
    Coded,
    CodedBooleans,
    CodedNumbers,
    CodedRows,
    CodedWords,
    numbers_of,
)
from allstatus.bulk.column_mapping import read_text
from allstatus.bulk.column_source import UNSAID, CellReader, ColumnSource
from allstatus.bulk.distinct import as_read, coded, coded_by, together, values_of
from allstatus.errors import InvalidRecord
from allstatus.record.percent import Percent

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
        self.name, self._cells, (self.byte, self._stride) = name, cells, digit
        self._source, self._reader = source, CellReader(source)
        states = cells.facts.get(name)
        self._kind = states.fact.kind if states else ""
        self.scale: Scale | None = (
            number_scale(states, source.whole) if states and self._kind == "percent" else None
        )
        self._states = len(states.states) if states else 1
        self._known: dict[tuple[type, Any], int] = {}
        self._refusals: dict[tuple[type, str], InvalidRecord | None] = {}

    def code(self, column: pa.Array) -> Coded:
        """The column coded once, to be read piece by piece."""
        kind = column.type
        if not any(test(kind) for test in READABLE):
            raise _unreadable(self.name, kind)
        if types.is_boolean(kind):
            return CodedBooleans(column, self.part(False), self.part(True))
        if self.scale is not None and (numbers := self._numbers(column)) is not None:
            parts = [BAD if state is None else self._part_of(state) for state in self.scale.states]
            return CodedNumbers(column, numbers, self.scale, parts)
        if types.is_nested(kind):
            return CodedRows([self.part(value) for value in values_of(column)])
        words = coded(column)
        return CodedWords(words, [self.part(value) for value in as_read(words.dictionary)])

    def _numbers(self, column: pa.Array) -> tuple[NDArray[Any], int] | None:
        """The column as numbers that are read as they stand, if it is one."""
        return numbers_of(column) if self._source.as_it_stands else None

    def fractions(self, column: pa.Array) -> NDArray[np.bool_]:
        """Which rows hold a bare number between 0 and 1 that is read as percent, though nobody said
        that it is one.
        """
        if self.scale is None or self._source.unit:
            return np.zeros(len(column), np.bool_)
        if (numbers := self._numbers(column)) is not None:
            values, decimals = numbers
            below: NDArray[np.bool_] = (values > 0) & (values < 10**decimals)
            below &= column.is_valid().to_numpy(zero_copy_only=False)
            return below
        if types.is_nested(column.type):
            return np.array([self._below_one(value) for value in values_of(column)], np.bool_)
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

    def refusal(self, value: object) -> InvalidRecord | None:
        """Why no record can say this, of the column at fault; None when one can."""
        key = (type(value), repr(value))
        if key not in self._refusals:
            if len(self._refusals) >= MAX_REMEMBERED:
                self._refusals.clear()
            try:
                self._place(value)
                self._refusals[key] = None
            except InvalidRecord as error:
                field = self._column_of(error.field)
                self._refusals[key] = InvalidRecord(field, error.problem, error.remedy)
        return self._refusals[key]

    def _column_of(self, field: str) -> str:
        """The column that a record's field is read from."""
        part = self._source.parts.get(field.removeprefix(f"{self.name}."))
        if part is not None and part.column:
            return part.column
        return field if field in self._source.more else self._source.column or self.name

    def _read(self, value: object) -> int:
        try:
            return self._place(value)
        except InvalidRecord:
            return BAD

    def _place(self, value: object) -> int:
        try:
            return self._part_of_stated(self.stated(value))
        except InvalidRecord:
            if self._source.default is UNSAID:
                raise
        return self._part_of_stated(read_text(self.name, self._source.default, self._kind))

    def _part_of_stated(self, value: object) -> int:
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
        """A column's value as a record would say it; of several columns, what they say together.
        Raises InvalidRecord where they do not agree.
        """
        if self._source.more and isinstance(value, dict):
            return self._agreed(value)
        value = self._reader.read(value)
        if isinstance(value, dict):
            return _without_nulls(value)
        return read_text(self.name, value, self._kind)

    def _agreed(self, cells: Mapping[str, object]) -> object:
        """What several columns say: all the same, or what `any` of them decides."""
        said = dict(self._each(cells))
        if not said:
            return None
        decides = self._source.any
        if decides is not UNSAID:
            if any(self._same(value, decides) for value in said.values()):
                return read_text(self.name, decides, self._kind)
            if len(said) < len(cells):
                return UNKNOWN
        first, *others = said.items()
        for column, value in others:
            if not self._same(value, first[1]):
                problem = f"contradicts {first[0]}"
                remedy = "correct one, or say what decides (`any`)"
                raise InvalidRecord(column, problem, remedy)
        return first[1]

    def _each(self, cells: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        """Each column that says something, with what."""
        for column, cell in cells.items():
            try:
                value = read_text(self.name, self._reader.read(cell), self._kind)
                self._part_of_stated(value)
            except InvalidRecord as error:
                raise InvalidRecord(column, error.problem, error.remedy) from None
            if value is not None:
                yield column, value

    def _same(self, one: object, other: object) -> bool:
        """Whether no decision can tell two values apart."""
        read = [read_text(self.name, value, self._kind) for value in (one, other)]
        if not self._kind:
            return read[0] == read[1]
        return len({self._cells.states(self.name, value) for value in read}) == 1


def column_of(batch: pa.RecordBatch, source: ColumnSource) -> pa.Array:
    """The column of a source: several as one of structs, a constant in every row."""
    if source.more:
        return together({name: batch.column(name) for name in source.columns})
    if source.column:
        return batch.column(source.column)
    said = str(source.constant).lower() if source.constant in (True, False) else source.constant
    every = pa.array(np.zeros(batch.num_rows, np.int8))
    return pa.DictionaryArray.from_arrays(every, pa.array([said], pa.string()))


def _unreadable(name: str, kind: pa.DataType) -> InvalidRecord:
    problem = f"cannot be read as a column of {kind}"
    return InvalidRecord(name, problem, "make it text, numbers or booleans")


def spelled_out(column: pa.Array, source: ColumnSource) -> pa.Array:
    """A column with its spelling undone, for a reader that knows nothing of it."""
    return column if source.as_it_stands else texts_of(column, source)


def texts_of(column: pa.Array, source: ColumnSource) -> pa.DictionaryArray:
    """A column as the texts that its cells say; what is not written as the mapping says is a text
    that no reader takes for a number.
    """
    if types.is_nested(column.type):
        raise _unreadable(" ".join(source.columns), column.type)
    reader, words = CellReader(source), coded(column)
    said = pa.array([_text(reader, value) for value in as_read(words.dictionary)], pa.string())
    return pa.DictionaryArray.from_arrays(words.indices, said)


def _text(reader: CellReader, value: object) -> str | None:
    try:
        said = reader.read(value)
        default = reader.source.default
        if default is not UNSAID and reader.is_unlisted(value):
            said = default
    except InvalidRecord as error:
        return f"{value} ({error.problem})"
    if isinstance(said, bool):
        return str(said).lower()
    return None if said is None else f"{said:f}" if isinstance(said, Decimal) else str(said)


def _without_nulls(value: Any) -> Any:
    """A struct as a record would have it: what is null was not sent."""
    if isinstance(value, dict):
        kept = {key: _without_nulls(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part is not None} or None
    return value
