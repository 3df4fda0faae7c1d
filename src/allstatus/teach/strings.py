"""The words of the page and of the exercises, all in one file, and values of facts in those
words.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap
from typing import Any

from allstatus.record.percent import MARROW_GRADES
from allstatus.render.program_texts import Book
from allstatus.render.words import edition, name_words, sentence_case, short_titles
from allstatus.rules.comparisons import comparisons_path
from allstatus.rules.ruleset import RuleSet

TEXTS = Book("teaching", Path(__file__).parent / "texts.json")
COMPARISONS = Book("comparisons", comparisons_path(), frozenset({"title"}))
PLOTS = Book("plots", Path(__file__).parent / "plots.yaml")
_COUNT = re.compile(r"(\d+)\s*/\s*(\d+)")


def texts(rules: RuleSet) -> Any:
    """All texts, in the language of the rules."""
    return TEXTS.texts(rules.language)


def page_title(rules: RuleSet) -> str:
    """The question that the page and the exercises ask."""
    asked = ", ".join(short_titles(rules))
    return str(texts(rules)["title"]).format(statuses=asked[:1].upper() + asked[1:])


def about(rules: RuleSet) -> str:
    """The page that was read and the rules that read it, in a sentence or two."""
    source = rules.source
    return str(texts(rules)["page"]["source"]).format(
        title=source["title"], reviewed=source["last_reviewed"], **edition(rules)
    )


def source_lines(rules: RuleSet, width: int) -> str:
    """The same with the notice, in lines of at most `width` characters, for below a picture."""
    return "\n".join([*wrap(about(rules), width), *wrap(rules.notice, width)])


def short_section(section: str) -> str:
    """A section's first and last heading: those between are often whole sentences."""
    path = section.split(" > ")
    return " > ".join(dict.fromkeys((path[0], path[-1])))


def fact_label(rules: RuleSet, name: str) -> str:
    """What a fact is called."""
    known = texts(rules)["facts"].get(name)
    return str(known["label"]) if known else sentence_case(name_words(rules, name))


def value_text(rules: RuleSet, name: str, value: Any) -> str:
    """A record's value of a fact as a reader sees it; None is not reported, or not known where that
    is the same.
    """
    said, fact = texts(rules), rules.facts[name]
    if value is None or value == "unknown":
        return str(said["not_reported" if value is None and fact.assume else "not_known"])
    if fact.kind == "percent":
        return percent_text(rules, str(value))
    if fact.kind == "number":
        return str(value)
    if isinstance(value, bool):
        return str(said["yes_no"][str(value).lower()])
    known = said["facts"].get(name, {}).get("values", {})
    return str(known.get(value) or name_words(rules, name, str(value)))


def percent_text(rules: RuleSet, text: str) -> str:
    """A percentage as it was written, with its unit."""
    forms = texts(rules)["percent"]
    if count := _COUNT.fullmatch(text):
        return str(forms["count"]).format(blasts=count[1], cells=count[2])
    if text.upper() in MARROW_GRADES:
        return str(forms["grade"]).format(text=text)
    return text if text.endswith("%") else str(forms["plain"]).format(text=text)
