"""Which parts of a rule set's files are texts for readers, and the same in another language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.language_texts import (
    FOLDER,
    LISTED,
    IsText,
    Keys,
    LanguageTexts,
    find_translation,
    texts_in,
)
from allstatus.rules.ruleset import RuleSet

TEXT = {"because", "note", "notice", "otherwise", "question", "says", "sentence", "text", "title"}
NO_TEXT = {"also_cited", "cite", "examples", "near", "source", "values", "when"}
NAMES, HISTORIES = "names", "histories"
OF_A_HISTORY = ("title", "when", "note")
Files = Mapping[str, YamlFile]
Folders = Mapping[str, list[YamlFile]]


def is_rule_text(keys: Keys) -> bool:
    """Whether what stands at a path of a rule set, but its guidance, is a text for readers."""
    if keys[0] == HISTORIES:
        return keys[-1] in OF_A_HISTORY
    inside = set(keys[1:])
    return not inside & NO_TEXT and bool(inside & TEXT or keys[-1] == LISTED)


def texts_of(prefix: Keys, file: YamlFile) -> IsText:
    """Which parts of a file are texts for readers: of the guidance the names of tests, and what is
    told of disease at a place.
    """
    if prefix != ("guidance",):
        return is_rule_text
    told = {one["id"] for entries in file.data.values() for one in entries if "sites" in one}
    return lambda keys: keys[-1] == "title" and (keys[1] == "tests" or keys[2] in told)


def translate_files(
    directory: Path, language: str, files: Files, folders: Folders
) -> LanguageTexts | None:
    """Put a language's texts in the place of the English ones in a rule set's files as read; None
    for English. Raises RulesError where the rule set has no such language.
    """
    translation = find_translation(directory / FOLDER, language, directory.name)
    if translation is not None:
        for prefix, file in _prefixed(files, folders):
            file.data = translation.applied(file.data, texts_of(prefix, file), prefix)
    return translation


def in_language(rules: RuleSet, translation: LanguageTexts) -> RuleSet:
    """A rule set of translated files, with what is told of the translation in its notice and the
    names of its facts, values and regions.
    """
    names = {
        path.removeprefix(f"{NAMES}."): translation.said(path, english)
        for path, english in _names(rules).items()
    }
    notice = f"{translation.notice} {rules.notice}"
    return replace(rules, language=translation.language, names=names, notice=notice)


def rule_texts(rules: RuleSet, files: Files, folders: Folders) -> dict[str, str]:
    """Every text of a rule set by its path, in English."""
    found = {
        path: text
        for prefix, file in _prefixed(files, folders)
        for path, text in texts_in(file.data, texts_of(prefix, file), prefix)
    }
    return found | _names(rules)


def _prefixed(files: Files, folders: Folders) -> Iterator[tuple[Keys, YamlFile]]:
    """The files with the beginning of their texts' paths."""
    yield from (((name,), file) for name, file in files.items())
    for kind, inside in folders.items():
        yield from (((kind, file.data["status"]), file) for file in inside)


def _names(rules: RuleSet) -> dict[str, str]:
    """The names of facts, their values, regions and categories, in English the words of their
    identifiers.
    """
    named = [
        (fact.name, *value)
        for fact in rules.facts.values()
        for value in ((), *((value,) for value in fact.values))
    ]
    named += [(name,) for name in (*rules.regions, *rules.categories)]
    return {".".join((NAMES, *path)): path[-1].replace("_", " ") for path in named}
