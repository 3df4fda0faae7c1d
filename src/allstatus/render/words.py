"""Names, values and changes in words, for every rendering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allstatus.decision.entries import FactValue
from allstatus.record.percent import format_number
from allstatus.rules.ruleset import RuleSet
from allstatus.table.decision_table import OUTSIDE
from allstatus.table.fact_domain import ValueClass

SPELLED = {"cbc": "complete blood count", "cns": "CNS"}
NOT_EVALUATED = "not_evaluated"
MARK = {"true": "✓", "unknown": "?", "false": "✗", NOT_EVALUATED: "–"}
STATE_WORDS = {
    "true": "holds",
    "unknown": "cannot be told",
    "false": "does not hold",
    NOT_EVALUATED: "not evaluated",
}


def words(name: str) -> str:
    """An identifier as words: `marrow_blast_percent` is `marrow blast percent`."""
    return " ".join(SPELLED.get(word, word) for word in name.split("_"))


def name_words(rules: RuleSet, *path: str) -> str:
    """What a fact, a value of it (`fact`, `value`) or a region is called in the language of the
    rules.
    """
    return rules.names.get(".".join(path)) or words(path[-1])


def heading(name: str) -> str:
    """An identifier as a heading."""
    return sentence_case(words(name))


def sentence_case(text: str) -> str:
    """The same with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def outcome_titles(rules: RuleSet) -> dict[str, str]:
    """The title of every outcome that can be possible."""
    return {name: status.title for name, status in rules.statuses.items()} | {
        OUTSIDE: "not described by the page"
    }


def value_text(rules: RuleSet, fact: str, value: Any) -> str:
    """A fact's value as a reader sees it."""
    if value is None:
        return "not known"
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else words(str(value))
    if (
        rules.facts[fact].kind == "percent"
        and "%" not in text
        and text.replace(".", "", 1).isdigit()
    ):
        text += " %"
    return text


def value_words(rules: RuleSet, fact: str, entry: FactValue) -> str:
    """A fact's value, with how it is known when it was not given."""
    text = value_text(rules, fact, entry.value)
    return text if entry.state in ("given", "unknown") else f"{text}, {entry.state}"


def margin_words(margin: str | None) -> str:
    """How far from the limit, e.g. `, 55 above the limit`."""
    if margin in (None, "0"):
        return ""
    sign, number = str(margin)[0], str(margin).lstrip("+-")
    return f", {number} {'above' if sign == '+' else 'below'} the limit"


def class_words(
    rules: RuleSet, answer: ValueClass, verdicts: Mapping[str, bool | None] | None = None
) -> str:
    """A class of a fact's values in the words of its criteria, without what holds already
    (`verdicts`).
    """
    known = verdicts or {}
    said = [
        rules.criteria[name].title if held else rules.criteria[name].otherwise
        for name, held in answer.verdicts.items()
        if known.get(name) is not held
    ]
    return "; ".join(text[0].lower() + text[1:] for text in said)


def limit_words(rules: RuleSet, criterion: str) -> str:
    """A percentage criterion's limit, e.g. `5 %`."""
    condition = rules.criteria[criterion].condition
    assert condition.limit is not None
    return f"{format_number(condition.limit)} {rules.thresholds[str(condition.operand)].unit}"
