"""Is the blood count normal? Derived from its components and the laboratory's own ranges.

Normal needs all of WBC, hemoglobin or hematocrit, and platelets within range (limits inclusive);
any component outside makes it abnormal; anything else is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict

from allstatus.errors import InvalidRecord
from allstatus.record.percent import exact_number
from allstatus.record.units import DIMENSION, EXAMPLES, UNITS, to_common

COMPONENTS = ("wbc", "neutrophils", "hemoglobin", "hematocrit", "platelets")
NEEDED = (("wbc",), ("hemoglobin", "hematocrit"), ("platelets",))
PARTS = (("wbc", "neutrophils"), ("hemoglobin", "hematocrit"), ("platelets",))
EVERY_PARTS = frozenset({"normal", "some_abnormal", "all_abnormal"})
Flag = Literal["N", "H", "L", "HH", "LL", "A", "AA"]
Verdict = Literal["normal", "abnormal"]
Number = int | float | str  # read exactly; the JSON reader passes decimals through as Decimal


class Component(BaseModel):
    """One result of a blood count: a value with the laboratory's range, or its flag."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )
    value: object = None
    unit: str | None = None
    low: object = None
    high: object = None
    flag: Flag | None = None


class CbcPanel(BaseModel):
    """The components of a complete blood count, as a laboratory reports them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    wbc: Component | None = None
    neutrophils: Component | None = None
    hemoglobin: Component | None = None
    hematocrit: Component | None = None
    platelets: Component | None = None


@dataclass(frozen=True, slots=True)
class CbcReading:
    """What a panel says: the verdict (None: cannot tell), one line of evidence a component,
    warnings.

    `by_parts` tells white cells, red cells and platelets apart (see `combine_parts`); `normal` has
    each component's
    verdict and `numbers` the values in common units, where known.
    """

    verdict: Verdict | None
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]
    by_parts: str | frozenset[str] = EVERY_PARTS
    normal: Mapping[str, bool] = field(default_factory=dict)
    numbers: Mapping[str, Fraction] = field(default_factory=dict)


def read_panel(panel: CbcPanel) -> CbcReading:
    """Decide normality; raises InvalidRecord for a component whose numbers cannot be read."""
    verdicts: dict[str, bool] = {}
    numbers: dict[str, Fraction] = {}
    evidence, warnings = [], []
    for name in COMPONENTS:
        component: Component | None = getattr(panel, name)
        if component is None:
            continue
        normal, line, warning = _read(name, component)
        if normal is not None:
            verdicts[name] = normal
        if (number := _in_common_unit(name, component)) is not None:
            numbers[name] = number
        evidence.append(line)
        warnings.extend(warning)
    return CbcReading(
        combine(verdicts),
        tuple(evidence),
        tuple(warnings),
        combine_parts(verdicts),
        verdicts,
        numbers,
    )


def combine_parts(normal: Mapping[str, bool]) -> str | frozenset[str]:
    """Whether white cells, red cells and platelets are all normal, all abnormal or partly so; a set
    where several can be.

    `normal` gives the components known; one abnormal component makes its part abnormal.
    """
    parts = [
        _part_normal(normal, group, needed) for group, needed in zip(PARTS, NEEDED, strict=True)
    ]
    possible = set(EVERY_PARTS)
    if False in parts:
        possible.discard("normal")
    if True in parts:
        possible.discard("all_abnormal")
    if parts in ([True] * len(parts), [False] * len(parts)):
        possible.discard("some_abnormal")
    return possible.pop() if len(possible) == 1 else frozenset(possible)


def _part_normal(
    normal: Mapping[str, bool], group: tuple[str, ...], needed: tuple[str, ...]
) -> bool | None:
    if not all(normal[name] for name in group if name in normal):
        return False
    return True if any(name in normal for name in needed) else None


def combine(verdicts: Mapping[str, bool]) -> Verdict | None:
    """Of the blood count, from which components are within range; None when that cannot settle
    it.
    """
    if not all(verdicts.values()):
        return "abnormal"
    return "normal" if all(any(name in verdicts for name in group) for group in NEEDED) else None


def _read(name: str, component: Component) -> tuple[bool | None, str, list[str]]:
    by_range = _within_range(name, component)
    by_flag = None if component.flag is None else component.flag == "N"
    if by_range is not None and by_flag is not None and by_range != by_flag:
        return (
            None,
            f"{name}: flag and range disagree",
            [f"cbc.{name}: the flag contradicts the range; it is left out"],
        )
    normal = by_range if by_range is not None else by_flag
    if normal is None:
        return (
            None,
            f"{name}: no range and no flag",
            [f"cbc.{name}: no usable range or flag; it is left out"],
        )
    basis = _range_text(component) if by_range is not None else f"flag {component.flag}"
    return normal, f"{name}: {'within' if normal else 'outside'} {basis}", []


def _within_range(name: str, component: Component) -> bool | None:
    if component.unit is not None and component.unit not in UNITS:
        raise InvalidRecord(
            f"cbc.{name}.unit",
            "is not a unit known here",
            f"use one such as {EXAMPLES[DIMENSION[name]]}",
        )
    numbers = [_number(name, key, getattr(component, key)) for key in ("value", "low", "high")]
    if component.unit is not None:
        if to_common(Fraction(1), component.unit, name) is None:
            raise InvalidRecord(
                f"cbc.{name}.unit",
                "is a unit of another quantity",
                f"use one such as {EXAMPLES[DIMENSION[name]]}",
            )
        numbers = [None if n is None else to_common(n, component.unit, name) for n in numbers]
    value, low, high = numbers
    if low is not None and high is not None and low > high:
        raise InvalidRecord(
            f"cbc.{name}", "has a range that runs backwards", "give low no greater than high"
        )
    if value is None or (low is None and high is None):
        return None
    outside = (low is not None and value < low) or (high is not None and value > high)
    if outside:
        return False
    return True if low is not None and high is not None else None


def _in_common_unit(name: str, component: Component) -> Fraction | None:
    number = None if component.unit is None else _number(name, "value", component.value)
    return None if number is None else to_common(number, str(component.unit), name)


def _number(name: str, key: str, value: object) -> Fraction | None:
    if value is None:
        return None
    number = exact_number(value, f"cbc.{name}.{key}", "give a number such as 4.5")
    if number < 0:
        raise InvalidRecord(f"cbc.{name}.{key}", "is negative", "give a number from 0")
    return number


def _range_text(component: Component) -> str:
    unit = f" {component.unit}" if component.unit else ""
    return f"the range given, {component.low} to {component.high}{unit}"
