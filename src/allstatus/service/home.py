"""The home page: what this is, which rules are loaded, and a place to try a record."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from string import Template

from allstatus.service.desk import Desk
from allstatus.service.examples import RECORD

FOLDER = Path(__file__).parent


def home_page(desk: Desk) -> str:
    """The page as HTML; it needs `home.css` and `home.js` of the same folder and nothing else."""
    rows = "".join(
        f"<tr><th scope=row>{escape(c.ruleset.title)}<td>{escape(c.ruleset.id)}<td>{escape(c.ruleset.version)}"
        f"<td><code>{c.ruleset.digest}</code><td><a href='{escape(c.ruleset.source['url'])}'>{escape(c.ruleset.source['title'])}</a>"
        for c in desk.classifiers.values()
    )
    return Template((FOLDER / "home.html").read_text("utf-8")).substitute(
        rules=rows, notice=escape(desk.default.ruleset.notice), example=escape(json.dumps(RECORD, indent=1)),
        token="hidden" if desk.config.insecure_dev else "",
    )  # fmt: skip
