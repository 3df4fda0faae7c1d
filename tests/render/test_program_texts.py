"""The program's texts in another language: one file, complete, and found by the language."""

from pathlib import Path

import pytest

from allstatus.commands.texts import books
from allstatus.errors import RulesError
from allstatus.render.program_texts import FOLDER, Book, program_faults, program_translation
from allstatus.rules.language_texts import languages_in

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
