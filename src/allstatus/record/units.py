"""Laboratory units of the blood count, from `codes/units.yaml`: exact factors to one unit for each
quantity.

An own table, because `K/uL` is legal UCUM for kelvin and a general unit library reads it so.
Unknown spellings are never guessed.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from allstatus.record.code_files import read_yaml
from allstatus.record.remembered import remembered

CELLS, MASS, AMOUNT, RATIO = "cells", "mass", "amount", "ratio"
COMMON_UNIT = {CELLS: "10*9/L", MASS: "g/dL", RATIO: "%"}
QUANTITIES = {  # what each component is sent as; what has no common unit is never converted
    "wbc": (CELLS,),
    "neutrophils": (CELLS,),
    "platelets": (CELLS,),
    "hemoglobin": (MASS, AMOUNT),
    "hematocrit": (RATIO,),
}
_COMMON_VOLUME = Fraction(1, 10**9)  # 10*9/L is one cell in so many liters
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_POWER = re.compile(r"[xX×*]?10(?:(?:\*\*?|\^|[eE]\+?0*|[xX])(\d+)|\((\d+)\))(?!\d)")
_INVERSE = re.compile(r"\.([A-Za-z]+)-([123])(?!\d)")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


class Unit(NamedTuple):
    """A quantity, and what a number in this unit is multiplied by for the common one (g/dL ...)."""

    quantity: str
    factor: Fraction


@remembered(4096)
def plain_unit(spelling: str) -> str:
    """A unit in one way of writing: without spaces and annotations, powers of ten as `10*9`.

    >>> plain_unit("x 10⁹/L"), plain_unit("10*3{cells}/µL"), plain_unit("giga.l-1")
    ('10*9/L', '10*3/uL', 'giga/l')
    """
    text = "".join(spelling.split()).replace("µ", "u").replace("μ", "u")
    text = _ANNOTATION.sub("", text) or ("1" if text else "")
    text = _SUPERSCRIPT.sub(lambda raised: "^" + raised[0].translate(_RAISED), text)
    text = _POWER.sub(lambda power: f"10*{power[1] or power[2]}", text)
    text = _INVERSE.sub(lambda of: f"/{of[1]}{of[2] if of[2] != '1' else ''}", text)
    text = text.replace("mm^3", "mm3").replace("mm*3", "mm3").replace("MM^3", "MM3")
    return text[1:] if re.match("[xX×](?=1000/)", text) else text


@remembered(4096)
def read_unit(spelling: str) -> Unit | None:
    """What a unit means, or None when it is not known here."""
    text = plain_unit(spelling)
    return _spelled().get(text) or _cells_in_volume(text)


def same_unit(first: str, second: str) -> bool:
    """Whether two spellings can mean one unit: only two known spellings that differ in meaning
    cannot.
    """
    one, other = read_unit(first), read_unit(second)
    return one is None or other is None or one == other


def _cells_in_volume(text: str) -> Unit | None:
    """`K/uL`: so many cells, a slash, and a volume."""
    many, slash, volume = text.rpartition("/")
    if not slash:
        return None
    number, liters = _number_of_cells(many), _words("volume").get(volume.casefold())
    if number is None or liters is None:
        return None
    return Unit(CELLS, number / liters * _COMMON_VOLUME)


def _number_of_cells(text: str) -> Fraction | None:
    if power := re.fullmatch(r"10\*(\d{1,2})", text):
        return Fraction(10) ** int(power[1])
    return _words("number").get(text if len(text) < 2 else text.casefold())


@cache
def _words(key: str) -> dict[str, Fraction]:
    return {w: Fraction(str(e["is"])) for e in read_yaml("units")[CELLS][key] for w in e["spelled"]}


@cache
def _spelled() -> dict[str, Unit]:
    """The units that are written whole."""
    table: dict[str, list[dict[str, Any]]] = read_yaml("units")
    return {
        spelling: Unit(quantity, Fraction(str(entry["is"])))
        for quantity in (MASS, AMOUNT, RATIO)
        for entry in table[quantity]
        for spelling in entry["spelled"]
    }
