"""A table of meanings: codings of one concept are translations of one meaning."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.ehr.chart import Code
from allstatus.ehr.coding.code_table import Table
from allstatus.ehr.coding.codes import table

HERE = Path(__file__).parent


def entry(code: str, **more: Any) -> dict[str, Any]:
    return {"title": code, "codes": [{"system": "s", "code": code, "verified": True}], **more}


@pytest.mark.parametrize(
    "case", yaml.safe_load((HERE / "codings.yaml").read_text("utf-8")), ids=str
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
        assert each is None or sorted(found) == sorted(filter(None, each))


def test_a_code_is_looked_up_by_its_system_too() -> None:
    small = Table.of({"a": entry("1"), "b": entry("2", broader="a")})
    match = small.find([Code("s", "1")])
    assert match is not None
    assert match.topic.name == "a"
    assert small.find([Code("t", "1")]) is small.find([]) is None
    assert [m.topic.name for m in small.find_each([Code("s", "1"), Code("s", "2")])] == ["b"]


def test_a_broader_topic_must_be_one_of_the_table() -> None:
    with pytest.raises(KeyError):
        Table.of({"a": entry("1", broader="absent")})
