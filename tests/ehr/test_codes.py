"""The code tables: every code is well formed, said once, cited, and marked as verified or not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.ehr.chart import Code
from allstatus.ehr.codes import codes_home, make_code, read_yaml, table
from allstatus.ehr.dates import read_when

TABLES = ("diagnoses", "results", "signs", "treatments")
ENTRIES = [
    (name, topic, code)
    for name in TABLES
    for topic, entry in read_yaml(name).items()
    for code in entry["codes"]
]

# Verhoeff's check digit, which SNOMED CT identifiers end in.
TIMES = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
TURN = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def verhoeff_holds(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        for _ in range(place % 8):
            value = TURN[value]
        total = TIMES[total][value]
    return total == 0


def loinc_holds(code: str) -> bool:
    """The check digit of a LOINC code (mod 10, every second digit doubled from the right)."""
    number, check = code.split("-")
    total = sum(
        sum(divmod(int(d) * (2 if place % 2 == 0 else 1), 10))
        for place, d in enumerate(reversed(number))
    )
    return (10 - total % 10) % 10 == int(check)


@pytest.mark.parametrize(
    ("name", "topic", "code"),
    ENTRIES,
    ids=lambda value: str(value.get("code")) if isinstance(value, dict) else None,
)
def test_a_code_is_well_formed_cited_and_marked(
    name: str, topic: str, code: dict[str, object]
) -> None:
    assert set(code) == {"system", "code", "verified", "cite"}
    assert isinstance(code["verified"], bool)
    assert code["cite"]
    text = str(code["code"])
    assert code["system"] in read_yaml("systems"), f"{name}.{topic}"
    if code["system"] == "snomed":
        assert verhoeff_holds(text)
    if code["system"] == "loinc" and text[0].isdigit():
        assert loinc_holds(text)


def test_no_code_stands_twice_in_a_table() -> None:
    for name in TABLES:
        seen = [
            (code["system"], str(code["code"]))
            for table_name, _, code in ENTRIES
            if table_name == name
        ]
        assert len(seen) == len(set(seen)), name


def test_what_is_marked_from_memory_is_not_verified() -> None:
    for name, topic, code in ENTRIES:
        assert ("from memory" in str(code["cite"])) == (code["verified"] is False), (
            name,
            topic,
            code["code"],
        )


def test_the_text_of_a_table_says_yes_or_no() -> None:
    for name in TABLES:
        text = (codes_home() / f"{name}.yaml").read_text("utf-8")
        assert text.count("verified: yes") + text.count("verified: no") == sum(
            entry[0] == name for entry in ENTRIES
        )


def test_systems_are_known_by_all_their_names() -> None:
    names = ("http://loinc.org", "https://loinc.org/", "LN", "urn:oid:2.16.840.1.113883.6.1")
    assert {make_code(name, "11150-0").system for name in names} == {"loinc"}
    assert make_code("I10C", "c9101").code == "C91.01"


@pytest.mark.parametrize(
    "case", yaml.safe_load((Path(__file__).parent / "codings.yaml").read_text("utf-8")), ids=str
)
def test_codings_of_one_concept_are_translations(case: dict[str, Any]) -> None:
    given = [Code(*one.split("|")) for one in case["codes"]]
    for codes in (given, given[::-1]):
        match = table(case["table"]).find(codes)
        assert (match.topic.name if match else None) == case["topic"]
        if match is not None:
            assert {key: match.topic[key] for key in case.get("says", {})} == case.get("says", {})
            assert ("what they share" in match.caution) == case.get("told", False)
        each = case.get("each") or ([case["topic"]] if len(given) == 1 else None)
        found = [one.topic.name for one in table(case["table"]).find_each(codes)]
        assert each is None or sorted(found) == sorted(each)


def test_a_code_without_its_system_means_nothing() -> None:
    assert table("results").find([Code("", "11150-0", "Blasts in bone marrow")]) is None
    assert (
        table("results").find(
            [make_code("http://loinc.org", "11150-0"), make_code("http://loinc.org", "6690-2")]
        )
        is None
    )


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-01-05T08:30:00.5+01:00", date(2026, 1, 5), date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5), date(2026, 1, 5)),
        ("202601050830-0500", date(2026, 1, 5), date(2026, 1, 5)),
    ],
)
def test_dates_are_read_as_written(text: str, first: date, last: date) -> None:
    when = read_when(text)
    assert when is not None
    assert (when.first, when.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "2026-13-01", "2026-02-30", "yesterday", "05.01.2026", "2026-1-5", "0000-00-00"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_when(text) is None
