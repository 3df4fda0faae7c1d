"""A column of numbers on the scale of a percentage, exactly, for every type of number.

A binary float reads as its shortest decimal form, as in a record. That reading keeps the order of
the floats (each lies among the reals that round to its own float, and those sets do not overlap),
so for every limit, whether or not it is a float itself, there is a first float that reads as beyond
it; one comparison with that float decides.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from allstatus.bulk.breakpoints import Cut


def first_past(cut: Cut, kind: np.dtype[np.floating | np.integer], decimals: int = 0) -> Any:
    """The first number of a type that reads as past the cut."""
    if kind.kind != "f":
        scaled = cut.limit * 10**decimals
        return math.floor(scaled) + 1 if cut.beyond else math.ceil(scaled)
    number = kind.type(float(cut.limit))
    while cut.passed_by(Fraction(str(number))):
        number = np.nextafter(number, kind.type(-math.inf))
    while not cut.passed_by(Fraction(str(number))):
        number = np.nextafter(number, kind.type(math.inf))
    return number
