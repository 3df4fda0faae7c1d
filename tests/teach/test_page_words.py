"""Sets of cases as the page reads them: short where digits repeat, and never another set."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus import load_rules
from allstatus.teach.page_words import hexadecimal

SETS = st.lists(st.sampled_from(["0", "1", "f", "00ff", "2027"]), min_size=1, max_size=200)


def spelled_out(text: str) -> int:
    for _ in range(2):
        text = re.sub(r"\((\w+)\*(\d+)\)", lambda run: run[1] * int(run[2]), text)
    return int(text, 16)


@given(SETS.map("".join))
def test_it_is_the_same_set(digits: str) -> None:
    assert spelled_out(hexadecimal(int(digits, 16))) == int(digits, 16)


@pytest.mark.parametrize(
    ("cases", "text"),
    [
        (0, "0"),
        (0x2027, "2027"),
        (0xFFFF, "(f*4)"),
        (0xFF00FF00FF00FF00, "(ff00*4)"),
        (int("f" * 4 + "0" * 4, 16) * (2**96 + 2**64 + 2**32 + 1), "((f*4)(0*4)*4)"),
    ],
)
def test_what_repeats_four_times_is_counted(cases: int, text: str) -> None:
    assert hexadecimal(cases) == text


def test_every_status_of_a_rule_set_is_short() -> None:
    table = load_rules("nci-pdq-adult-all-health-professional", engine="builtin").table
    for cases in table.statuses.values():
        assert spelled_out(hexadecimal(cases)) == cases
        assert len(hexadecimal(cases)) < len(f"{cases:x}")
