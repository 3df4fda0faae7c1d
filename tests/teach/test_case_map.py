"""The map around a case: what each box is called, and which of them the case may lie in."""

from typing import Any
from xml.etree import ElementTree

import pytest

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.teach.case_map import draw_case

SVG = "{http://www.w3.org/2000/svg}"
REMISSION = {"prior_treatment": "disease_directed", "prior_remission": True}
CASES = [
    (
        {**REMISSION, "cbc": "normal", "marrow_blast_percent": "5", "signs_and_symptoms": "absent"},
        {"in_remission": 1, "recurrent": 4, "outside_definitions": 1, "insufficient_data": 2},
        ["in_remission"],
    ),
    (
        {**REMISSION, "cbc": "normal", "signs_and_symptoms": "absent"},
        {"in_remission": 1, "recurrent": 4, "outside_definitions": 1, "insufficient_data": 2},
        ["in_remission", "recurrent"],
    ),
    (
        {"prior_treatment": "none", "prior_remission": True, "cbc": "unknown"},
        {"conflicting_data": 8},
        ["conflicting_data"] * 8,
    ),
]


@pytest.mark.parametrize(("record", "boxes", "here"), CASES)
def test_each_box_and_where_the_case_lies(
    record: dict[str, Any], boxes: dict[str, int], here: list[str], teaching: Classifier
) -> None:
    drawn = ElementTree.fromstring(str(draw_case(teaching, record)))
    found = [(rect.get("fill"), rect.get("stroke-width")) for rect in drawn.iter(f"{SVG}rect")]
    names = [str(fill).removeprefix("url(#").removesuffix(")") for fill, _ in found]
    assert {name: names.count(name) for name in names} == boxes
    assert [name for name, (_, wide) in zip(names, found, strict=True) if wide] == here
    said = [text.text for text in drawn.iter(f"{SVG}text")]
    assert said.count("(you are here)") == len(here)
    assert {"5 % or fewer", "more than 5 %", "Blasts in the bone marrow"} <= {*said}


def test_other_rules_have_boxes_of_their_own() -> None:
    name = "nci-pdq-adult-all-health-professional"
    drawn = draw_case(load_rules(name, engine="builtin"), CASES[0][0])
    assert drawn is not None
    assert drawn.count("<rect") == 2 * 2 * 3  # their blood count has three answers
