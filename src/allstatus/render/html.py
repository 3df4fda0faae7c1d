"""Decisions as one self-contained HTML page: no network, no script, to read on a screen, by ear or
on paper.

The only module that imports jinja2, which escapes everything that is put into the page.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allstatus.decision.answer import UNDECIDED
from allstatus.decision.decision import Decision
from allstatus.decision.document import PARTS
from allstatus.errors import MissingExtra
from allstatus.render.definitions import definitions, why_not_words
from allstatus.render.messages import headline, may_be, messages
from allstatus.render.sections import (
    NO_OPTIONS,
    answers_away,
    answers_to_ask,
    change_ways,
    diagnoses_seen,
    evidence_words,
    fit_lines,
    option_note,
    options_by_category,
    options_not_fitting,
    reason_sets,
)
from allstatus.render.threshold import thresholds
from allstatus.render.words import MARK, STATE_WORDS, heading, outcome_titles, value_text, words

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent
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
    first = decisions[0]
    return _template().render(
        articles=[_article(decision, level) for decision in decisions],
        level=level,
        title=first.rules.title,
        rules=first.ruleset,
        applicability=first.applicability,
        engine=first.engine,
        notice=first.notice,
    )


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        raise MissingExtra("jinja2", "html") from None
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _UNPRINTABLE.sub("\ufffd", value) if type(value) is str else value,
    )
    style = (FOLDER / "page.css").read_text("utf-8")
    style_digest = b64encode(sha256(style.encode()).digest()).decode()
    environment.globals.update(
        style=Markup(style), style_digest=style_digest, MARK=MARK, STATE_WORDS=STATE_WORDS
    )
    environment.globals.update(
        heading=heading, option_note=option_note, fit_lines=fit_lines, NO_OPTIONS=NO_OPTIONS
    )
    environment.filters["words"] = words
    return environment.get_template("page.html")


def _article(decision: Decision, level: str) -> dict[str, Any]:
    """What the page says of one decision: its document, and the same in words."""
    rules, titles = decision.rules, outcome_titles(decision.rules)
    settled = decision.outcome not in ("insufficient_data", *UNDECIDED)
    return {
        **{name: getattr(decision, name) for name in PARTS},
        "sign": OUTCOME_SIGN[decision.outcome],
        "headline": headline(decision, level),
        "messages": [] if decision.outcome == "insufficient_data" else messages(decision, level),
        "may_be": may_be(decision, level),
        "remission_number": decision.remission_number,
        "possible": [titles[name] for name in decision.possible],
        "missing": list(zip(decision.missing, messages(decision, level), strict=True))
        if decision.missing
        else [],
        "answers": answers_to_ask(decision),
        "answers_away": answers_away(decision),
        "thresholds": list(thresholds(decision)),
        "definitions": list(definitions(rules, decision, titles)),
        "sections": {name: status.cite["section"] for name, status in rules.statuses.items()},
        "reasons": reason_sets(decision) if settled else [],
        "diagnoses": diagnoses_seen(decision),
        "why_not": why_not_words(rules, decision),
        "changes": change_ways(decision, "finding") if settled else [],
        "events": change_ways(decision, "event") if settled else [],
        "corrections": change_ways(decision, "correction") if settled else [],
        "categories": options_by_category(decision.options),
        "not_fitting": options_not_fitting(decision.options),
        "facts": [
            {
                "name": heading(name),
                "value": value_text(rules, name, fact.value),
                "state": fact.state,
                "evidence": [evidence_words(entry) for entry in fact.evidence],
            }
            for name, fact in decision.facts.items()
        ],
    }
