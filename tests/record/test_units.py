"""Units of the blood count: every spelling of `units.yaml`, and nothing guessed."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from allstatus.record.code_files import read_yaml
from allstatus.record.units import (
    AMOUNT,
    COMMON_UNIT,
    QUANTITIES,
    plain_unit,
    read_unit,
    same_unit,
)

CASES = yaml.safe_load(Path(__file__).with_name("units.yaml").read_text("utf-8"))
COMPONENTS = {"cells": "platelets"}
SPELLINGS = [
    (component, str(meaning), spelling)
    for component, meanings in CASES.items()
    for meaning, spellings in meanings.items()
    for spelling in str(spellings).split()
]


@pytest.mark.parametrize(("component", "meaning", "spelling"), SPELLINGS)
def test_a_spelling_means(component: str, meaning: str, spelling: str) -> None:
    known, own = read_unit(spelling), QUANTITIES[COMPONENTS.get(component, component)]
    if meaning == "unknown":
        assert known is None
    elif meaning == "other":
        assert known is not None
        assert known.quantity not in own
    elif meaning == "own":
        assert known is not None
        assert (known.quantity, known.quantity in own) == (AMOUNT, True)
        assert known.quantity not in COMMON_UNIT
    else:
        assert known is not None
        assert (known.quantity, known.factor) == (own[0], Fraction(meaning))


@given(st.sampled_from(SPELLINGS), st.sampled_from(["{cells}", "{WBCs}", " ", "{}"]), st.data())
def test_annotations_and_spaces_mean_nothing(
    case: tuple[str, str, str], noise: str, data: st.DataObject
) -> None:
    spelling = case[2]
    at = data.draw(st.sampled_from([0, len(spelling)]))
    assert read_unit(spelling[:at] + noise + spelling[at:]) == read_unit(spelling)


@given(st.text(max_size=12))
def test_a_plain_unit_is_plain(text: str) -> None:
    assert not any(sign in plain_unit(text) for sign in " µμ\t")
    assert read_unit(plain_unit(text)) == read_unit(text)


def test_units_that_differ_are_told_apart() -> None:
    assert same_unit("10*3/uL", "K/uL")
    assert same_unit("10*3/uL", "furlong")
    assert not same_unit("%", "1")
    assert not same_unit("g/L", "G/L")


def test_every_entry_has_a_source_and_stands_once() -> None:
    table = read_yaml("units")
    whole = [entry for name in ("mass", "amount", "ratio") for entry in table[name]]
    for entries in (table["cells"]["number"], table["cells"]["volume"], whole):
        assert all(set(e) == {"is", "spelled", "verified", "cite"} for e in entries)
        assert all(e["cite"] for e in entries)
        assert all(e["verified"] is ("from memory" not in e["cite"]) for e in entries)
        spelled = [spelling for e in entries for spelling in e["spelled"]]
        assert len(spelled) == len(set(spelled))
        assert all(isinstance(spelling, str) for spelling in spelled)
