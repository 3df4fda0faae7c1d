"""Changes and answers in words: what would change a decision, and what the fewest answers would
make of it.
"""

from __future__ import annotations

from itertools import groupby
from typing import Literal

from allstatus.decision.decision import Decision
from allstatus.render.reader import Reader
from allstatus.render.words import class_words
from allstatus.table.fact_domain import ValueClass, domains_of
from allstatus.why.counterfactuals import Change

Needed = Literal["finding", "event", "correction"]
Ways = tuple[tuple[str, tuple[str, ...]], ...]  # what it leads to, and each way there
MOST_ANSWERS = 6


def change_ways(decision: Decision, needed: Needed) -> Ways:
    """For each other outcome its title and, each in words, the smallest changes that ask for other
    findings, for an event still to come, or for a correction of what is recorded to have happened.
    """
    titles = Reader(decision.rules).outcomes()
    changes = [change for change in decision.changes if _needed(decision, change) == needed]
    return tuple(
        (
            titles[to],
            tuple("; ".join(_words(decision, one) for one in change.answers) for change in group),
        )
        for to, group in groupby(changes, key=lambda change: change.to)
    )


def answers_away(decision: Decision) -> list[str]:
    """What the fewest answers would make of it, each as a sentence: `If the leukemia has not been
    treated:` and what it is then.
    """
    reader = Reader(decision.rules)
    titles, joint = reader.outcomes(), reader.says("and")
    said = [
        reader.says(
            "away",
            answers=joint.join(_words(decision, one) for one in entry.answers),
            outcome=titles[entry.to],
        )
        for entry in decision.settling
    ]
    more = len(said) - MOST_ANSWERS
    return said if more <= 0 else [*said[:MOST_ANSWERS], reader.says("more", count=more)]


def answers_to_ask(decision: Decision) -> Ways:
    """Each answer to the first question, in words, with the titles of what it would leave
    possible.
    """
    ask = decision.ask_next
    if ask is None:
        return ()
    titles = Reader(decision.rules).outcomes()
    domain = domains_of(decision.rules)[ask.fact]
    classes = {answer.region: answer for answer in domain.classes}
    return tuple(
        (
            _words(decision, classes[answer.region]),
            tuple(titles[name] for name in answer.possible),
        )
        for answer in ask.answers
    )


def _words(decision: Decision, answer: ValueClass) -> str:
    """What would be so with an answer, and is not known to be."""
    return class_words(decision.rules, answer, decision.verdicts)


def _needed(decision: Decision, change: Change) -> Needed:
    """What has happened can only be corrected away; what has not may still come."""
    if change.about == "finding":
        return "finding"
    undone = any(_undoes(decision, answer) for answer in change.answers)
    return "correction" if undone else "event"


def _undoes(decision: Decision, answer: ValueClass) -> bool:
    """Whether an answer takes back a history that is recorded: its values go from never on."""
    fact = decision.rules.facts[answer.fact]
    values = (False, True) if fact.kind == "yes_no" else fact.values
    if fact.about != "history" or answer.sample not in values:
        return False
    now = [
        one
        for one in domains_of(decision.rules)[answer.fact].classes
        if all(decision.verdicts[name] is held for name, held in one.verdicts.items())
    ]
    return any(values.index(answer.sample) < values.index(one.sample) for one in now)
