"""Laboratory units of the blood count: exact factors to one unit for each quantity.

An own small table, because `K/uL` is legal UCUM for kelvin and a general unit library reads it so.
Unknown spellings are refused, never guessed.
"""

from __future__ import annotations

from fractions import Fraction

CELLS = "cells"  # per 10*9/L
MASS = "mass concentration"  # g/dL
RATIO = "ratio"  # percent

_ONE, _THOUSANDTH = Fraction(1), Fraction(1, 1000)

UNITS: dict[str, tuple[str, Fraction]] = {
    "10*9/L": (CELLS, _ONE), "10^9/L": (CELLS, _ONE), "x10^9/L": (CELLS, _ONE), "10*3/uL": (CELLS, _ONE),
    "10^3/uL": (CELLS, _ONE), "x10^3/uL": (CELLS, _ONE), "K/uL": (CELLS, _ONE), "10*3/mm3": (CELLS, _ONE),
    "/uL": (CELLS, _THOUSANDTH), "/mm3": (CELLS, _THOUSANDTH), "{cells}/uL": (CELLS, _THOUSANDTH),
    "g/dL": (MASS, _ONE), "gm/dL": (MASS, _ONE), "g/L": (MASS, Fraction(1, 10)),
    "%": (RATIO, _ONE), "L/L": (RATIO, Fraction(100)), "1": (RATIO, Fraction(100)),
}

DIMENSION = {
    "wbc": CELLS, "neutrophils": CELLS, "platelets": CELLS, "hemoglobin": MASS, "hematocrit": RATIO,
}


def to_common(value: Fraction, unit: str, component: str) -> Fraction | None:
    """The value in the component's common unit, or None when the unit is unknown or of another kind."""
    dimension, factor = UNITS.get(unit, ("", _ONE))
    return value * factor if dimension == DIMENSION[component] else None
