"""The home page: what this is, which rules are loaded, and a place to try a record."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from string import Template

from allstatus.render.words import any_of, short_titles
from allstatus.rules.ruleset import RuleSet
from allstatus.service.openapi_bodies import RECORD
from allstatus.service.state import ServiceState

FOLDER = Path(__file__).parent


def _described(rules: RuleSet) -> str:
    link = f"<a href='{escape(rules.source['url'])}'>{escape(rules.source['title'])}</a>"
    source = f"{link}, reviewed {escape(rules.source['last_reviewed'])}"
    said = {
        "Id": escape(rules.id),
        "Version": escape(rules.version),
        "SHA-256": f"<code>{rules.digest}</code>",
        "Source": source,
    }
    listed = "".join(f"<dt>{name}<dd>{text}" for name, text in said.items())
    return f"<h3>{escape(rules.title)}</h3>\n<dl>{listed}</dl>"


def home_page(desk: ServiceState) -> str:
    """The page as HTML; it needs `home.css` and `home.js` of the same folder and nothing else."""
    rules = desk.default.ruleset
    loaded = "\n".join(_described(classifier.ruleset) for classifier in desk.classifiers.values())
    return Template((FOLDER / "home.html").read_text("utf-8")).substitute(
        rules=loaded,
        disease=escape(rules.population["diagnosis"]),
        statuses=escape(any_of(short_titles(rules))),
        notice=escape(rules.notice),
        example=escape(json.dumps(RECORD, indent=1)),
        token="hidden" if desk.config.insecure_dev else "",
    )
