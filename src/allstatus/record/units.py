"""Laboratory units of the blood count: exact factors to one unit for each quantity.

An own small table, because `K/uL` is legal UCUM for kelvin and a general unit library reads it so.
Spelling and case count: `g/L` is a mass, `G/L` (giga per liter, as French laboratories write) a
count.
Unknown spellings are refused, never guessed.
"""

from __future__ import annotations

from fractions import Fraction

CELLS = "cells"  # per 10*9/L
MASS = "mass concentration"  # g/dL
RATIO = "ratio"  # percent

_ONE, _THOUSANDTH = Fraction(1), Fraction(1, 1000)
_SPELLINGS: tuple[tuple[str, Fraction, str], ...] = (
    (
        CELLS,
        _ONE,
        "10*9/L 10^9/L x10^9/L x10*9/L X10*9/L 10*9/l 10^9/l x10^9/l 10E9/L 10e9/L 10e9/l 10E+9/L "
        "x10E9/L 10(9)/L 10⁹/L ×10⁹/L x10⁹/L "
        "10*3/uL 10^3/uL x10^3/uL x10*3/uL X10*3/uL X10^3/uL 10*3/ul 10^3/ul x10^3/ul 10E3/uL "
        "10e3/uL x10E3/uL 10(3)/uL 10*3/µL 10^3/µL "
        "10*3/μL 10^3/μL 10³/µL 10³/uL x10³/uL K/uL K/UL k/uL k/ul K/ul K/µL K/μL K/mcL k/mcL "
        "K/MCL K/mm3 k/mm3 K/cumm thou/uL Thou/uL "
        "THOU/UL thou/mcL Thousand/uL thousand/uL 10*3/mm3 10^3/mm3 x10^3/mm3 10*3/mm^3 10*3.mm-3 "
        "10*3/mcL 10^3/mcL "
        "G/L Giga/L giga/l giga/L giga.l-1 Giga.l-1 G/l 10*3{cells}/uL 10*9{cells}/L /nL 1/nL /nl",
    ),
    (
        CELLS,
        _THOUSANDTH,
        "/uL /ul /µL /μL /mcL 1/uL #/uL cells/uL Cells/uL cells/µL cells/mcL {cells}/uL {#}/uL "
        "/mm3 /mm^3 /cumm cells/mm3 cells/cumm /cmm "
        "10*6/L 10^6/L x10^6/L 10E6/L 10*6/l",
    ),
    (MASS, _ONE, "g/dL g/dl gm/dL gm/dl gms/dL g/DL G/DL G/dL GM/DL g%"),
    (MASS, Fraction(1, 10), "g/L g/l gm/L gm/l g.l-1"),
    (MASS, Fraction(100), "g/mL g/ml"),
    (
        RATIO,
        _ONE,
        "% %{WBCs} %{WBC} %{cells} percent Percent pct /100{WBCs} /100{WBC} /100{cells} "
        "{cells}/100{cells} /100 v/v% vol%",
    ),
    (RATIO, Fraction(100), "L/L l/l 1 {ratio} ratio {fraction} m3/m3"),
)

UNITS: dict[str, tuple[str, Fraction]] = {
    spelling: (dimension, factor)
    for dimension, factor, spellings in _SPELLINGS
    for spelling in spellings.split()
}

EXAMPLES = {CELLS: "10*9/L, 10*3/uL, K/uL, /uL or /mm3", MASS: "g/dL or g/L", RATIO: "%, L/L or 1"}
DIMENSION = {
    "wbc": CELLS,
    "neutrophils": CELLS,
    "platelets": CELLS,
    "hemoglobin": MASS,
    "hematocrit": RATIO,
}


def to_common(value: Fraction, unit: str, component: str) -> Fraction | None:
    """The value in the component's common unit, or None when the unit is unknown or of another
    kind.
    """
    dimension, factor = UNITS.get(unit, ("", _ONE))
    return value * factor if dimension == DIMENSION[component] else None


def same_unit(first: str, second: str) -> bool:
    """Whether two spellings can mean one unit: only two known spellings that differ in meaning
    cannot.
    """
    return first not in UNITS or second not in UNITS or UNITS[first] == UNITS[second]
