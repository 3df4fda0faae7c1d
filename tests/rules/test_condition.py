"""Conditions: what their text means, and what holds of a value that decides and of one that does
not.
"""

from fractions import Fraction
from itertools import product

import pytest

from allstatus.record.percent import read_percent
from allstatus.rules.condition import Clause, Comparison, parse_comparison

TEXTS = [
    ("prior_remission", ("prior_remission", "", "")),
    (" cbc == normal ", ("cbc", "==", "normal")),
    ("cbc!=normal", ("cbc", "!=", "normal")),
    ("marrow_blast_percent > blast_threshold", ("marrow_blast_percent", ">", "blast_threshold")),
    ("age_years >= 18.5", ("age_years", ">=", "18.5")),
    ("age_years <= -1", ("age_years", "<=", "-1")),
    ("cbc = normal", None),
    ("cbc == ", None),
    ("cbc == normal or abnormal", None),
    ("", None),
]
NUMBERS = [  # operator, value, whether it is so of a limit of 5
    (">", "5", False),
    (">", "5.0000001", True),
    (">=", "5", True),
    (">=", "4.9999999", False),
    ("<", "5", False),
    ("<", "4.9999999", True),
    ("<=", "5", True),
    ("<=", "5.0000001", False),
    (">", "3-6", None),
    (">", ">5", True),
    (">=", ">=5", True),
    ("<", "<=5", None),
]
IS_NORMAL = Comparison("cbc", "==", "normal")
NOT_NORMAL = Comparison("cbc", "!=", "normal")
WORDS: list[tuple[Comparison, object, bool | None]] = [
    (IS_NORMAL, "normal", True),
    (IS_NORMAL, "abnormal", False),
    (IS_NORMAL, None, None),
    (NOT_NORMAL, "normal", False),
    (NOT_NORMAL, "abnormal", True),
    (IS_NORMAL, frozenset({"normal", "some_abnormal"}), None),
    (IS_NORMAL, frozenset({"all_abnormal", "some_abnormal"}), False),
    (NOT_NORMAL, frozenset({"all_abnormal", "some_abnormal"}), True),
    (Comparison("prior_remission", "==", True), True, True),
    (Comparison("prior_remission", "==", True), False, False),
    (Comparison("prior_remission", "==", True), None, None),
]
A, B, C = (Clause("criterion", f"s.{n}", name) for n, name in enumerate("abc", 1))
EITHER, NOT_C = Clause("any", "s.4", children=(A, B)), Clause("not", "s.5", children=(C,))
NESTED = Clause("all", "s", children=(EITHER, NOT_C))


@pytest.mark.parametrize(("text", "parts"), TEXTS)
def test_the_text_of_a_condition(text: str, parts: tuple[str, str, str] | None) -> None:
    assert parse_comparison(text) == parts


@pytest.mark.parametrize(("operator", "value", "holds"), NUMBERS)
def test_a_number_beside_its_limit(operator: str, value: str, holds: bool | None) -> None:
    comparison = Comparison("marrow_blast_percent", operator, "blast_threshold", Fraction(5))
    assert comparison.holds(read_percent(value)) is holds


@pytest.mark.parametrize(("comparison", "value", "holds"), WORDS)
def test_a_word(comparison: Comparison, value: object, holds: bool | None) -> None:
    assert comparison.holds(value) is holds


def test_a_condition_in_words() -> None:
    assert str(IS_NORMAL) == "cbc == normal"
    assert str(Comparison("prior_remission", "==", True)) == "prior_remission"


@pytest.mark.parametrize(("a", "b", "c"), list(product((False, True), repeat=3)))
def test_all_any_and_not(a: bool, b: bool, c: bool) -> None:
    assert NESTED.holds({"a": a, "b": b, "c": c}) is ((a or b) and not c)


def test_a_clause_is_walked_in_reading_order() -> None:
    assert [node.path for node in NESTED.walk()] == ["s", "s.4", "s.1", "s.2", "s.5", "s.3"]
    assert NESTED.criteria() == {"a", "b", "c"}
