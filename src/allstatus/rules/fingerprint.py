"""Point at a sentence of a page without copying it: section path and sentence fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SECTION_SEPARATOR = " > "

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_TARGET = re.compile(r"\((?:[^()\"]|\"[^\"]*\")*\)")  # (address "title"); it may hold brackets
_ENLARGE = re.compile(r"\[Enlarge\]" + _TARGET.pattern)
_IMAGE, _LINK = "![", "["
_ITEM = "- "
_EMPHASIS = re.compile(r"\*+")
_SPACE = re.compile(r"\s+")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BOLD_LINE = re.compile(r"\*\*([^*]+)\*\*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"]?\s+(?=[A-Z“\"])")
_BOLD_LEVEL = 7


@dataclass(frozen=True, slots=True)
class PageSentence:
    """One sentence of a page: `section` is the path of headings above it; `begins_item`, whether it
    is the first of an item of a list.
    """

    section: str
    text: str
    begins_item: bool = field(default=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the normalised sentence."""
        return fingerprint(self.text)

    @property
    def place(self) -> tuple[str, str]:
        """Section path and fingerprint, as a citation gives them."""
        return self.section, self.fingerprint


def normalise(text: str) -> str:
    """The sentence as it is compared: NFKC, no markup or links, white space and case folded."""
    return _plain(unicodedata.normalize("NFKC", text)).casefold()


def fingerprint(text: str) -> str:
    """SHA-256 (hex) of `normalise(text)`."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def page_sentences(markdown: str) -> Iterator[PageSentence]:
    """Every sentence of a Markdown page with its section path, in page order.

    A line that is only bold text counts as a heading below the last one; a list item is a
    sentence of its own (or several, when it holds several).
    """
    path: list[tuple[int, str]] = []
    for block, is_item in _blocks(_FRONT_MATTER.sub("", markdown)):
        heading = _heading(block)
        if heading is not None:
            path = [entry for entry in path if entry[0] < heading[0]] + [heading]
            continue
        section = SECTION_SEPARATOR.join(title for level, title in path if level > 1)
        for number, sentence in enumerate(_SENTENCE_END.split(_plain(block))):
            if normalise(sentence):
                yield PageSentence(section, sentence.strip(), is_item and number == 0)


def front_matter(markdown: str) -> dict[str, str]:
    """The one-line keys of a page's front matter, such as its title, address and review date."""
    found = _FRONT_MATTER.match(markdown)
    pairs = (line.partition(": ") for line in (found[0] if found else "").splitlines())
    return {key: value.strip().strip("'") for key, _, value in pairs if value and key.isalpha()}


def fitting(sentences: Iterable[PageSentence], words: str) -> list[PageSentence]:
    """The sentences that hold the words as they stand, else those that hold each of them."""
    asked, known = normalise(words), [(normalise(s.text), s) for s in sentences]
    exact = [sentence for text, sentence in known if asked in text]
    return exact or [s for text, s in known if all(word in text for word in asked.split())]


def cite_block(sentence: PageSentence) -> str:
    """The citation of a sentence as a rule file has it: section path and fingerprint."""
    section = json.dumps(sentence.section, ensure_ascii=False)
    return f"cite:\n  section: {section}\n  sentence: {sentence.fingerprint}"


def _plain(block: str) -> str:
    """A block without its links, images and emphasis, on one line."""
    text = _unlinked(_ENLARGE.sub("", block), _IMAGE)
    return _SPACE.sub(" ", _EMPHASIS.sub("", _unlinked(text, _LINK, keep=True))).strip()


def _unlinked(text: str, opening: str, *, keep: bool = False) -> str:
    """A text without its links, or with their texts only.

    One way through the text: what opens before a bracket that closes no link opens none.
    """
    parts, at = [], 0
    start = text.find(opening)
    while start >= 0 and (close := text.find("]", start + len(opening))) >= 0:
        inner = text[start + len(opening) : close]
        target = _TARGET.match(text, close + 1)
        if target is not None:
            parts += [text[at:start], inner if keep else ""]
            at = target.end()
        start = text.find(opening, at if target is not None else close + 1)
    return "".join(parts) + text[at:]


def _heading(block: str) -> tuple[int, str] | None:
    if match := _HEADING.fullmatch(block):
        return len(match[1]), _plain(match[2])
    if match := _BOLD_LINE.fullmatch(block):
        return _BOLD_LEVEL, _plain(match[1])
    return None


def _blocks(markdown: str) -> Iterator[tuple[str, bool]]:
    """Paragraphs, headings and list items, each with its wrapped lines joined, and whether it is an
    item.
    """
    lines: list[str] = []
    is_item = False
    for line in [*markdown.splitlines(), ""]:
        begins_item = line.lstrip().startswith(_ITEM)
        starts_block = not line.strip() or line.startswith("#") or begins_item
        if starts_block:
            if lines:
                yield " ".join(lines), is_item
            lines, is_item = [], begins_item
        if line.startswith("#"):
            yield " ".join(line.split()), False
        elif line.strip():
            lines.append(line.strip().removeprefix(_ITEM))
