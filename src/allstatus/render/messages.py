"""What is said to whom: a message for each (outcome, level, reason), in the project's own words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allstatus.decision.decision import Decision, shared
from allstatus.render.program_texts import Book
from allstatus.render.words import name_words
from allstatus.rules.phrases import Phrase, Says
from allstatus.rules.ruleset import RuleSet

MESSAGES = Book("messages", Path(__file__).parent / "messages.yaml")


def headline(decision: Decision, level: str) -> str:
    """The first line: the outcome."""
    rules = decision.rules
    title = rules.statuses[decision.status].title if decision.status else ""
    if unclear := not_understood(decision):
        shown = "; ".join(unclear)
        form = _messages(rules)["not_understood"][level]
        return str(form).format(diagnoses=shown, disease=rules.disease)
    said = {"title": title, "disease": rules.disease, "definitions": definitions_word(rules)}
    return str(_messages(rules)["headlines"][decision.outcome][level]).format(**said)


def short_headline(decision: Decision) -> str:
    """The outcome in a few words, for a line among many."""
    if decision.status:
        return decision.rules.statuses[decision.status].title
    return str(_messages(decision.rules)["short_headlines"][decision.outcome])


def not_understood(decision: Decision) -> tuple[str, ...]:
    """The diagnoses of a chart that may be the one the rules are about, where none is known to
    be.
    """
    if decision.chart is None or decision.chart.applicable or decision.chart.account is None:
        return ()
    return decision.chart.account.diagnoses


def messages(decision: Decision, level: str) -> list[str]:
    """A message for each reason of the outcome."""
    return [message(decision, level, reason) for reason in reasons_of(decision)]


def may_be(decision: Decision, level: str) -> tuple[str, list[str]] | None:
    """What introduces the undescribed cases this may be, and a message for each; None where none
    is open.
    """
    if not decision.possible_regions:
        return None
    facts = dict.fromkeys(fact for one in decision.possible_regions for fact in one.depends_on)
    texts = _messages(decision.rules)
    form = texts["may_be"]["besides" if decision.regions else "alone"][level]
    said = [message(decision, level, one.id) for one in decision.possible_regions]
    named = texts["and"].join(name_words(decision.rules, fact) for fact in facts)
    return str(form).format(facts=named), said


def reasons_of(decision: Decision) -> list[str]:
    """What an outcome is about: status, certain regions, missing facts or broken constraints."""
    if decision.outcome == "determined":
        return [str(decision.status)]
    if decision.outcome == "outside_definitions":
        return [region.id for region in decision.regions]
    if decision.outcome == "insufficient_data":
        return [entry.fact for entry in decision.missing]
    return list(dict.fromkeys(entry.constraint for entry in decision.conflicts))


def message(decision: Decision, level: str, reason: str) -> str:
    """What is said of one reason: the phrases that hold by what was stated."""
    what = ("message", level, reason)
    return shared(decision, what, lambda: _message(decision, level, reason))


def _message(decision: Decision, level: str, reason: str) -> str:
    rules = decision.rules
    told = phrases(rules, decision.outcome, level, reason)
    said = [p.text for p in told if decision.states(p.when) and decision.is_near(p.near)]
    return rules.with_limits(" ".join(said))


def phrases(rules: RuleSet, outcome: str, level: str, reason: str) -> tuple[Phrase, ...]:
    """The phrases for one key; raises KeyError when there are none."""
    part = _part(rules, outcome).get(reason)
    if part is None:
        return (Phrase(str(_messages(rules)[outcome][reason][level])),)
    return tuple(part.says[level])


def in_general(rules: RuleSet, says: Says, level: str) -> str:
    """What is said of a part of the rules whatever the case: the phrases without a condition."""
    said = [p.text for p in says[level] if p.when is None and p.near is None]
    return rules.with_limits(" ".join(said))


def _part(rules: RuleSet, outcome: str) -> Any:
    """The part of a rule set that an outcome's reasons name."""
    parts = {
        "determined": rules.statuses,
        "outside_definitions": rules.regions,
        "insufficient_data": rules.facts,
        "conflicting_data": rules.constraints,
    }
    return parts.get(outcome, {})


def definitions_word(rules: RuleSet) -> str:
    """How many definitions there are, as a word."""
    count = str(len(rules.statuses))
    return str(_messages(rules)["numbers"].get(count, count))


def suggestion_texts(rules: RuleSet) -> Any:
    """What a card offers to record: texts for a `status` and for an `answer`."""
    return _messages(rules)["suggestions"]


def timeline_texts(language: str) -> Mapping[str, str]:
    """What is said of a history as a whole."""
    texts: Mapping[str, str] = MESSAGES.texts(language)["timeline"]
    return texts


def home_texts(rules: RuleSet) -> Mapping[str, str]:
    """The words of the service's home page."""
    texts: Mapping[str, str] = _messages(rules)["home"]
    return texts


def refusal_texts(rules: RuleSet) -> Mapping[str, str]:
    """What a page says of a refusal, by the status of HTTP; `other` for any other."""
    texts: Mapping[str, str] = _messages(rules)["refusals"]
    return texts


def answer_texts(rules: RuleSet) -> Mapping[str, str]:
    """What is told of a clinician's answers on a chart, each by its key."""
    texts: Mapping[str, str] = _messages(rules)["answers"]
    return texts


def _messages(rules: RuleSet) -> Any:
    return MESSAGES.texts(rules.language)
