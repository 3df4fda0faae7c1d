"""Where a key is read from, and what a cell says there: the column's own spelling undone."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Any

from allstatus.errors import InvalidRecord
from allstatus.record.percent import exact_number

OWN_UNIT = re.compile(r"|.*%|\d+\s*/\s*\d+|M[123]|unknown|\{.*", re.IGNORECASE)
NUMERAL = re.compile(r"\d(?:[\d.,'’\u00a0\u202f]| (?=\d{3}))*")


class Unsaid(Enum):
    """What a table of values does not list, or a mapping does not say."""

    UNSAID = "unsaid"


UNSAID = Unsaid.UNSAID


@dataclass(frozen=True, slots=True)
class Spelling:
    """How cells are written: words that say nothing, blanks around, case, the signs in a number."""

    null: tuple[str, ...] = ()
    trim: bool = False
    ignore_case: bool = False
    decimal: str = "."
    thousands: str = ""

    @property
    def in_numbers(self) -> bool:
        """Whether numbers are written in another way than a record's."""
        return self.decimal != "." or self.thousands != ""


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Where a key comes from: a column and what its values say, several columns, a constant, or
    the columns of a blood count.

    `default` is what a cell means that no record can say; `any` what decides once one of several
    columns says it.
    """

    column: str = ""
    values: Mapping[str, Any] | None = None
    parts: Mapping[str, ColumnSource] = field(default_factory=dict)
    unit: str = ""
    at: str = field(default="", compare=False, repr=False)  # file and line
    more: tuple[str, ...] = ()
    any: Any = UNSAID
    constant: Any = UNSAID
    default: Any = UNSAID
    spelling: Spelling = Spelling()

    @property
    def whole(self) -> int:
        """What 100 % is written as in the column."""
        return 1 if self.unit == "fraction" else 100

    @property
    def as_it_stands(self) -> bool:
        """Whether cells are read as they are, but for a unit."""
        return self.values is None and self.default is UNSAID and self.spelling == Spelling()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column read for the key."""
        if self.parts:
            return tuple(name for part in self.parts.values() for name in part.columns)
        return (self.column, *self.more) if self.column else ()

    @property
    def numbers(self) -> dict[Fraction, Any]:
        """What the values and null words mean that are spelled as numbers, for a column that holds
        numbers.
        """
        said = {**dict.fromkeys(self.spelling.null), **(self.values or {})}
        return {
            number: meant for text, meant in said.items() if (number := as_number(text)) is not None
        }


def as_number(said: str) -> Fraction | None:
    """A spelling as the number it is, or None."""
    try:
        return exact_number(said, "", "")
    except InvalidRecord:
        return None


class CellReader:
    """Reads the cells of one source."""

    def __init__(self, source: ColumnSource) -> None:
        self.source, self._spelling = source, source.spelling
        fold = self._fold
        self._null = {fold(word) for word in self._spelling.null}
        self._values = {fold(word): meant for word, meant in (source.values or {}).items()}

    @cached_property
    def _numbers(self) -> dict[Fraction, Any]:
        return self.source.numbers

    def read(self, value: object) -> object:
        """What a cell says, as a record would; None where nothing. Raises InvalidRecord for a
        number that is not written with the mapping's signs.
        """
        meant = self._meant(value)
        if meant is not UNSAID:
            return meant
        if isinstance(value, str):
            value = value.strip() if self._spelling.trim else value
            value = self._pointed(value) if self._spelling.in_numbers else value
            if not value.strip():
                return None
        return _of_one(value) if self.source.whole == 1 and value is not None else value

    def is_unlisted(self, value: object) -> bool:
        """Whether a cell says something that neither the values nor the null words list."""
        return self.read(value) is not None and self._meant(value) is UNSAID

    def _fold(self, text: str) -> str:
        return text.casefold() if self._spelling.ignore_case else text

    def _meant(self, value: Any) -> Any:
        """What the table of values and the null words say of a cell: of a number by the number, of
        any other by how it is spelled.
        """
        if isinstance(value, bool):
            word = str(value).lower()
        elif isinstance(value, int | float | Decimal):
            if math.isfinite(value):
                return self._numbers.get(Fraction(str(value)), UNSAID)
            word = str(value)
        else:
            word = str(value)
        word = self._fold(word.strip() if self._spelling.trim else word)
        return None if word in self._null else self._values.get(word, UNSAID)

    def _pointed(self, text: str) -> str:
        """A text with its numbers as a record writes them."""
        return text if text[:1] in ("{", "[") else NUMERAL.sub(self._number, text)

    def _number(self, found: re.Match[str]) -> str:
        point, group = re.escape(self._spelling.decimal), self._spelling.thousands
        grouped = rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|" if group else ""
        if not re.fullmatch(rf"(?:{grouped}\d+)(?:{point}\d+)?", found[0]):
            raise InvalidRecord(
                "number",
                "is not spelled as the mapping says",
                "correct `decimal` and `thousands`, or the cell",
            )
        bare = found[0].replace(group, "") if group else found[0]
        return bare.replace(self._spelling.decimal, ".")


def _of_one(value: object) -> object:
    """A fraction of 1 as a record says it; what names its own unit says it itself."""
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return {"value": value, "unit": "1"}
    if not isinstance(value, str) or OWN_UNIT.fullmatch(value.strip()):
        return value
    number = value.strip().lstrip("<>=")
    sign = value.strip().removesuffix(number)
    return {"value": number.strip(), "unit": "1", "comparator": sign}
