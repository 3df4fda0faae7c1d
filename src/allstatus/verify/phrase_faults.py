"""Phrases that tell a reader more than holds in the cases they are said of: each with its place and
what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from allstatus.rules.phrases import Phrase, Says
from allstatus.rules.ruleset import Fact
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import DecisionTable


def phrase_faults(table: DecisionTable) -> list[str]:
    """Every phrase that names a threshold or fact it may not, is never said, or leaves a reader
    without a word.
    """
    return [fault for owner in _owners(table) for fault in _faults(table, owner)]


def facts_named(facts: Iterable[Fact], text: str) -> dict[str, str]:
    """The facts a text names by their `words`, each with the word; the longer word goes first, so
    that `outside the marrow` is not about the marrow.
    """
    words = sorted(((word, fact.name) for fact in facts for word in fact.words), key=_by_length)
    named: dict[str, str] = {}
    for word, fact in words:
        pattern = rf"\b{re.escape(word)}\b"
        if re.search(pattern, text, re.IGNORECASE):
            named.setdefault(fact, word)
            text = re.sub(pattern, " ", text, flags=re.IGNORECASE)
    return named


def told_criteria(table: DecisionTable, cases: CaseSet) -> frozenset[str]:
    """The criteria that have one verdict in all of these cases."""
    verdicts = {name: table.verdict(cases, table.where_true(name)) for name in table.criteria}
    return frozenset(name for name, verdict in verdicts.items() if verdict is not None)


@dataclass(frozen=True, slots=True)
class _Owner:
    """A part of the rules with what is said of it: the criteria its clauses use, the cases it is
    said of (None for what is said of the rules, not of a case).
    """

    name: str
    says: Says
    used: Set[str]
    cases: CaseSet | None
    is_status: bool = False


def _by_length(entry: tuple[str, str]) -> int:
    return -len(entry[0])


def _owners(table: DecisionTable) -> Iterator[_Owner]:
    rules = table.ruleset
    for status in rules.statuses.values():
        used = frozenset(name for clause in status.clauses for name in clause.criteria())
        yield _Owner(status.name, status.says, used, table.statuses[status.name], True)
    for region in rules.regions.values():
        yield _Owner(region.name, region.says, region.where.criteria(), table.regions[region.name])
    for entry in rules.constraints.values():
        used = frozenset(entry.condition.criteria() | entry.consequence.criteria())
        yield _Owner(entry.name, entry.says, used, None)
    for fact in rules.facts.values():
        yield _Owner(fact.name, fact.says, frozenset(rules.criteria_of(fact.name)), None)


def _faults(table: DecisionTable, owner: _Owner) -> Iterator[str]:
    for level, phrases in owner.says.items():
        if all(phrase.when or phrase.near for phrase in phrases):
            place = phrases[0].place if phrases else owner.name
            yield (
                f"{place}: '{owner.name}' may leave a {level} reader without a word; give one "
                f"phrase without `when` or `near`"
            )
        for phrase in phrases:
            for problem in _problems(table, owner, phrase):
                yield f"{phrase.place}: {problem}"


def _problems(table: DecisionTable, owner: _Owner, phrase: Phrase) -> Iterator[str]:
    rules = table.ruleset
    if phrase.near and (
        phrase.near not in rules.criteria or rules.criteria[phrase.near].condition.limit is None
    ):
        yield f"`near` names '{phrase.near}', which has no limit; name a criterion with one"
        return
    if owner.is_status:
        for name in sorted(phrase.criteria() - owner.used):
            yield (
                f"is said where '{name}' holds, which no clause of '{owner.name}' uses; name one "
                f"that does ({', '.join(sorted(owner.used))})"
            )
    told = owner.used | phrase.criteria()
    if owner.cases is not None:
        cases = owner.cases & table.where(phrase.when) if phrase.when else owner.cases
        if owner.cases and not cases:
            yield "is never said, because `when` holds in no case here; correct or remove it"
        told = told | told_criteria(table, cases)
    yield from _strange(table, owner, phrase, told)


def _strange(table: DecisionTable, owner: _Owner, phrase: Phrase, told: Set[str]) -> Iterator[str]:
    """What a phrase names and its criteria do not tell."""
    rules = table.ruleset
    limits = {str(rules.criteria[name].condition.operand) for name in told} & set(rules.thresholds)
    named = set(re.findall(r"\{(.*?)\}", phrase.text))
    if owner.name in rules.facts:
        if named & limits and limits - named:
            left = ", ".join(sorted(limits - named))
            yield f"names one limit of '{owner.name}' and not {left}; name all of them, or none"
        return
    for name in sorted(named & set(rules.thresholds) - limits):
        yield f"names {{{name}}}, which no clause of '{owner.name}' compares with; name one that is"
    asked = {rules.criteria[name].condition.fact for name in told}
    for fact, word in facts_named(rules.facts.values(), phrase.text).items():
        if fact not in asked:
            yield (
                f"'{word}' speaks of '{fact}', which '{owner.name}' does not tell; say it in a "
                f"phrase with `when`, or not at all"
            )
