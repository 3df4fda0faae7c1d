"""The program's texts in another language: one file, complete, and found by the language."""

import re
from itertools import product
from pathlib import Path

import pytest

from allstatus import load_rules
from allstatus.commands.texts import books
from allstatus.errors import RulesError
from allstatus.render.html import render_html
from allstatus.render.program_texts import FOLDER, Book, program_faults, program_translation
from allstatus.render.text import render_text
from allstatus.rules.language_texts import languages_in

EN, ES = (load_rules(engine="builtin", language=language) for language in ("en", "es"))
VALUES = {
    "prior_treatment": ("none", "disease_directed"),
    "prior_remission": (True, False),
    "cbc": ("normal", "abnormal"),
    "marrow_blast_percent": ("5", "60"),
    "signs_and_symptoms": ("absent", "present"),
    "leukemia_outside_marrow": ("absent", "present", None),
}
CELLS = [dict(zip(VALUES, cell, strict=True)) for cell in product(*VALUES.values())]
CITED = re.compile(r'class="cite[^"]*" href="([^"]*)" title="([^"]*)"')
BOOKS = {book.name: book for book in books()}


@pytest.mark.parametrize("language", [name for name in languages_in(FOLDER) if name != "en"])
def test_nothing_is_missing_stale_or_left_in_english(language: str) -> None:
    assert program_faults(language, books()) == []


def test_a_text_is_looked_up_by_its_language() -> None:
    said = {language: BOOKS["messages"].texts(language)["and"] for language in ("en", "es")}
    assert said == {"en": " and ", "es": " y "}


def test_a_language_that_only_a_rule_set_has_leaves_the_program_in_marked_english() -> None:
    assert BOOKS["messages"].texts("xx")["and"] == "[en]  and "


def test_all_of_a_file_is_text_where_no_keys_are_named(tmp_path: Path) -> None:
    file = tmp_path / "said.yaml"
    file.write_text("a: {title: One, code: Two}\n", "utf-8")
    assert Book("said", file).english() == {"said.a.title": "One", "said.a.code": "Two"}
    assert Book("said", file, frozenset({"title"})).english() == {"said.a.title": "One"}


def test_an_unknown_language_is_answered_with_those_there_are() -> None:
    with pytest.raises(RulesError, match="there are no texts in 'xx'; choose one of: en, es"):
        program_translation("xx")


def test_in_every_cell_plain_words_hold_no_english() -> None:
    for record in CELLS:
        said = render_text(ES.classify(record, applicability=False), level="plain")
        assert "[en]" not in said, said


@pytest.mark.parametrize("level", ["student", "plain"])
def test_in_every_cell_the_same_is_said_and_cited(level: str) -> None:
    for record in CELLS[::5]:
        english, spanish = (
            render_html([classifier.classify(record)], level=level) for classifier in (EN, ES)
        )
        assert CITED.findall(english) == CITED.findall(spanish)
        for tag in ("<li", "<h3", "<h4", "<tr", "<p"):
            assert english.count(tag) == spanish.count(tag), tag
        assert english.split("<body>")[1] != spanish.split("<body>")[1]
