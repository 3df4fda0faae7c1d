"""The detail of a card: an explanation's blocks as GitHub Markdown, short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allstatus.render.blocks import (
    AgentFit,
    Block,
    DecidedBy,
    FactRow,
    Facts,
    ItemList,
    ListedOption,
    OpenQuestions,
    Options,
    Sentences,
)
from allstatus.render.reader import Reader
from allstatus.render.words import edition
from allstatus.service.markdown import bullets, safe


def lay_out(block: Block, reader: Reader) -> Iterable[str]:
    """A block as lines of Markdown."""
    match block:
        case Sentences():
            return [line for text in block.sentences for line in (text, "")]
        case ItemList(kind="possible"):
            outcomes = ", ".join(map(str, block.items))
            return [reader.says("still_possible", outcomes=outcomes), ""]
        case ItemList():
            return bullets(block.title.rstrip(":"), _items(block))
        case Facts():
            return bullets(block.title, _decisive(block, reader))
        case OpenQuestions():
            return bullets(block.title, _questions(block, reader))
        case Options():
            return _options(block)
        case DecidedBy():
            return _source(block, reader)
    return ()


def _items(block: ItemList) -> list[str]:
    """The items of a list; what comes from a chart is made safe."""
    if block.kind in ("assumptions", "conflicts", "warnings"):
        about = block.kind == "assumptions"
        return [f"{item.about}: " * about + safe(item.text) for item in block.items]
    return [item.text for item in block.items]


def _decisive(block: Facts, reader: Reader) -> list[str]:
    """The facts with their sources; what is assumed stands in a list of its own."""
    return [
        f"{row.name}: {safe(row.words)}{_sources(row, reader)}"
        for row in block.rows
        if row.state != "assumed"
    ]


def _sources(row: FactRow, reader: Reader) -> str:
    used = row.used
    shown = [safe(f"{one.title or one.source} {one.sent} {one.date}") for one in used[:3]]
    shown += [reader.says("card", "more_evidence")] if len(used) > 3 else []
    return f" ({'; '.join(shown)})" if shown else ""


def _questions(block: OpenQuestions, reader: Reader) -> list[str]:
    first = f" {reader.says('card', 'first')}"
    return [
        reader.says("card", "question", question=entry.question, tests="; ".join(entry.answered_by))
        + first * entry.first
        for entry in block.questions
    ]


def _options(block: Options) -> tuple[str, ...]:
    """The listed treatments with whom their stated uses fit; those that do not fit come last, with
    the reason.
    """
    fitting = [option for _, group in block.categories for option in group]
    return (
        *bullets(block.title, [_with_fit(option) for option in fitting]),
        *bullets(block.not_fitting_title, [_with_fit(option) for option in block.not_fitting]),
    )


def _with_fit(option: ListedOption) -> str:
    return "\n  - ".join([str(option), *(safe(_fit(agent)) for agent in option.by_agent)])


def _fit(one: AgentFit) -> str:
    """Whether an agent's stated use fits, and by which source; what others say of it stands on the
    explanation page.
    """
    asked = " ".join(ask.question for ask in one.agent.asks)
    why = asked if one.agent.applicability == "needs_data" else one.agent.because
    return f"{one.agent.title}: {one.fit}: {why} ({one.agent.cite.title})"


def cite_words(reader: Reader, section: str, sentence: str | None) -> str:
    """Where on the page something stands: section and fingerprint of its sentence."""
    if not sentence:
        return reader.says("source", "section", section=section)
    return reader.says("source", "sentence", section=section, sentence=sentence[:12])


def _source(block: DecidedBy, reader: Reader) -> Iterator[str]:
    rules, page, cite = block.rules, block.rules.source, block.cite
    about = {"title": page.title, "url": page.url, "reviewed": page.last_reviewed}
    source = reader.says("card", "source", **about)
    yield f"{source}; {cite_words(reader, cite.section, cite.sentence)}." if cite else f"{source}."
    yield ""
    yield reader.says("card", "rules", notice=block.notice, **edition(rules))
