"""The page of rules with facts of their own: its engine answers as Python does, and numbers have a
control.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.teach.teaching_page import make_page
from needs import BROWSER, NODE
from record.test_own_facts import BASE, GIVEN, rules_with_own_facts
from teach.page_engine import page_answers, python_answer
from teach.tools import browse

NUMBERS = """\
{"dose_level": 0}
{"dose_level": 3}
{"dose_level": 3.0000000000000000001}
{"dose_level": "3.5"}
{"dose_level": "many"}
{"dose_level": "3,5"}
{"dose_level": 1000}
{"dose_level": 1000.1}
{"dose_level": -1}
{"dose_level": true}
{"dose_level": {"value": 3}}
{"dose_level": null, "cells_percent": "10-30"}
""".splitlines()
UNTREATED = "Untreated ALL, by the page's definition"
OPEN = "Cannot tell yet, because more than one answer is still possible"
NO_NUMBER = "That is not a number it can be. Write one such as 3 or 2.5."
pytestmark = [NODE, pytest.mark.slow]
Made = Callable[[str], tuple[Classifier, Path]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    @cache
    def make(name: str) -> tuple[Classifier, Path]:
        folder = tmp_path_factory.mktemp("own")
        rules = rules_with_own_facts(folder / name, GIVEN[name])
        classifier, page = load_rules(rules, engine="builtin", draft=True), folder / "page.html"
        page.write_text(make_page(classifier), "utf-8")
        return classifier, page

    return make


@pytest.mark.parametrize("name", GIVEN)
def test_its_engine_answers_as_python_does(name: str, made: Made) -> None:
    classifier, page = made(name)
    base = json.dumps(BASE)[:-1]
    stated = [json.dumps(case["facts"]) for case in GIVEN[name]["cases"]]
    stated += NUMBERS if name == "own_facts" else []
    lines = [f"{base}, {facts[1:]}" for facts in stated]
    for line, seen in zip(lines, page_answers(page, lines), strict=True):
        expected = python_answer(classifier, line)
        strange = {"field": "record"} if expected.get("field") == "record" else {}
        assert {**seen, **strange} == expected, line  # a key nobody knows is named on the page only


@BROWSER
def test_a_number_is_typed_and_read_exactly(made: Made) -> None:
    seen = browse(
        "numbers",
        made("own_facts")[1],
        chosen={"prior_treatment": "none", "cbc": "abnormal", "signs_and_symptoms": "present"},
        label="Dose level",
        texts=["3.5", "3.00000000000000000001", "3", "", "-1", "many"],
    )
    assert [(one["said"], one["headline"]) for one in seen] == [
        ("3.5", UNTREATED),
        ("3.00000000000000000001", UNTREATED),
        ("3", OPEN),
        ("not known", OPEN),
        (NO_NUMBER, NO_NUMBER),
        (NO_NUMBER, NO_NUMBER),
    ]
