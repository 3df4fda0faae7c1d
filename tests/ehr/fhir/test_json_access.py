"""Steps through JSON of any shape: what is of another type is as if it were not there."""

from typing import Any

import pytest

from allstatus.ehr.fhir.json_access import codeable, codes, obj, objects, text, when, words

ODD: list[Any] = [None, 5, "text", True, [], [1, None, "x"], [["a"]]]
CODING = {"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin"}
DATES: list[tuple[dict[str, Any], str | None]] = [
    ({"start": "2026-01-05"}, "2026-01-05"),
    ({"start": None, "at": "2026-01-05"}, "2026-01-05"),
    ({"start": "soon", "at": "2026-01"}, "2026-01"),
    ({"start": {"start": "2026-01-05", "end": "2026-01-09"}}, "2026-01-05"),
    ({"start": {"end": "2026-01-09"}}, "2026-01-09"),
    ({"start": {"start": 5, "end": "2026-01-09"}}, "2026-01-09"),
    ({"start": 20260105}, None),
    ({"start": ["2026-01-05"]}, None),
    ({}, None),
]


@pytest.mark.parametrize("value", ODD)
def test_what_is_of_another_type_is_not_there(value: Any) -> None:
    assert obj(value) == {}
    assert objects(value) == []
    assert codes(value) == codeable(value) == ()
    assert words(value) == ""


def test_one_object_is_a_list_of_one() -> None:
    assert objects({"a": 1}) == objects([{"a": 1}, 5]) == [{"a": 1}]
    assert text("a") == "a"
    assert text(5) == text(None) == ""


def test_codings_of_a_concept_of_several_and_alone() -> None:
    (code,) = codes({"coding": [CODING, {"code": 5.0}, {"code": True}, {"display": "no code"}]})
    assert (code.code, code.display) == ("718-7", "Hemoglobin")
    assert [one.code for one in codes({"code": 386661006})] == ["386661006"]
    assert codes(CODING) == codes([{"coding": CODING}]) == (code,)
    assert codes([{"coding": [CODING]}, {"coding": [CODING]}]) == (code, code)
    assert codeable({"concept": {"coding": [CODING]}}) == (code,)


def test_the_words_of_a_concept() -> None:
    assert words({"text": "Hb", "coding": [CODING]}) == "Hb"
    assert words({"text": "", "coding": [{"display": ""}, CODING]}) == "Hemoglobin"
    assert words({"coding": [{"code": "718-7"}]}) == ""


@pytest.mark.parametrize(("resource", "found"), DATES)
def test_the_first_element_that_holds_a_date(resource: dict[str, Any], found: str | None) -> None:
    date = when(resource, "start", "at")
    assert (date.text if date else None) == found
