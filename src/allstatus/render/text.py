"""A decision as text a person likes to read, at 80 columns unless told otherwise, plain or in
colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allstatus.decision.answer import UNDECIDED
from allstatus.decision.decision import Decision
from allstatus.render.blocks import (
    Block,
    Changes,
    DecidedBy,
    Definitions,
    Headline,
    ItemList,
    Kind,
    ListedOption,
    OpenQuestions,
    Options,
    Sentences,
)
from allstatus.render.definitions import definition_lines
from allstatus.render.listed_options import fit_lines
from allstatus.render.make_blocks import make_blocks
from allstatus.render.printable import wrapped
from allstatus.render.reader import Reader
from allstatus.render.words import edition

WIDTH = 80
SHOWN_CHANGES = 3
KINDS: tuple[Kind, ...] = (
    *("headline", "away", "possible", "messages", "may_be", "remission", "conflicts"),
    *("definitions", "reasons", "why_not", "finding", "event", "correction"),
    *("options", "no_options", "elsewhere", "questions", "irrelevant"),
    *("diagnoses", "assumptions", "warnings", "source"),
)
NOT_PLAIN: frozenset[Kind] = frozenset(
    ("definitions", "reasons", "finding", "event", "correction", "elsewhere", "irrelevant")
)
COLOUR = {"✓": "\x1b[32m", "✗": "\x1b[31m", "?": "\x1b[33m"}
BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def render_text(
    decision: Decision, *, level: str = "clinician", colour: bool = False, width: int = WIDTH
) -> str:
    """The decision for a clinician, a student, or in plain words, in lines of at most `width`
    characters.
    """
    blocks = make_blocks(decision, level, "text", _kinds(decision, level))
    reader = Reader(decision.rules, level)
    return "\n".join(_Text(reader, colour, width).lines(blocks)) + "\n"


def _kinds(decision: Decision, level: str) -> list[Kind]:
    """What a text shows, in its order."""
    left_out: set[Kind] = set() if level == "student" else {"why_not"}
    left_out |= NOT_PLAIN if level == "plain" else set()
    left_out |= {"definitions"} if decision.outcome in UNDECIDED else set()
    return [kind for kind in KINDS if kind not in left_out]


class _Text:
    """Lays out blocks: a method for each type of them."""

    def __init__(self, reader: Reader, colour: bool, width: int) -> None:
        self.reader, self.colour, self.width = reader, colour, width

    def lines(self, blocks: Iterable[Block]) -> Iterator[str]:
        for block in blocks:
            yield from self._lay(block)

    def _lay(self, block: Block) -> Iterator[str]:
        match block:
            case Headline():
                yield from self._headline(block)
            case Sentences():
                yield from self._sentences(block)
            case ItemList():
                yield from self._items(block)
            case Changes():
                yield from self._changes(block)
            case Options():
                yield from self._options(block)
            case OpenQuestions():
                yield from self._questions(block)
            case Definitions():
                yield from self._definitions(block)
            case DecidedBy():
                yield from self._decided_by(block)

    def _headline(self, block: Headline) -> Iterator[str]:
        record = "" if block.record is None else f"{block.record}: "
        for line in self._wrap(f"{record}{block.text}"):
            yield self._paint(line, BOLD)

    def _sentences(self, block: Sentences) -> Iterator[str]:
        if block.kind == "no_options":
            yield ""
        for text in block.sentences:
            yield from self._wrap(text)

    def _items(self, block: ItemList) -> Iterator[str]:
        texts = [str(item) for item in block.items]
        if block.kind == "possible":
            outcomes = "; ".join(texts)
            yield from self._wrap(self.reader.says("still_possible", outcomes=outcomes))
        elif block.kind == "conflicts":
            yield from self._list(block.title, [item.about for item in block.items])
        elif block.title:
            yield from self._list(block.title, texts)
        else:
            for text in texts:
                yield from self._wrap(text, "", "  ")

    def _changes(self, block: Changes) -> Iterator[str]:
        items = []
        for title, ways in block.ways:
            items += [f"{title}: {way}" for way in ways[:SHOWN_CHANGES]]
            if len(ways) > SHOWN_CHANGES:
                more = self.reader.says("more", count=len(ways) - SHOWN_CHANGES)
                items.append(f"{title}: {more}")
        yield from self._list(block.title, items)

    def _definitions(self, block: Definitions) -> Iterator[str]:
        yield ""
        for mark, text, depth in definition_lines(block.definitions, self.reader):
            indent = "    " * depth
            if not mark:
                yield from self._wrap(text, f"{indent}    ")
                continue
            lines = wrapped(text, self.width - len(indent) - 2) or [""]
            first = self._paint(lines[0], BOLD) if depth == 0 else lines[0]
            yield f"{indent}{self._paint(mark, COLOUR[mark])} {first}"
            yield from (f"{indent}  {line}" for line in lines[1:])

    def _options(self, block: Options) -> Iterator[str]:
        yield from self._heading(block.title)
        groups = list(block.categories)
        groups += [(block.not_fitting_title, block.not_fitting)] if block.not_fitting else []
        for title, options in groups:
            yield from self._wrap(title, "  ")
            for option in options:
                yield from self._option(option)

    def _option(self, option: ListedOption) -> Iterator[str]:
        yield from self._wrap(f"- {option}", "    ", "      ")
        for line in fit_lines(option) if self.reader.level != "plain" else []:
            yield from self._wrap(line, "      ", "        ")

    def _questions(self, block: OpenQuestions) -> Iterator[str]:
        says = self.reader.says
        yield from self._heading(block.title)
        for entry in block.questions:
            first = f"  <- {says('text', 'first')}" if entry.first else ""
            yield from self._wrap(f"- {entry.question}{first}", "  ", "    ")
            yield from self._wrap(entry.why, "    ")
            tests = says("text", "answered_by", tests="; ".join(entry.answered_by))
            yield from self._wrap(tests, "    ", "      ")

    def _decided_by(self, block: DecidedBy) -> Iterator[str]:
        yield ""
        for text in _decided_by(block, self.reader):
            for line in self._wrap(text):
                yield self._paint(line, DIM)

    def _list(self, title: str, items: Iterable[str]) -> Iterator[str]:
        yield from self._heading(title)
        for item in items:
            yield from self._wrap(f"- {item}", "  ", "    ")

    def _heading(self, title: str) -> Iterator[str]:
        yield ""
        yield from (self._paint(line, BOLD) for line in self._wrap(title))

    def _paint(self, text: str, code: str) -> str:
        return f"{code}{text}{RESET}" if self.colour else text

    def _wrap(self, text: str, first: str = "", rest: str = "") -> list[str]:
        return wrapped(text, self.width, first, rest or first)


def _decided_by(block: DecidedBy, reader: Reader) -> Iterator[str]:
    rules, uses = block.rules, block.stated_uses
    yield reader.says("source", "rules", engine=block.engine, **edition(rules))
    source = rules.source
    yield reader.says("source", "page", title=source.title, reviewed=source.last_reviewed)
    if uses:
        notice = reader.told(uses.notice)
        yield reader.says("source", "stated_uses", notice=notice, **edition(uses))
    yield block.notice
