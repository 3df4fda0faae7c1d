"""What the program told in English of a chart, of agents' stated uses and of other definitions, in
the language of a reader.

A decision keeps these sentences in English, as it was made and as it is kept. Each is recognised
by its form (`kept_texts.yaml`) and said by the form of the language; what has none is marked as
English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from allstatus.render.messages import MESSAGES
from allstatus.render.program_texts import Book, program_translation
from allstatus.rules.editions import rules_home
from allstatus.rules.indications import FOLDER
from allstatus.rules.language_texts import (
    ENGLISH,
    ENGLISH_MARK,
    find_translation,
    text_digest,
)
from allstatus.rules.language_texts import FOLDER as TEXTS
from allstatus.rules.ruleset import RuleSet

TOLD = Book("told", Path(__file__).parent / "kept_texts.yaml")
ANSWERS = "messages.answers."  # told in the language of the rules when a decision is made
LONGEST = 2000  # characters of a sentence that is looked up; the longer hold what somebody sent
SHOWN = {
    "overlay.yaml": ("notice",),
    "criteria.yaml": ("title", "otherwise"),
    "facts.yaml": ("question", "answered_by"),
    "agents/*.yaml": ("says",),
}
_PLACE = re.compile(r"\{(\w+)\}")
# what a place in a form may hold, by its name or how that begins; the others hold anything
_PATTERNS = {
    "told_settle": "((?:say|sign) .+)",
    "told_question": r"(.+?\?)",
    "told_limit": r"([^()]+)",
    "day": r"(\d.*?)",
    "number": r"(-?\d[\d.,/]*)",
    "source": "((?!is |has |the )[^:]+)",
    "unit": r"(\S+)",
}
Form = tuple[re.Pattern[str], tuple[str, ...], str]


def stated_use_books() -> tuple[Book, ...]:
    """The files of stated uses, with what a reader meets of each."""
    home = rules_home() / FOLDER
    return tuple(
        Book(f"{FOLDER}.{file.stem}", file, frozenset(keys))
        for pattern, keys in SHOWN.items()
        for file in sorted(home.glob(pattern))
    )


def told(text: str, rules: RuleSet) -> str:
    """A sentence in the language of the rules; in English, marked as such, where that has no form
    for it. What the rules themselves say is in their language already.
    """
    if rules.language == ENGLISH or not text:
        return text
    return _said(text, rules.language, rules.directory) or f"{ENGLISH_MARK}{text}"


def told_or_same(text: str, rules: RuleSet) -> str:
    """The same, of what may be no sentence but a value, which then stays as it is."""
    known = rules.language != ENGLISH and _said(text, rules.language, rules.directory)
    return known or text


@lru_cache(maxsize=4096)  # a sentence's parts are tried by many forms, and the same few come again
def _said(text: str, language: str, directory: Path) -> str | None:
    if len(text) > LONGEST:
        return None
    sentences, forms = _known(language, directory)
    if known := sentences.get(text) or sentences.get(text_digest(text)):
        return known
    for pattern, places, say in forms:
        if found := pattern.fullmatch(text):
            parts = _parts(zip(places, found.groups(), strict=True), language, directory)
            if parts is not None:
                return say.format(**parts)
    return None


def _parts(
    found: Iterable[tuple[str, str]], language: str, directory: Path
) -> dict[str, str] | None:
    """What stands at each place of a form, in the language; None where one has no form itself."""
    parts = {}
    for name, part in found:
        said = _said(part, language, directory) if name.startswith("told") else part
        if said is None:
            return None
        parts[name] = said
    return parts


@cache
def _known(language: str, directory: Path) -> tuple[dict[str, str], tuple[Form, ...]]:
    """The whole sentences and the forms with places, those of the most own words first."""
    said = [pair for book in (TOLD, *stated_use_books()) for pair in _pairs(book, language)]
    said += [(say, say) for _, say in _pairs(MESSAGES, language, ANSWERS)]
    whole = {english: say for english, say in said if not _PLACE.search(english)}
    own = find_translation(directory / TEXTS, language, directory.name)
    whole |= _own(own.texts) if own is not None else {}
    forms = [(english, say) for english, say in said if _PLACE.search(english)]
    forms.sort(key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return whole, tuple(_form(english, say) for english, say in forms)


def _own(texts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """What a rule set says itself, as it is, and in place of the English by its digest; and its
    statuses as sentences name them.
    """
    titles = {
        path.split(".")[1].replace("_", " "): say
        for path, (_, say) in texts.items()
        if path.startswith("statuses.") and path.endswith(".title")
    }
    return dict(texts.values()) | {say: say for _, say in texts.values()} | titles


def _pairs(book: Book, language: str, under: str = "") -> Iterator[tuple[str, str]]:
    """The English and what is said instead, of a book's texts whose paths begin so."""
    translation = program_translation(language)
    if translation is None:
        return
    for path, english in book.english().items():
        say = translation.said(path, english)
        if path.startswith(under) and not say.startswith(ENGLISH_MARK):
            yield english, say


def _form(english: str, say: str) -> Form:
    pieces = _PLACE.split(english)
    places = tuple(pieces[1::2])
    pattern = "".join(
        re.escape(piece) if number % 2 == 0 else _pattern(piece)
        for number, piece in enumerate(pieces)
    )
    return re.compile(pattern, re.DOTALL), places, say


def _pattern(place: str) -> str:
    return _PATTERNS.get(place) or _PATTERNS.get(place.partition("_")[0], "(.+?)")
