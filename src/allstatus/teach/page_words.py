"""What the teaching page says of each outcome and reason, with the cases in which it says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from allstatus.render.messages import phrases
from allstatus.rules.phrases import LEVELS, Phrase
from allstatus.rules.ruleset import RuleSet
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import DecisionTable

OWN_CONFLICTS = ("relapse_count_against_history", "one_value")  # of the record, not of a rule set


# digits, then also what was repeated, four times or more
REPEATED = (re.compile(r"(.{1,64}?)\1{3,}"), re.compile(r"((?:\w|\(\w+\*\d+\))+?)\1{3,}"))


def hexadecimal(cases: CaseSet) -> str:
    """A set of cases as the page reads it: hexadecimal digits, `(ff00*16)` for those repeated,
    `((f*16)(0*16)*4)` for what is repeated of these.
    """
    text = f"{cases:x}"
    for repeated in REPEATED:
        text = repeated.sub(lambda run: f"({run[1]}*{len(run[0]) // len(run[1])})", text)
    return text


def one_or_each(said: Mapping[str, Any]) -> Any:
    """The text that every reader is given, or a list with one for each of LEVELS; the last one is
    also for those that follow.
    """
    listed = [said[level] for level in LEVELS]
    while len(listed) > 1 and listed[-1] == listed[-2]:
        listed.pop()
    return listed[0] if isinstance(listed[0], str) and len(listed) == 1 else listed


def embed_says(rules: RuleSet, table: DecisionTable) -> dict[str, dict[str, Any]]:
    """What is said for each outcome, reason and level (see `one_or_each`), in the rule set's own
    words: a text, or phrases with the cases in which they are said, and the criterion whose limit
    must be near.
    """

    def told(phrase: Phrase) -> Any:
        text = rules.with_limits(phrase.text)
        if phrase.when is None and phrase.near is None:
            return text
        cases = None if phrase.when is None else hexadecimal(table.where(phrase.when))
        return {"text": text, "when": cases, "near": phrase.near}

    def entry(said: tuple[Phrase, ...]) -> Any:
        made = [told(phrase) for phrase in said]
        return made[0] if len(made) == 1 else made

    reasons: Mapping[str, Any] = {
        "determined": rules.statuses,
        "outside_definitions": rules.regions,
        "insufficient_data": rules.facts,
        "conflicting_data": [*rules.constraints, *OWN_CONFLICTS],
    }
    return {
        outcome: {
            reason: one_or_each(
                {level: entry(phrases(rules, outcome, level, reason)) for level in LEVELS}
            )
            for reason in names
        }
        for outcome, names in reasons.items()
    }
