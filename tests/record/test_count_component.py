"""One component of a blood count, judged by what was sent with it: ranges by sex, several flags, no
value, units that are not known.
"""

from fractions import Fraction

import pytest

from allstatus.record.count_component import Person, is_adult, judge
from allstatus.record.sent_numbers import Range, SentNumber

WOMAN, MAN, ANYBODY = (Person(sex, True, True) for sex in ("female", "male", None))
OTHER = Person("other", True, True)
FOR_HER, FOR_HIM = ("150-400", "female"), ("180-400", "male")


def number(value: str, unit: str | None = "10*9/L") -> SentNumber:
    return SentNumber(value, value, None, unit)


def ranged(*limits: tuple[str, str | None]) -> tuple[Range, ...]:
    ends = [(*text.split("-"), sex) for text, sex in limits]
    return tuple(Range(number(low, None), number(high, None), sex) for low, high, sex in ends)


@pytest.mark.parametrize(
    ("age", "adult"), [(None, True), (17, False), (17.99, False), (18, True), (80, True)]
)
def test_who_is_an_adult(age: float | None, adult: bool) -> None:
    assert is_adult(age) is adult


@pytest.mark.parametrize(
    ("person", "limits", "normal"),
    [
        (WOMAN, [FOR_HER, FOR_HIM], True),
        (MAN, [FOR_HER, FOR_HIM], False),
        (ANYBODY, [FOR_HER, FOR_HIM], None),
        (OTHER, [FOR_HER, FOR_HIM], None),
        (WOMAN, [FOR_HIM], None),
        (MAN, [FOR_HER], None),
        (ANYBODY, [FOR_HER], True),
        (WOMAN, [("180-400", None), FOR_HIM], False),
    ],
)
def test_the_ranges_of_the_other_sex_are_not_used(
    person: Person, limits: list[tuple[str, str | None]], normal: bool | None
) -> None:
    assert judge("platelets", number("160"), ranged(*limits), (), person).normal is normal


@pytest.mark.parametrize(
    ("flags", "limits", "normal", "because"),
    [
        (("N",), [], True, "flagged N by the laboratory"),
        (("L",), [], False, "flagged L by the laboratory"),
        (("N", "*"), [], True, "flagged N, * by the laboratory"),
        (("*",), [], None, "is flagged *, which is not known here"),
        (("N", "L"), [], None, "its flags contradict each other"),
        (("N", "L"), [FOR_HER], None, "its flags contradict each other"),
        (("L", "LL"), [FOR_HIM], False, "flagged L, LL by the laboratory"),
        (("*",), [FOR_HIM], None, "not this patient's, and no flag"),
        (("*",), [FOR_HER], True, "within the laboratory's range"),
        (("L",), [FOR_HER], None, "the flag contradicts the range"),
    ],
)
def test_several_flags(
    flags: tuple[str, ...], limits: list[tuple[str, str | None]], normal: bool | None, because: str
) -> None:
    verdict = judge("platelets", number("230"), ranged(*limits), flags, WOMAN)
    assert (verdict.normal, because in verdict.because) == (normal, True)


@pytest.mark.parametrize(
    ("flags", "normal", "because"),
    [
        (("L",), False, "flagged L by the laboratory"),
        (("N", "L"), None, "flagged N, L by the laboratory"),
        ((), None, "has no value"),
    ],
)
def test_without_a_value_only_a_flag_tells(
    flags: tuple[str, ...], normal: bool | None, because: str
) -> None:
    verdict = judge("platelets", None, ranged(FOR_HER), flags, WOMAN)
    assert (verdict.normal, verdict.because) == (normal, because)


@pytest.mark.parametrize(
    ("limits", "normal"), [("150-400", True), ("240-400", False), ("0.15-0.4", None), ("1-9", None)]
)
def test_in_a_unit_that_is_not_known_value_and_range_fit_or_say_nothing(
    limits: str, normal: bool | None
) -> None:
    verdict = judge("platelets", number("230", "plt"), ranged((limits, None)), (), WOMAN)
    assert verdict.normal is normal
    assert verdict.number is None


def test_the_number_is_that_of_the_common_unit() -> None:
    assert judge("platelets", number("230000", "/uL"), (), (), WOMAN).number == Fraction(230)
