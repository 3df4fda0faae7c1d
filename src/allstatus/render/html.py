"""Decisions as one self-contained HTML page: no network, no script, to read on a screen, by ear or
on paper.

The only module that imports jinja2, which escapes everything that is put into the page.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from allstatus.decision.decision import Decision
from allstatus.errors import MissingExtra
from allstatus.render.blocks import Block, Kind, Sentences
from allstatus.render.listed_options import fit_lines
from allstatus.render.make_blocks import make_blocks
from allstatus.render.printable import unbroken
from allstatus.render.reader import Reader
from allstatus.render.words import MARK, sentence_case

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent
FULL: tuple[Kind, ...] = (
    *("definitions", "reasons", "finding", "event", "correction"),
    *("elsewhere", "facts", "irrelevant"),
)
KINDS: tuple[Kind, ...] = (
    *("headline", "messages", "may_be", "remission", "away", "possible", "conflicts"),
    *("warnings", "diagnoses", "questions", "thresholds", "options", "no_options"),
    *("assumptions", "source", *FULL),
)
OUTCOME_SIGN = {
    "determined": "✓",
    "outside_definitions": "∅",
    "insufficient_data": "?",
    "conflicting_data": "≠",
    "not_applicable": "–",
}
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def render_html(decisions: Sequence[Decision], *, level: str = "clinician") -> str:
    """One page with an article for each decision, all by one rule set; an index where there are
    several.

    Raises MissingExtra where jinja2 is not installed, ValueError without a decision.
    """
    if not decisions:
        raise ValueError("there is no decision to show")
    reader = Reader(decisions[0].rules, level)
    kinds = [kind for kind in KINDS if level != "plain" or kind not in FULL]
    articles = [_by_kind(make_blocks(one, level, "page", kinds)) for one in decisions]
    return _template().render(
        articles=articles,
        source=articles[0]["source"],
        title=decisions[0].rules.title,
        reader=reader,
        say=partial(_say, reader),
    )


def _by_kind(blocks: Sequence[Block]) -> dict[Kind, Block | None]:
    return {**dict.fromkeys(KINDS), **{block.kind: block for block in blocks}}


def _say(reader: Reader, *path: str, **parts: object) -> str:
    """A text of the program's own, which stands as it is, with what is put into it escaped."""
    from markupsafe import Markup

    return Markup(unbroken(Markup(reader.says(*path)).format(**parts)))


def _shown(text: str) -> str:
    return unbroken(_UNPRINTABLE.sub("\ufffd", text))


def _sentences(block: Sentences | None) -> tuple[str, ...]:
    return block.sentences if block else ()


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ModuleNotFoundError:
        raise MissingExtra("jinja2", "html") from None
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _shown(value) if type(value) is str else value,
    )
    style = (FOLDER / "page.css").read_text("utf-8")
    style_digest = b64encode(sha256(style.encode()).digest()).decode()
    environment.globals.update(
        style=Markup(style), style_digest=style_digest, MARK=MARK, OUTCOME_SIGN=OUTCOME_SIGN
    )
    environment.globals.update(fit_lines=fit_lines)
    environment.globals["sentences"] = _sentences
    environment.filters["capital"] = sentence_case
    return environment.get_template("page.html")
