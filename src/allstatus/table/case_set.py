"""Sets of complete cases as whole numbers, one bit a case: "do all agree?" is one comparison.

`one & other` is what both hold, `one | other` what either holds, `one & ~other` what only the first
holds; a set without a case is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:

    class CaseSet(int):
        """A set of cases, or of points of a grid, by their numbers."""

        def __and__(self, other: int) -> CaseSet: ...
        def __or__(self, other: int) -> CaseSet: ...
        def __xor__(self, other: int) -> CaseSet: ...
        def __invert__(self) -> CaseSet: ...

else:
    CaseSet = int  # sets meet in the innermost loops, where a class of their own would be slow

NO_CASE = CaseSet(0)


def set_of(numbers: Iterable[int]) -> CaseSet:
    """The set of the cases with these numbers, each given once."""
    return CaseSet(sum(1 << number for number in numbers))


def members(cases: CaseSet) -> Iterator[int]:
    """The numbers of the cases in a set, smallest first."""
    while cases:
        lowest = CaseSet(cases & -cases)
        yield lowest.bit_length() - 1
        cases = cases ^ lowest


def has(cases: CaseSet, number: int) -> bool:
    """Whether the case with this number is in a set."""
    return bool(cases >> number & 1)


def union(sets: Iterable[CaseSet]) -> CaseSet:
    """The cases that any of the sets holds."""
    together = NO_CASE
    for cases in sets:
        together = together | cases
    return together
