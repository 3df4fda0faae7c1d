"""The page's engine and Python agree: on every cell, at every edge, in every spelling, on every
fixture.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.record.percent import format_number
from allstatus.rules.ruleset import Fact
from allstatus.teach.teaching_page import make_page
from allstatus.why.counting_error import binomial_interval
from needs import NODE
from teach.page_engine import page_answers, python_answer
from teach.tools import run_node

FIXTURES = sorted(
    path
    for path in (Path(__file__).parents[2] / "fixtures/records").glob("*.json")
    if ".expected" not in path.name
)
SPELLINGS = json.loads((Path(__file__).parent / "spellings.json").read_text("utf-8"))
MOST, A_PRIME = 5000, 47
pytestmark = NODE


@pytest.fixture(
    scope="module", params=["nci-pdq-adult-all-patient", "nci-pdq-adult-all-health-professional"]
)
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_rules(request.param, engine="builtin")


@pytest.fixture(scope="module")
def page(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "trainer.html"
    path.write_text(make_page(classifier), "utf-8")
    return path


def stated(classifier: Classifier, fact: Fact) -> list[Any]:
    """A value of each class of a fact, unknown, and not reported where that differs."""
    samples = [answer.sample for answer in classifier.resolver.classes[fact.name]]
    values = ["0", "100"] if fact.kind == "percent" else samples
    return [*values, "unknown", *([None] if fact.assume else [])]


def agree(classifier: Classifier, lines: list[str], page: Path) -> None:
    answers = page_answers(page, lines)
    assert len(answers) == len(lines)
    differ = [
        (line, seen, ours)
        for line, seen in zip(lines, answers, strict=True)
        if seen != (ours := python_answer(classifier, line))
    ]
    assert differ[:3] == []


def test_every_cell_reported_or_not_and_a_share_of_them_in_larger_rule_sets(
    classifier: Classifier, page: Path
) -> None:
    facts = classifier.ruleset.facts
    rows = product(*(stated(classifier, fact) for fact in facts.values()))
    lines = [json.dumps(dict(zip(facts, row, strict=True))) for row in rows]
    assert len(lines) >= 3 ** len(facts)
    agree(classifier, lines[:: 1 if len(lines) < MOST else A_PRIME], page)


def test_every_spelling_at_every_edge(classifier: Classifier, page: Path) -> None:
    limits = {
        format_number(c.condition.limit)
        for c in classifier.ruleset.criteria.values()
        if c.condition.limit is not None
    }
    texts = [text.replace("L", limit) for limit in limits for text in SPELLINGS["at_the_limit"]]
    backgrounds = [
        {
            "prior_treatment": "disease_directed",
            "prior_remission": True,
            "cbc": "normal",
            "signs_and_symptoms": "absent",
        },
        {"prior_treatment": "none", "cbc": "abnormal", "signs_and_symptoms": "present"},
        {"prior_treatment": "disease_directed"},
    ]
    lines = [
        json.dumps(background)[:-1] + f', "marrow_blast_percent": {text}}}'
        for text in [*texts, *SPELLINGS["anywhere"], *SPELLINGS["refused"]]
        for background in backgrounds
    ]
    agree(classifier, lines, page)
    refused = [
        python_answer(classifier, f'{{"marrow_blast_percent": {text}}}')
        for text in SPELLINGS["refused"]
    ]
    assert {"marrow_blast_percent"} == {answer.get("field") for answer in refused}


def test_other_spellings_of_facts(classifier: Classifier, page: Path) -> None:
    agree(classifier, [json.dumps(record) for record in SPELLINGS["records"]], page)


def test_a_panel_is_the_only_thing_the_page_does_not_read() -> None:
    panels = [
        path.stem
        for path in FIXTURES
        if isinstance(json.loads(path.read_text("utf-8")).get("cbc"), dict)
    ]
    assert panels == [path.stem for path in FIXTURES if path.stem.startswith("cbc-panel")]


def test_every_fixture(classifier: Classifier, page: Path) -> None:
    lines = [
        " ".join(path.read_text("utf-8").split())
        for path in FIXTURES
        if not path.stem.startswith("cbc-panel")
    ]
    agree(classifier, lines, page)


def test_how_sure_a_count_is(page: Path) -> None:
    counted = [1, 20, 100, 200, 500]
    seen = json.loads(run_node("counting.mjs", page, stdin=json.dumps(counted)))
    for cells, intervals in zip(counted, seen, strict=True):
        assert intervals == [
            [round(end, 2) for end in binomial_interval(blasts, cells)]
            for blasts in range(cells + 1)
        ]
