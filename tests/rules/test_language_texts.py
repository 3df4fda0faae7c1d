"""Texts in another language: looked up by path, told apart by the digest of their English."""

from pathlib import Path

import pytest

from allstatus.errors import RulesError
from allstatus.rules.language_texts import (
    LanguageTexts,
    find_translation,
    languages_in,
    read_translation,
    text_digest,
    texts_in,
)

DATA = {
    "title": "A title",
    "parts": [{"id": "first", "title": "At {limit}"}, {"title": "Second"}],
    "words": ["one", "two words"],
    "code": "C91.0",
}


def is_text(keys: tuple[str, ...]) -> bool:
    return keys[-1] in ("title", "words")


ENGLISH = dict(texts_in(DATA, is_text))
SAID = {"title": "Un título", "parts.first.title": "En {limit}", "words": "uno; dos palabras"}


def translation(**changed: str) -> LanguageTexts:
    said = {**SAID, **changed}
    texts = {path: (text_digest(ENGLISH.get(path, "")), say) for path, say in said.items()}
    return LanguageTexts("es", "", (), texts)


def test_texts_are_found_by_path_an_entry_by_its_id() -> None:
    assert ENGLISH == {
        "title": "A title",
        "parts.first.title": "At {limit}",
        "parts.1.title": "Second",
        "words": "one; two words",
    }


def test_what_has_no_text_of_its_own_is_shown_in_english_and_marked() -> None:
    assert translation().applied(DATA, is_text) == {
        "title": "Un título",
        "parts": [{"id": "first", "title": "En {limit}"}, {"title": "[en] Second"}],
        "words": ["uno", "dos palabras"],
        "code": "C91.0",
    }


def test_what_translates_another_english_is_shown_in_english_too() -> None:
    assert translation().said("title", "Another title") == "[en] Another title"


def test_everything_wrong_with_a_translation_is_told() -> None:
    changed = {"parts.first.title": "En {limite}", "parts.1.title": "Second", "gone": "Ido"}
    stale = {**ENGLISH, "title": "A new title", "more": "More"}
    assert list(translation(**changed).faults(stale)) == [
        f'stale, the English is another now: "title": '
        f'{{of: "{text_digest("A new title")}", say: "A new title"}}',
        f"'parts.first.title' has other places in braces than the English: "
        f'"parts.first.title": {{of: "{text_digest("At {limit}")}", say: "At {{limit}}"}}',
        "'parts.1.title' is the English text; translate it, or list it under `same`",
        f'missing: "more": {{of: "{text_digest("More")}", say: "More"}}',
        "'gone' is no text; remove it",
    ]


def write(folder: Path, text: str) -> Path:
    path = folder / "texts" / "xx.yaml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    return path


def test_terms_that_were_read_nowhere_stand_in_the_notice(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'language: xx\nname: x\nnotice: "A draft. Unconfirmed: {terms}."\ntexts: {}\nterms:\n'
        "  - {term: uno, means: one, source: a page}\n"
        '  - {term: dos, means: two, verified: "no"}\n',
    )
    assert read_translation(path).notice == "A draft. Unconfirmed: dos."


def test_a_file_of_another_shape_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 'language: xx\nname: x\nnotice: ""\ntexts:\n  title: Título\n')
    with pytest.raises(RulesError, match=r"texts/xx.yaml:5: "):
        read_translation(path)


def test_an_unknown_language_is_answered_with_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, 'language: xx\nname: x\nnotice: ""\ntexts: {}\n')
    folder = tmp_path / "texts"
    assert languages_in(folder) == ["en", "xx"]
    assert find_translation(folder, "en", "ours") is None
    with pytest.raises(RulesError, match="ours: there are no texts in 'fr'; choose one of: en, xx"):
        find_translation(folder, "fr", "ours")
