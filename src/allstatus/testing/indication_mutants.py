"""Mutants of the overlay of stated uses, and the mistakes of implementations of it, one slip at a
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial

from allstatus.decision.stated_use import APPLIES, DOES_NOT_APPLY, NEEDS_DATA
from allstatus.rules.indications import STATUS_FACT, Indications
from allstatus.rules.ruleset import UNITS
from allstatus.table.facts import READERS
from allstatus.testing.answers import USES, Answer
from allstatus.testing.indication_values import patient_facts
from allstatus.testing.mutants import (
    Entry,
    Mutant,
    Slip,
    clause_slips,
    comparison_mutants,
    entry_mutants,
    file_mutants,
    negated,
    swap_mutants,
    without,
)
from allstatus.testing.port_mutants import NUMBERS, PortMutant, filling
from allstatus.testing.representatives import Record, stated_at, stating
from allstatus.testing.rule_files import AGENTS, OverlayFiles
from allstatus.testing.vector_forms import as_number

YEARS = "years"
ROUGH = ("a double", "a 32-bit float", "rounded to a whole number", "cut to a whole number")
SWAPPED = {APPLIES: DOES_NOT_APPLY, DOES_NOT_APPLY: APPLIES}


def use_mutants(files: OverlayFiles) -> Iterator[Mutant]:
    """Every mutant of the overlay's files, in an order that depends on the files alone."""
    facts = {name: entry for name, entry in files.data["facts.yaml"].items() if name != STATUS_FACT}
    yield from comparison_mutants(files)
    yield from entry_mutants(files, "thresholds.yaml", _unit)
    yield from entry_mutants(files, "facts.yaml", partial(_fact, facts))
    yield from file_mutants(files, AGENTS, "agent", _agent)
    yield from swap_mutants(files, AGENTS, "agent", "agent")


def _unit(_: str, entry: Entry) -> Iterator[Slip]:
    """Months for years, and years for months."""
    units = [YEARS] if entry["unit"] in UNITS else list(UNITS) if entry["unit"] == YEARS else []
    for unit in units:
        yield f" in {unit}", "threshold", {**entry, "unit": unit}


def _fact(facts: Mapping[str, Entry], name: str, entry: Entry) -> Iterator[Slip]:
    """A fact read from where the record states another of the same kind."""
    for other, like in facts.items() if name in facts else ():
        same = all(entry.get(key) == like.get(key) for key in ("type", "values"))
        if other != name and same and (name in READERS) == (other in READERS):
            read = {**entry, "record_key": like.get("record_key", other)}
            yield f" read as {other}", "fact", read


def _agent(data: Entry) -> Iterator[Slip]:
    others = data.get("other_sources", ())
    yield " dropped", "agent", None
    yield from _condition(data, ": ")
    for place, other in enumerate(others):
        for words, group, slip in _other(other):
            changed = [*others[:place], *([slip] if slip else []), *others[place + 1 :]]
            more = {"other_sources": changed} if changed else {}
            said = f", other source {place + 1}: {words}"
            yield said, group, {**without(data, "other_sources"), **more}


def _other(other: Entry) -> Iterator[Slip]:
    yield "dropped", "other source", None
    if other.get("statuses"):
        yield "of every status", "other source", without(other, "statuses")
    if other.get("all") is not None:
        yield "without its condition", "other source", without(other, "all")
        yield from _condition(other)


def _condition(data: Entry, before: str = "") -> Iterator[Slip]:
    """The condition of an agent, or of another source, turned round; then each slip in it."""
    turned = [negated({"all": data["all"]})]
    yield f"{before}applies and does not apply swapped", "verdict", {**data, "all": turned}
    for words, clauses in clause_slips(data["all"]):
        yield f"{before}{words}", "clause", {**data, "all": clauses}


def use_port_mutants(overlay: Indications) -> Iterator[PortMutant]:
    """Every mistake of an implementation, for the facts of this overlay."""
    for fact in patient_facts(overlay):
        for value in fact.fact.values or ((False, True) if fact.is_yes_no else (0, 100)):
            words = f"{fact.name}: not known read as {str(value).lower()}"
            yield PortMutant(words, "unknown", filling({fact.key: value}))
        for words in () if fact.whole else ROUGH:
            rough = partial(_rough, fact.key, NUMBERS[words])
            yield PortMutant(f"{fact.name}: {words}", "number", rough)
    for words, change in SAID.items():
        yield PortMutant(words, "answer", says=partial(_changed, change))
    yield PortMutant("what does not apply left out", "answer", says=_left_out)
    yield PortMutant("other sources left out", "answer", says=_alone)


def _changed(change: Callable[[Answer], Answer], _: Record, answer: Answer) -> Answer:
    """Every entry said otherwise; an agent keeps what other sources say."""
    said = {
        use: {name: {**entry, **change(entry)} for name, entry in answer[use].items()}
        for use in USES
    }
    return {**answer, **said}


def _swapped(entry: Answer) -> Answer:
    word = entry["applicability"]
    return {"applicability": SWAPPED.get(word, word)}


def _if_open(word: str, entry: Answer) -> Answer:
    return {"applicability": word, "needs": []} if entry["applicability"] == NEEDS_DATA else {}


SAID: dict[str, Callable[[Answer], Answer]] = {
    "applies and does not apply swapped": _swapped,
    "needs dropped": lambda _: {"needs": []},
    "the first need only": lambda entry: {"needs": entry["needs"][:1]},
    "needs data taken for applies": partial(_if_open, APPLIES),
    "needs data taken for does not apply": partial(_if_open, DOES_NOT_APPLY),
}


def _alone(_: Record, answer: Answer) -> Answer:
    agents = {agent: {**said, "other_sources": {}} for agent, said in answer["by_agent"].items()}
    return {**answer, "by_agent": agents}


def _left_out(_: Record, answer: Answer) -> Answer:
    options = answer["by_option"].items()
    left = {name: said for name, said in options if said["applicability"] != DOES_NOT_APPLY}
    return {**answer, "by_option": left}


def _rough(key: str, change: Callable[[Fraction], Fraction], record: Record) -> Record:
    number = stated_at(record, key)
    return record if number is None else stating(record, key, as_number(change(Fraction(number))))
