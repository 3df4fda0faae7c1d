"""The words of the page and of the exercises, all in one file, and values of facts in those
words.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from allstatus.record.percent import MARROW_GRADES
from allstatus.render.words import heading, words
from allstatus.rules.ruleset import Fact, RuleSet

FILE = Path(__file__).parent / "texts.json"
_COUNT = re.compile(r"(\d+)\s*/\s*(\d+)")


@cache
def texts() -> Any:
    """All texts; a translation is another file like it."""
    return json.loads(FILE.read_text("utf-8"))


def about(rules: RuleSet) -> str:
    """The page that was read and the rules that read it, in a sentence or two."""
    source = rules.source
    return str(texts()["page"]["source"]).format(
        title=source["title"],
        reviewed=source["last_reviewed"],
        id=rules.id,
        version=rules.version,
        digest=rules.digest[:12],
    )


def fact_label(name: str) -> str:
    """What a fact is called."""
    known = texts()["facts"].get(name)
    return str(known["label"]) if known else heading(name)


def value_text(fact: Fact, value: Any) -> str:
    """A record's value of a fact as a reader sees it; None is not reported, or not known where that
    is the same.
    """
    if value is None or value == "unknown":
        return str(texts()["not_reported" if value is None and fact.assume else "not_known"])
    if fact.kind == "percent":
        return percent_text(str(value))
    key = str(value).lower() if isinstance(value, bool) else str(value)
    return str(texts()["facts"].get(fact.name, {}).get("values", {}).get(key, words(key)))


def percent_text(text: str) -> str:
    """A percentage as it was written, with its unit."""
    forms = texts()["percent"]
    if count := _COUNT.fullmatch(text):
        return str(forms["count"]).format(blasts=count[1], cells=count[2])
    if text.upper() in MARROW_GRADES:
        return str(forms["grade"]).format(text=text)
    return text if text.endswith("%") else str(forms["plain"]).format(text=text)
