"""Texts in another language: a file that keeps beside each text the digest of the English it
translates, so that a text nobody translated, or whose English changed since, is found.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from allstatus.errors import RulesError
from allstatus.record.frozen import Frozen
from allstatus.record.value_class import value_class
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.shape_problems import shape_problems

ENGLISH = "en"
FOLDER = "texts"  # of a rule set; what stands there decides nothing and is in no digest
ENGLISH_MARK = "[en] "  # before a text that is shown in English for want of another
LISTED = "words"  # a key whose list is one text: the words are not translated one by one
_PLACES = re.compile(r"\{.*?\}")
Keys = tuple[str, ...]
IsText = Callable[[Keys], bool]


@value_class
class LanguageTexts(Frozen):
    """The texts of one file in another language, by path: digest of the English, and what is
    said.
    """

    language: str
    notice: str
    same: tuple[str, ...]
    texts: Mapping[str, tuple[str, str]]

    def said(self, path: str, english: str) -> str:
        """A text in this language; the English, marked as such, where it has no text of it."""
        of, say = self.texts.get(path, ("", ""))
        return say if of == text_digest(english) else f"{ENGLISH_MARK}{english}"

    def applied(self, data: Any, is_text: IsText, prefix: Keys = ()) -> Any:
        """The same data with every text of it in this language."""
        if isinstance(data, str):
            return self.said(".".join(prefix), data) if is_text(prefix) else data
        if isinstance(data, Mapping):
            return {k: self.applied(v, is_text, (*prefix, k)) for k, v in data.items()}
        if isinstance(data, list) and prefix[-1:] == (LISTED,) and is_text(prefix):
            return self.said(".".join(prefix), "; ".join(data)).split("; ")
        if isinstance(data, list):
            return [self.applied(one, is_text, key) for key, one in _items(data, prefix)]
        return data

    def faults(self, english: Mapping[str, str]) -> Iterator[str]:
        """What is missing, stale, left over, the English itself, or has other `{places}`."""
        for path, text in english.items():
            of, say = self.texts.get(path, ("", ""))
            shown = json.dumps(text, ensure_ascii=False)
            wanted = f'"{path}": {{of: "{text_digest(text)}", say: {shown}}}'
            if not of:
                yield f"missing: {wanted}"
            elif of != text_digest(text):
                yield f"stale, the English is another now: {wanted}"
            elif sorted(_PLACES.findall(text)) != sorted(_PLACES.findall(say)):
                yield f"'{path}' has other places in braces than the English: {wanted}"
            elif say == text and path not in self.same:
                yield f"'{path}' is the English text; translate it, or list it under `same`"
        for path in self.texts:
            if path not in english:
                yield f"'{path}' is no text; remove it"


def text_digest(text: str) -> str:
    """The digest by which a translation names the English it translates."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def texts_in(data: Any, is_text: IsText, prefix: Keys = ()) -> Iterator[tuple[str, str]]:
    """The path and the English of every text in a file's data."""
    if isinstance(data, str):
        if is_text(prefix):
            yield ".".join(prefix), data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from texts_in(value, is_text, (*prefix, key))
    elif isinstance(data, list):
        if prefix[-1:] == (LISTED,) and is_text(prefix):
            yield ".".join(prefix), "; ".join(data)
            return
        for key, one in _items(data, prefix):
            yield from texts_in(one, is_text, key)


def read_translation(path: Path) -> LanguageTexts:
    """A language's file; raises RulesError with file and line where it is none."""
    file = YamlFile(path, path.parent.parent)
    if problems := [*file.problems, *shape_problems(file, "texts")]:
        raise RulesError(problems)
    from allstatus.rules.text_shapes import TextsShape

    shape = TextsShape.model_validate(file.data)
    unread = ", ".join(term.term for term in shape.terms if term.verified == "no")
    texts = {name: (said.of, said.say) for name, said in shape.texts.items()}
    notice = shape.notice.format(terms=unread)
    return LanguageTexts(shape.language, notice, tuple(shape.same), texts)


def languages_in(folder: Path) -> list[str]:
    """The languages that a folder has files of, and English, which is there without one."""
    return sorted({ENGLISH, *(path.stem for path in folder.glob("*.yaml"))})


def find_translation(folder: Path, language: str, whose: str) -> LanguageTexts | None:
    """The file of a language in a folder, None for English; raises RulesError, naming the languages
    there are, for one without a file.
    """
    if language == ENGLISH:
        return None
    known = languages_in(folder)
    if language not in known:
        raise RulesError(
            [f"{whose}: there are no texts in '{language}'; choose one of: {', '.join(known)}"]
        )
    return read_translation(folder / f"{language}.yaml")


def _items(items: list[Any], prefix: Keys) -> Iterator[tuple[Keys, Any]]:
    """The items of a list with their paths: an entry's `id`, else its place."""
    for number, one in enumerate(items):
        named = one.get("id") if isinstance(one, Mapping) else None
        yield (*prefix, str(named or number)), one
