"""Which columns of a Spark data frame the SQL expression reads exactly as the record's reader
would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
from pyspark.sql import types

from allstatus.bulk.cells import COUNT, Cells, FactStates
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.sql_view import NO_FACT
from allstatus.errors import InvalidRecord
from allstatus.record.percent import HUNDRED, ZERO

DIGITS = 38  # of Spark's longest decimal; comparing rounds what would need more
WHOLE = 10  # digits that Spark gives a whole number when it compares it with a decimal

WORDS_OR_BOOLEANS = "make it words or booleans"


def unread(
    cells: Cells, sources: Mapping[str, ColumnSource], schema: types.StructType
) -> Iterator[InvalidRecord]:
    """A refusal for each column that the expression does not read exactly; `remedy` is for data
    frames.
    """
    kinds = {field.name: field.dataType for field in schema}
    for name, source in sources.items():
        if source.parts:
            reason = "comes in components, which the expression does not read"
            yield InvalidRecord(name, reason, "give it as one column of words")
        elif not (source.column and not source.more and replace(source, values=None).as_it_stands):
            yield InvalidRecord(name, "is spelled otherwise than a record", WORDS_OR_BOOLEANS)
        elif name not in cells.facts and name != COUNT:
            yield InvalidRecord(name, NO_FACT, "leave the column out")
        elif remedy := _remedy(cells.facts.get(name), source, kinds[source.column]):
            kind = kinds[source.column].simpleString()
            reason = f"has a column of {kind}, which the expression does not read"
            yield InvalidRecord(name, reason, remedy)


def _remedy(states: FactStates | None, source: ColumnSource, kind: types.DataType) -> str:
    """What to do about a column of this type; nothing where the expression reads it."""
    whole = isinstance(kind, types.IntegralType)
    if states is None:
        return "" if whole and source.values is None else "make it whole numbers"
    if states.fact.kind == "percent":
        exact = source.values is None and _compares_exactly(kind, _limits(states, source))
        return "" if exact else "cast it to DECIMAL(38, 18)"
    words, booleans = kind == types.StringType(), isinstance(kind, types.BooleanType)
    if source.values is not None:
        return "" if words or whole or booleans else "make it text"
    return "" if words or (states.fact.kind == "yes_no" and booleans) else WORDS_OR_BOOLEANS


def _limits(states: FactStates, source: ColumnSource) -> list[Fraction]:
    """Where a percentage's states end, as the column writes them."""
    return [limit * source.whole / HUNDRED for limit in (ZERO, *states.limits, HUNDRED)]


def _compares_exactly(kind: types.DataType, limits: list[Fraction]) -> bool:
    """Whether a number of this type is compared with the limits as a record's would be.

    Floats are, where each limit is a float itself: reading by the shortest decimal form keeps their
    order.
    """
    if isinstance(kind, types.DecimalType):
        return all(_common_digits(kind, limit) <= DIGITS for limit in limits)
    if isinstance(kind, types.DoubleType | types.FloatType):
        width = np.float64 if isinstance(kind, types.DoubleType) else np.float32
        return all(Fraction(float(width(float(limit)))) == limit for limit in limits)
    return isinstance(kind, types.IntegralType)


def _common_digits(kind: types.DecimalType, limit: Fraction) -> int:
    """The digits of the type to which Spark casts both a decimal and a limit to compare them."""
    whole = (n for n in range(DIGITS) if (limit * 10**n).denominator == 1)
    places = next(whole, DIGITS)
    return max(kind.precision - kind.scale, WHOLE) + max(kind.scale, places)
