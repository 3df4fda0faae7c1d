"""OBX-5 by its type, with unit, range and flags; what is no number or code stays text."""

from typing import Any

import pytest

from allstatus.ehr.hl7v2.values import flags_of, ranges_of, unit_of, value_of
from ehr.hl7v2.segment_lines import segment


def obx(kind: str, value: str, unit: str = "%", more: str = "") -> Any:
    return segment(f"OBX|1|{kind}|11150-0^^LN||{value}|{unit}|{more}")


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("NM", "5", {"number": "5"}),
        ("NM", "+.5", {"number": "0.5"}),
        ("NM", "5.", {"number": "5"}),
        ("NM", "-3.50", {"number": "-3.50"}),
        ("SN", "<^5", {"number": "5", "comparator": "<"}),
        ("SN", "^5^-^10", {"number": "5", "high": "10"}),
        ("SN", "^11^/^200", {"number": "11", "cells": "200"}),
        ("SN", "<^5^-^10", {"number": None, "text": "<^5^-^10 %"}),
        ("NM", "5~6", {"number": None, "text": "5~6"}),
        ("NM", "5^6", {"number": None, "text": "5^6"}),
        ("ED", "5", {"number": None, "text": "ED 5"}),
    ],
)
def test_a_value_is_read_by_its_type(kind: str, value: str, said: dict[str, Any]) -> None:
    found = value_of(obx(kind, value))
    assert found is not None
    assert {name: getattr(found, name) for name in said} == said


def test_a_coded_value_is_its_codes() -> None:
    found = value_of(obx("CWE", "103338009^remission^SCT", ""))
    assert found is not None
    assert [code.code for code in found.codes] == ["103338009"]
    assert found.number is None


def test_without_a_value_there_is_what_the_flags_say_or_nothing() -> None:
    assert value_of(obx("NM", "")) is None
    assert value_of(obx("NM", '""')) is None
    assert value_of(obx("NM", "", "%", "|H")) is None
    flagged = value_of(obx("NM", "", "%", "|POS"))
    assert flagged is not None
    assert [code.code for code in flagged.codes] == ["POS"]


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("%", "%"),
        ("10*9/L", "10*9/L"),
        ("10^9/L", "10*9/L"),
        ("%^percent^UCUM", "%"),
        ("prozent^^L^%^^UCUM", "%"),
        ("%^^UCUM^10*9/L^^UCUM", "% or 10*9/L"),
        ("%~10*9/L", "% or 10*9/L"),
        ("%~%", "%"),
        ("^percent", "percent"),
        ("", None),
    ],
)
def test_a_unit_is_the_translation_that_is_known(field: str, unit: str | None) -> None:
    assert unit_of(obx("NM", "5", field)) == unit


def test_ranges_and_flags_are_as_sent() -> None:
    one = obx("NM", "5", "%", "0-5|H~A")
    assert [each.low.text for each in ranges_of(one)] == ["0-5"]
    assert flags_of(one) == ("H", "A")
    assert (ranges_of(obx("NM", "5")), flags_of(obx("NM", "5"))) == ((), ())
