"""The page as the rules last saw it: every sentence's fingerprint in page order, kept in
coverage.yaml.

Beside each fingerprint stand a sketch, to find what an edited sentence has become, and for a
sentence that no rule cites the reason why it only informs. The page's own words are not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from allstatus.errors import RulesError, nearest
from allstatus.record.whole_files import write_files
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.fingerprint import PageSentence
from allstatus.rules.rule_shapes import CoverageShape
from allstatus.rules.shape_problems import shape_problems
from allstatus.verify.simhash import sketch

MAP_FILE = "coverage.yaml"
Place = tuple[str, str]  # section path, sentence fingerprint

_HEAD = """\
# yaml-language-server: $schema=../schema/coverage.schema.json
# Every sentence of the page, in page order, by fingerprint; the sketch finds what an edited one \
became.
# A sentence that no rule cites gives one of the reasons as its `informational`. Written by
# `allstatus rules coverage PAGE --update`, which keeps the reasons; edit only those.
"""


@dataclass(frozen=True, slots=True)
class MappedSentence:
    """One sentence of the page as it was; `informational` names a reason when no rule cites it."""

    section: str
    fingerprint: str
    sketch: str
    informational: str | None = None

    @property
    def place(self) -> Place:
        """Section path and fingerprint, as a citation gives them."""
        return self.section, self.fingerprint


@dataclass(frozen=True, slots=True)
class PageMap:
    """The page's sentences in order, and the reasons by name."""

    reasons: Mapping[str, str]
    sentences: tuple[MappedSentence, ...]


_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_page_map(directory: Path) -> PageMap:
    """Read coverage.yaml of a rule-set folder; raises RulesError with file and line."""
    if not (directory / MAP_FILE).is_file():
        remedy = f"write it with `allstatus rules coverage PAGE --rules {directory} --update`"
        raise RulesError(
            [
                f"{directory.name}/{MAP_FILE}:1: the file is missing, so the page as it was is not "
                f"known; {remedy}"
            ]
        )
    file = YamlFile(directory / MAP_FILE, directory)
    if problems := [*file.problems, *shape_problems(file, "coverage")]:
        raise RulesError(problems)
    shape = CoverageShape.model_validate(file.data)
    _refuse_unknown_reasons(file, shape)
    return PageMap(
        shape.reasons,
        tuple(
            MappedSentence(part.section, entry.sentence, entry.sketch, entry.informational)
            for part in shape.page
            for entry in part.sentences
        ),
    )


def _refuse_unknown_reasons(file: YamlFile, shape: CoverageShape) -> None:
    problems = [
        file.at(("reasons", name), f"'{name}' is no name (a-z, 0-9, _)")
        for name in shape.reasons
        if not _NAME.fullmatch(name)
    ]
    problems += [
        file.at(
            ("page", i, "sentences", j, "informational"),
            f"unknown reason '{entry.informational}'{nearest(entry.informational, shape.reasons)}; "
            f"name one of `reasons`",
        )
        for i, part in enumerate(shape.page)
        for j, entry in enumerate(part.sentences)
        if entry.informational is not None and entry.informational not in shape.reasons
    ]
    if problems:
        raise RulesError(problems)


def map_page(page: Iterable[PageSentence], old: PageMap, cited: Iterable[Place]) -> PageMap:
    """The page as it is now; a sentence keeps its reason, also when only its section changed.

    A new sentence gets no reason, so that coverage reports it until someone has read it.
    """
    by_place = {sentence.place: sentence.informational for sentence in old.sentences}
    by_sentence = {sentence.fingerprint: sentence.informational for sentence in old.sentences}
    spoken_for = set(cited)
    sentences = []
    for sentence in page:
        place = (sentence.section, sentence.fingerprint)
        reason = by_place.get(place, by_sentence.get(sentence.fingerprint))
        told = None if place in spoken_for else reason
        sentences.append(MappedSentence(*place, sketch(sentence.text), told))
    return PageMap(old.reasons, tuple(sentences))


def refuse_other_page(directory: Path, cited: Iterable[Place], page: Iterable[Place]) -> None:
    """Raise RulesError where coverage.yaml is there and fewer than half of the sentences cited
    stand on the page: it maps another one, and what was typed by hand would be lost.
    """
    places, here = set(cited), set(page)
    kept = len(places & here)
    if (directory / MAP_FILE).is_file() and 2 * kept < len(places):
        raise RulesError(
            [
                f"{directory.name}/{MAP_FILE}:1: of {len(places)} sentences that the rules cite "
                f"only {kept} stand on this page, so it maps another page; name another rule set "
                f"with --rules, or remove the file to begin anew"
            ]
        )


def write_page_map(directory: Path, page_map: PageMap) -> None:
    """Write coverage.yaml, one line a sentence."""
    write_files({directory / MAP_FILE: _HEAD + "\n".join(_lines(page_map)) + "\n"})


def _lines(page_map: PageMap) -> Iterator[str]:
    yield "reasons:" if page_map.reasons else "reasons: {}"
    for name, reason in page_map.reasons.items():
        yield f"  {name}: {_quoted(reason)}"
    yield "page:"
    for section, sentences in groupby(page_map.sentences, key=lambda sentence: sentence.section):
        yield f"  - section: {_quoted(section)}"
        yield "    sentences:"
        for sentence in sentences:
            reason = f", informational: {sentence.informational}" if sentence.informational else ""
            fingerprint, sketch = _quoted(sentence.fingerprint), _quoted(sentence.sketch)
            yield f"      - {{sentence: {fingerprint}, sketch: {sketch}{reason}}}"


def _quoted(text: Any) -> str:
    return json.dumps(text, ensure_ascii=False)
