"""A row's index: a digit for what each column says, a few digits to a byte, the bytes joined; and
the cell of every index.

Digits are added in bytes because a processor adds many of them at once. Only the columns there are
have a digit, so that the table of cells is small enough to stay close to the processor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import prod

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from allstatus.bulk.cells import COUNT, RELAPSE_COUNTS, Cells
from allstatus.errors import InvalidRecord

MAX_INDEX = 1 << 22
BYTE = 1 << 8
# rows at a time: enough that what a call costs does not count, few enough for two threads to share
# a million
PIECE = 1 << 19
Bytes = NDArray[np.uint8]
CellNumbers = NDArray[np.uint16 | np.uint32]


class Index:
    """The digits of the columns named: first fact first, as in a cell's number; the count of
    relapses stands before all.
    """

    def __init__(self, cells: Cells, names: Collection[str]) -> None:
        radices = {COUNT: len(RELAPSE_COUNTS)} if COUNT in names else {}
        radices |= {
            name: len(states.states) for name, states in cells.facts.items() if name in names
        }
        size = prod(radices.values())
        if size > MAX_INDEX or max(radices.values()) > BYTE:
            problem = "ask about too many facts for columns"
            raise InvalidRecord("rules", problem, "classify the records one by one")
        groups = list(_groups(radices))
        self._sizes = [prod(group.values()) for group in groups]
        self._width = np.dtype(np.uint16 if size <= 1 << 16 else np.uint32)
        self._digits = {
            name: (byte, stride)
            for byte, group in enumerate(groups)
            for name, stride in _strides(group)
        }
        cell_of = list(_cells(cells, names))
        self.kind = np.dtype(np.uint16 if len(cells) < np.iinfo(np.uint16).max else np.uint32)
        self.cell_of = pa.array(np.concatenate(cell_of).astype(self.kind))

    def digit(self, name: str) -> tuple[int, int]:
        """The byte that holds a key's digit, and what one step of it adds there; a key that is no
        fact adds nothing.
        """
        return self._digits.get(name, (0, 0))

    def zeros(self, length: int) -> list[Bytes]:
        """The bytes of so many rows, nothing stated."""
        return [np.zeros(length, np.uint8) for _ in self._sizes]

    def join(self, digits: Sequence[Bytes]) -> CellNumbers:
        """The index of each row."""
        index: CellNumbers = digits[0].astype(self._width)
        for size, byte in zip(self._sizes[1:], digits[1:], strict=True):
            index *= self._width.type(size)
            index += byte
        return index


def _groups(radices: dict[str, int]) -> Iterator[dict[str, int]]:
    """The keys in order, as many together as fit into a byte."""
    group: dict[str, int] = {}
    for name, radix in radices.items():
        if group and prod(group.values()) * radix > BYTE:
            yield group
            group = {}
        group[name] = radix
    yield group


def _strides(group: dict[str, int]) -> Iterator[tuple[str, int]]:
    stride = prod(group.values())
    for name, radix in group.items():
        stride //= radix
        yield name, stride


def _cells(cells: Cells, names: Collection[str]) -> Iterator[NDArray[np.int64]]:
    """The cell of every index, by count of relapses; one past the last where nothing is stated."""
    for count in RELAPSE_COUNTS if COUNT in names else RELAPSE_COUNTS[:1]:
        number, contradicts, stated = np.zeros(1, np.int64), np.zeros(1, bool), np.zeros(1, bool)
        for name, states in cells.facts.items():
            history = cells.history[count][name]
            # "not reported" is digit 0
            said = [history[-1], *history[:-1]] if name in names else history[-1:]
            becomes = np.array([-1 if state is None else state for state in said])
            steps = np.array(states.cell_digit)[becomes] * cells.strides[name]
            number = np.add.outer(number, steps).ravel()
            contradicts = np.logical_or.outer(contradicts, becomes < 0).ravel()
            stated = np.logical_or.outer(stated, becomes != states.not_reported).ravel()
        number[~stated] = len(cells)
        number[contradicts] = cells.conflict
        yield number
