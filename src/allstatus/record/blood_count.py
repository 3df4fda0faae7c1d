"""Is the blood count normal? Decided from its components (`count_component`).

Normal needs all of WBC, hemoglobin or hematocrit, and platelets within range; any component outside
makes it abnormal; one that was sent and cannot be relied on keeps it from being normal; anything
else is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from allstatus.errors import InvalidRecord
from allstatus.record.count_component import CountVerdict, Person, judge
from allstatus.record.percent import exact_number
from allstatus.record.record_schema import NUMBER
from allstatus.record.sent_numbers import Range, SentNumber, split_comparator
from allstatus.record.stated_value import StatedValue
from allstatus.record.value_class import value_class

COMPONENTS = ("wbc", "neutrophils", "hemoglobin", "hematocrit", "platelets")
NEEDED = (("wbc",), ("hemoglobin", "hematocrit"), ("platelets",))
PARTS = (("wbc", "neutrophils"), ("hemoglobin", "hematocrit"), ("platelets",))
DIFFERENTIAL = "neutrophils"  # what a count sends of it
EVERY_PARTS = frozenset({"normal", "some_abnormal", "all_abnormal"})
NUMBERS = ("value", "low", "high")
REMEDY = 'give a number such as 4.5, or "<0.1"'
Flag = Literal["N", "H", "L", "HH", "LL", "A", "AA"]
Verdict = Literal["normal", "abnormal"]


class Component(StatedValue):
    """One result of a blood count: a value with the laboratory's range, or its flag.

    `unit` is that of value, low and high alike; each of these is a number from 0 or text such as
    `<0.1`. A limit is within the range unless it is written `>4` (low) or `<11` (high).
    """

    value: Annotated[
        object, WithJsonSchema(NUMBER), Field(description="The result, in `unit`.")
    ] = None
    unit: Annotated[
        str | None, Field(description="Of value, low and high, such as 10*9/L or g/dL.")
    ] = None
    low: Annotated[
        object, WithJsonSchema(NUMBER), Field(description="The range's lower limit, in `unit`.")
    ] = None
    high: Annotated[
        object, WithJsonSchema(NUMBER), Field(description="The range's upper limit, in `unit`.")
    ] = None
    flag: Annotated[
        Flag | None, Field(description="The laboratory's own word on the result (HL7 0078).")
    ] = None

    @property
    def sent(self) -> bool:
        """Whether a result stands here: a range or a unit alone is none."""
        return self.value is not None or self.flag is not None

    def judge(self, name: str, person: Person) -> CountVerdict:
        """What the laboratory's component of this name says."""
        value, low, high = (self._number(key) for key in NUMBERS)
        ranges = () if low is None and high is None else (Range(low, high),)
        return judge(name, value, ranges, () if self.flag is None else (self.flag,), person)

    def _number(self, key: str) -> SentNumber | None:
        value = getattr(self, key)
        if value is None:
            return None
        comparator, number = (isinstance(value, str) and split_comparator(value)) or (None, value)
        return SentNumber(str(value), number, comparator, self.unit)


class CbcPanel(StatedValue):
    """The components of a complete blood count, as a laboratory reports them."""

    wbc: Annotated[Component | None, Field(description="White blood cells.")] = None
    neutrophils: Annotated[Component | None, Field(description="Neutrophils.")] = None
    hemoglobin: Annotated[Component | None, Field(description="Hemoglobin.")] = None
    hematocrit: Annotated[Component | None, Field(description="Hematocrit.")] = None
    platelets: Annotated[Component | None, Field(description="Platelets.")] = None

    if TYPE_CHECKING:  # what can be given, of which a field has what was read

        def __init__(
            self,
            *,
            wbc: Component | Mapping[str, Any] | None = None,
            neutrophils: Component | Mapping[str, Any] | None = None,
            hemoglobin: Component | Mapping[str, Any] | None = None,
            hematocrit: Component | Mapping[str, Any] | None = None,
            platelets: Component | Mapping[str, Any] | None = None,
        ) -> None: ...

    @model_validator(mode="after")
    def _check_numbers(self) -> Self:
        for name, component in self.components():
            numbers = {key: _checked(name, key, getattr(component, key)) for key in NUMBERS}
            low, high = numbers["low"], numbers["high"]
            if low is not None and high is not None and low > high:
                raise InvalidRecord(
                    f"cbc.{name}",
                    "has a range that runs backwards",
                    "give low no greater than high",
                )
        return self

    def components(self) -> Iterator[tuple[str, Component]]:
        """Those that are there, in order."""
        for name in COMPONENTS:
            if (component := getattr(self, name)) is not None:
                yield name, component


@value_class
class CbcReading:
    """What a panel says: the verdict (None: cannot tell), one line of evidence a component,
    warnings.

    `by_parts` tells white cells, red cells and platelets apart (see `verdict_by_parts`); `normal`
    has each component's verdict and `numbers` the values in common units, where known;
    `by_default`: the adult table decided on a component.
    """

    verdict: Verdict | None
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]
    by_parts: str | frozenset[str] = EVERY_PARTS
    normal: Mapping[str, bool] = field(default_factory=dict)
    numbers: Mapping[str, Fraction] = field(default_factory=dict)
    by_default: bool = False


def read_panel(panel: CbcPanel, person: Person = Person()) -> CbcReading:  # noqa: B008 (frozen)
    """Decide normality of one patient's count."""
    sent = {name: part.judge(name, person) for name, part in panel.components() if part.sent}
    verdicts = {name: found.normal for name, found in sent.items()}
    return CbcReading(
        verdict_of_count(verdicts),
        tuple(f"{_told(name, found)}: {found.because}" for name, found in sent.items()),
        tuple(
            f"cbc.{name}: {found.because}; it is left out"
            for name, found in sent.items()
            if found.normal is None
        ),
        verdict_by_parts(verdicts),
        {name: normal for name, normal in verdicts.items() if normal is not None},
        {name: found.number for name, found in sent.items() if found.number is not None},
        any(found.by_default for found in sent.values()),
    )


def verdict_of_count(verdicts: Mapping[str, bool | None]) -> Verdict | None:
    """Of the whole count, from what each component sent says; None when that cannot settle it.

    `verdicts` hold whether a component is within range, None for one that cannot be relied on.
    """
    parts = _parts(verdicts)
    if False in parts:
        return "abnormal"
    return "normal" if None not in parts else None


def verdict_by_parts(verdicts: Mapping[str, bool | None]) -> str | frozenset[str]:
    """Whether white cells, red cells and platelets are all normal, all abnormal or partly so; a set
    where several can be.

    One abnormal component makes its part abnormal; white cells are normal with their differential
    only. `verdicts` as for `verdict_of_count`.
    """
    white, *others = _parts(verdicts)
    parts = [None if white and DIFFERENTIAL not in verdicts else white, *others]
    possible = set(EVERY_PARTS)
    if False in parts:
        possible.discard("normal")
    if True in parts:
        possible.discard("all_abnormal")
    if parts in ([True] * len(parts), [False] * len(parts)):
        possible.discard("some_abnormal")
    return possible.pop() if len(possible) == 1 else frozenset(possible)


def _parts(verdicts: Mapping[str, bool | None]) -> list[bool | None]:
    """Whether white cells, red cells and platelets are normal."""
    return [
        _part_normal([verdicts[name] for name in part if name in verdicts], needed, verdicts)
        for part, needed in zip(PARTS, NEEDED, strict=True)
    ]


def _part_normal(
    sent: list[bool | None], needed: tuple[str, ...], verdicts: Mapping[str, bool | None]
) -> bool | None:
    if False in sent:
        return False
    return True if None not in sent and any(name in verdicts for name in needed) else None


def _told(name: str, found: CountVerdict) -> str:
    return f"{name} {found.read}" if found.read else name


def _checked(name: str, key: str, value: Any) -> Fraction | None:
    """The number behind one entry; raises InvalidRecord for what is none."""
    if value is None:
        return None
    if isinstance(value, str) and (split := split_comparator(value)):
        value = split[1]
    number = exact_number(value, f"cbc.{name}.{key}", REMEDY)
    if number < 0:
        raise InvalidRecord(f"cbc.{name}.{key}", "is negative", "give a number from 0")
    return number
