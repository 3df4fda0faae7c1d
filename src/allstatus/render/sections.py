"""Parts of an explanation that every rendering shows: what settles it, what would change it, what
is listed, what to ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Literal

from allstatus.decision.decision import Decision
from allstatus.decision.entries import AgentApplicability, Option
from allstatus.render.words import class_words, heading, outcome_titles, words
from allstatus.table.chart_context import Evidence
from allstatus.table.fact_domain import ValueClass, domains_of
from allstatus.why.counterfactuals import Change


def reason_sets(decision: Decision) -> list[list[str]]:
    """Each set of facts that settles the outcome, in words, with how a fact is known where it was
    not given.
    """
    states = {name: fact.state for name, fact in decision.facts.items()}
    return [
        [
            words(name) if states[name] == "given" else f"{words(name)} ({states[name]})"
            for name in names
        ]
        for names in decision.reasons
    ]


def diagnoses_seen(decision: Decision) -> list[str]:
    """The diagnoses of a chart, with code and date."""
    return [f"{seen.title} ({seen.code}) {seen.date}".strip() for seen in decision.diagnoses]


def evidence_words(entry: Evidence | str) -> str:
    """One piece of evidence: a record's line, or a chart's entry with its date, what was read, and
    why it counts or not.
    """
    if isinstance(entry, str):
        return entry
    what = " ".join(part for part in (entry.date, entry.title or entry.code) if part)
    return f"{what}: {'' if entry.used else 'not used, '}{words(entry.read)} ({entry.because})"


Needed = Literal["finding", "event", "correction"]


def change_ways(decision: Decision, needed: Needed) -> list[tuple[str, list[str]]]:
    """For each other outcome its title and, each in words, the smallest changes that ask for other
    findings, for an event still to come, or for a correction of what is recorded to have happened.
    """
    titles = outcome_titles(decision.rules)
    changes = [change for change in decision.changes if _needed(decision, change) == needed]
    return [
        (
            titles[to],
            ["; ".join(_words(decision, answer) for answer in change.answers) for change in group],
        )
        for to, group in groupby(changes, key=lambda change: change.to)
    ]


MOST_ANSWERS = 6


def answers_away(decision: Decision) -> list[str]:
    """What the fewest answers would make of it, each as a sentence: `If the leukemia has not been
    treated: Untreated ALL.`
    """
    titles = outcome_titles(decision.rules)
    said = [
        f"If {' and '.join(_words(decision, one) for one in entry.answers)}: {titles[entry.to]}."
        for entry in decision.settling
    ]
    more = len(said) - MOST_ANSWERS
    return said if more <= 0 else [*said[:MOST_ANSWERS], f"{more} more, see --format json"]


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


def options_by_category(options: Iterable[Option]) -> list[tuple[str, list[Option]]]:
    """The listed options that may fit, under a heading for each run of one category, in the page's
    order.
    """
    fitting = [option for option in options if option.applicability != "does_not_apply"]
    return [
        (heading(category), list(group))
        for category, group in groupby(fitting, key=lambda option: option.category)
    ]


NO_OPTIONS = "No treatments are listed, because no status is determined."


def options_not_fitting(options: Iterable[Option]) -> list[Option]:
    """The listed options whose stated use does not fit by what is known."""
    return [option for option in options if option.applicability == "does_not_apply"]


FIT = {
    "applies": "the stated use fits",
    "does_not_apply": "the stated use does not fit",
    "needs_data": "depends on",
}


def fit_lines(option: Option) -> list[str]:
    """Whether the stated use of each agent fits, why, by which source, in one line for agents
    alike; and what others say.
    """
    alike: dict[str, list[str]] = {}
    for agent in option.by_agent:
        alike.setdefault(_fit(agent), []).append(agent.title)
    lines = [f"{', '.join(titles)}: {fit}" for fit, titles in alike.items()]
    return lines + [
        f"{agent.title}, elsewhere: {source.says}"
        for agent in option.by_agent
        for source in agent.other_sources
    ]


def _fit(agent: AgentApplicability) -> str:
    asked = "; ".join(f"{ask.question} ({', '.join(ask.answered_by)})" for ask in agent.asks)
    why = asked if agent.applicability == "needs_data" else agent.because.rstrip(".")
    return f"{FIT[agent.applicability]}: {why} [{agent.cite.title}]"


def option_note(option: Option) -> str:
    """What the page says of an option besides its name; empty where it says nothing."""
    qualifier = option.qualifier.text.rstrip(".") if option.qualifier else ""
    trials = (
        "reported as studied in clinical trials" if option.listed_by == "clinical_trials" else ""
    )
    return "; ".join(part for part in (qualifier, trials) if part)


def answers_to_ask(decision: Decision) -> list[tuple[str, list[str]]]:
    """Each answer to the first question, in words, with the titles of what it would leave
    possible.
    """
    ask = decision.ask_next
    if ask is None:
        return []
    titles = outcome_titles(decision.rules)
    domain = domains_of(decision.rules)[ask.fact]
    classes = {answer.region: answer for answer in domain.classes}
    return [
        (
            _words(decision, classes[answer.region]),
            [titles[name] for name in answer.possible],
        )
        for answer in ask.answers
    ]
