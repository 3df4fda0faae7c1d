"""The blocks of an explanation: values, in the order asked for, with nothing where nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, get_args

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.render.blocks import Headline, Item, ItemList, Kind, OpenQuestions, Sentences
from allstatus.render.make_blocks import make_blocks
from allstatus.render.reader import Reader

RECORDS: tuple[dict[str, Any], ...] = (
    {"id": 7, "prior_treatment": "disease_directed", "cbc": "normal", "marrow_blast_percent": "5"},
    {
        "prior_treatment": "none",
        "cbc": "abnormal",
        "marrow_blast_percent": "60",
        "signs_and_symptoms": ["fever"],
    },
    {"prior_treatment": "none", "marrow_blast_percent": "2", "cbc": "abnormal"},
    {"prior_treatment": "none", "prior_remission": True},
)
KINDS: tuple[Kind, ...] = get_args(Kind)


def values_in(value: object) -> Iterator[object]:
    """A value and all that is in it."""
    yield value
    if isinstance(value, tuple):
        for one in value:
            yield from values_in(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from values_in(getattr(value, field.name))


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("form", ["text", "page", "card", "timeline"])
def test_every_block_is_a_value_made_alike_each_time(
    classifier: Classifier, record: dict[str, Any], form: str
) -> None:
    blocks = make_blocks(classifier.classify(record), "clinician", form, KINDS)
    assert blocks == make_blocks(classifier.classify(record), "clinician", form, KINDS)
    hash(blocks)
    with pytest.raises(FrozenInstanceError):
        blocks[0].text = "other"  # type: ignore[misc, union-attr]
    assert not [one for one in values_in(blocks) if isinstance(one, list | dict | set)]


def test_blocks_stand_in_the_order_asked_for_and_empty_ones_nowhere(classifier: Classifier) -> None:
    decision = classifier.classify(RECORDS[1])
    for kinds in (KINDS, KINDS[::-1]):
        made = [block.kind for block in make_blocks(decision, "clinician", "text", kinds)]
        assert made == [kind for kind in kinds if kind in made]
    assert not {"away", "possible", "may_be", "conflicts", "questions", "no_options"} & set(made)
    assert {"headline", "messages", "reasons", "event", "options", "source"} <= set(made)


def test_what_is_missing_is_said_once_beside_its_question(classifier: Classifier) -> None:
    decision = classifier.classify(RECORDS[0])
    headline, questions = make_blocks(
        decision, "clinician", "text", ["headline", "messages", "questions"]
    )
    assert headline == Headline("Cannot tell yet", "insufficient_data", 7)
    assert isinstance(questions, OpenQuestions)
    assert decision.ask_next is not None
    assert [one.first for one in questions.questions].count(True) == 1
    assert all(bool(one.answers) is one.first for one in questions.questions)


def test_a_contradiction_names_its_facts_and_why(classifier: Classifier) -> None:
    decision = classifier.classify(RECORDS[3])
    conflicts, none = make_blocks(decision, "clinician", "card", ["conflicts", "no_options"])
    assert isinstance(conflicts, ItemList)
    reader = Reader(classifier.ruleset)
    assert conflicts.title == "Contradictions"
    assert [item.about for item in conflicts.items] == [
        " and ".join(map(reader.words, one.facts)) for one in decision.conflicts
    ]
    assert none == Sentences("no_options", (reader.says("no_options"),))
    assert str(Item("b", "a")) == "a: b"
    assert str(Item("b")) == "b"


def test_titles_differ_by_form_only_where_they_are_meant_to(classifier: Classifier) -> None:
    reader = Reader(classifier.ruleset)
    said = {form: reader.title(form, "warnings") for form in ("text", "page", "card", "any")}
    assert said == {"text": "Check", "page": "Check", "card": "Please check", "any": "Check"}


def test_a_reader_is_told_at_their_level_and_a_text_that_is_not_there_is_an_error(
    classifier: Classifier,
) -> None:
    rules, reader = classifier.ruleset, Reader(classifier.ruleset)
    levels = ("clinician", "student", "plain")
    assert len({Reader(rules, level).says("headlines", "not_applicable") for level in levels}) == 3
    assert reader.says("remission", number=2) == "This is remission number 2."
    assert reader.heading("cbc") == "Complete blood count"
    assert reader.words("isolated_cns_relapse") == "isolated CNS relapse"
    assert reader.value("marrow_blast_percent", "5") == "5 %"
    assert reader.margin("-0.1") == ", 0.1 below the limit"
    with pytest.raises(KeyError):
        reader.says("headlines", "nothing")
