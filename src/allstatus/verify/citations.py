"""Every place in a rule set that cites its page: which entry, which sentence, which line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allstatus.errors import RulesError
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.fingerprint import PageSentence
from allstatus.rules.lock import rule_files
from allstatus.verify.page_map import MAP_FILE, Place

_NAMED = {
    "criteria.yaml": "criterion",
    "thresholds.yaml": "threshold",
    "constraints.yaml": "constraint",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """An entry of the rules (`kind`, `name`) that rests on the sentence at `place`."""

    place: Place
    kind: str
    name: str
    file: str
    line: int

    @property
    def label(self) -> str:
        """The entry in words, such as `criterion cbc_normal`."""
        return f"{self.kind} {self.name}"


def read_citations(directory: Path) -> list[Citation]:
    """All citations of a rule-set folder, file by file; raises RulesError for a file that is not
    YAML.
    """
    paths = sorted(path for path in rule_files(directory) if path.name != MAP_FILE)
    files = [YamlFile(path, directory) for path in paths]
    if problems := [problem for file in files for problem in file.problems]:
        raise RulesError(problems)
    return [citation for file in files for citation in _walk(file, file.data, ())]


def labels(citations: Iterable[Citation]) -> list[str]:
    """The entries' labels, each once, in order."""
    return list(dict.fromkeys(citation.label for citation in citations))


def missing_citations(citations: Iterable[Citation], page: Iterable[PageSentence]) -> Iterator[str]:
    """A line for each citation of a sentence that the page does not have in that section."""
    sections: dict[str, list[str]] = {}
    for sentence in page:
        sections.setdefault(sentence.fingerprint, []).append(sentence.section)
    for citation in citations:
        section, fingerprint = citation.place
        if section not in (found := sections.get(fingerprint, [])):
            where = f"{citation.file}:{citation.line}: {citation.label} cites"
            yield (
                f"{where} a sentence that stands in another section of the page: '{found[0]}'"
                if found
                else f"{where} a sentence that the page does not have; find it with `allstatus "
                f"rules cite PAGE WORDS`"
            )


def _walk(file: YamlFile, value: Any, path: tuple[str | int, ...]) -> Iterator[Citation]:
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        if {"section", "sentence"} <= set(value):
            kind, name = _owner(file, path)
            yield Citation(
                (value["section"], value["sentence"]),
                kind,
                name,
                file.name,
                file.line((*path, "sentence")),
            )
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, item in items:
        yield from _walk(file, item, (*path, key))


def _owner(file: YamlFile, path: tuple[str | int, ...]) -> tuple[str, str]:
    """The kind and name of the entry that a path inside a file belongs to."""
    folder, _, name = file.name.partition("/")[2].rpartition("/")
    if folder == "statuses":
        return "status", str(file.data["status"])
    if folder == "options" and path[0] == "options":
        return "option", str(file.data["options"][path[1]]["id"])
    if folder == "options":
        return "options", str(file.data["status"])
    if name == "guidance.yaml":
        return "guidance", f"{path[0]}/{file.data[path[0]][path[1]]['id']}"
    return _NAMED.get(name, name.removesuffix(".yaml")), str(path[0])
