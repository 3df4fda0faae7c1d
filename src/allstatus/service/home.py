"""The home page: what this is, which rules are loaded, and a place to try a record."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.render.messages import home_texts, refusal_texts
from allstatus.render.reader import Reader
from allstatus.render.words import short_titles
from allstatus.rules.ruleset import RuleSet
from allstatus.service.openapi_bodies import RECORD

FOLDER = Path(__file__).parent


def home_page(rules: RuleSet, loaded: Iterable[Classifier], *, open_to_all: bool) -> str:
    """The page as HTML, in the language of the rules; it needs `home.css` and `home.js` of the same
    folder and nothing else. `open_to_all`: no token is asked for.
    """
    said = home_texts(rules)
    titles = short_titles(rules)
    statuses = said["or"].join(filter(None, (", ".join(titles[:-1]), titles[-1])))
    asks = said["asks"].format(disease=Reader(rules).disease, statuses=statuses)
    texts = {name: escape(text) for name, text in said.items()} | {
        "asks": escape(asks),
        "without_script": escape(said["without_script"]).format(
            address="<code>POST /explain</code>"
        ),
    }
    return Template((FOLDER / "home.html").read_text("utf-8")).substitute(
        texts,
        language=rules.language,
        direction=Reader(rules).says("direction"),
        loaded="\n".join(_described(one.ruleset, said) for one in loaded),
        notice=escape(rules.notice),
        example=escape(json.dumps(RECORD, indent=1)),
        refusals=escape(json.dumps(dict(refusal_texts(rules)))),
        hidden="hidden" if open_to_all else "",
    )


def refused_page(rules: RuleSet, status: int) -> str:
    """What a reader is shown in the place of an explanation, in the language of the rules."""
    said = refusal_texts(rules)
    return Template((FOLDER / "refused.html").read_text("utf-8")).substitute(
        language=rules.language,
        direction=Reader(rules).says("direction"),
        why=escape(said.get(str(status), said["other"])),
    )


def _described(rules: RuleSet, said: Any) -> str:
    link = f"<a href='{escape(rules.source['url'])}'>{escape(rules.source['title'])}</a>"
    reviewed = escape(rules.source["last_reviewed"])
    shown = {
        said["id"]: escape(rules.id),
        said["version"]: escape(rules.version),
        "SHA-256": f"<code>{rules.digest}</code>",
        said["source"]: escape(said["reviewed"]).format(page=link, date=reviewed),
    }
    listed = "".join(f"<dt>{escape(name)}<dd>{text}" for name, text in shown.items())
    return f"<h3>{escape(rules.title)}</h3>\n<dl>{listed}</dl>"
