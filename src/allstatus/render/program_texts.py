"""The program's texts for readers: English in a file of the room that says them, each other
language in one file for the whole program, looked up by language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from allstatus.record.frozen import freeze
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.language_texts import (
    ENGLISH,
    Keys,
    LanguageTexts,
    find_translation,
    languages_in,
    texts_in,
)

FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True, eq=False)  # by identity, which is quick to look up
class Book:
    """One file of English texts; `keys` are those under which its texts stand, one or in a list;
    none where all of it is text.
    """

    name: str
    file: Path
    keys: frozenset[str] = frozenset()

    def texts(self, language: str = ENGLISH) -> Any:
        """Its texts as the file has them, in a language; marked English where that lacks one."""
        return _texts(self, language)

    def english(self) -> dict[str, str]:
        """Every text by its path."""
        return dict(texts_in(_read(self.file), self.is_text, (self.name,)))

    def is_text(self, path: Keys) -> bool:
        """Whether what stands at a path is a text for readers."""
        return not self.keys or (not self.keys.isdisjoint(path[-2:]) and "cite" not in path)


@cache
def program_translation(language: str) -> LanguageTexts | None:
    """The program's texts in a language, None in English; raises RulesError where there are
    none.
    """
    return find_translation(FOLDER, language, "allstatus")


def program_faults(language: str, books: Iterable[Book]) -> list[str]:
    """What a language's file lacks or has wrongly; raises RulesError where there is no file."""
    translation = program_translation(language)
    english = {path: text for book in books for path, text in book.english().items()}
    return [] if translation is None else list(translation.faults(english))


@cache
def _texts(book: Book, language: str) -> Any:
    data = _read(book.file)
    known = language in languages_in(FOLDER)
    translation = program_translation(language) if known else LanguageTexts(language, "", (), {})
    said = data if translation is None else translation.applied(data, book.is_text, (book.name,))
    return freeze(said)


def _read(file: Path) -> Any:
    return YamlFile(file, file.parent).data
