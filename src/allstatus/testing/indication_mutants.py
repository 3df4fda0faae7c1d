"""Mutants of the overlay of stated uses, and the mistakes of implementations of it, one slip at a
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import Any

from allstatus.decision.stated_use import APPLIES, DOES_NOT_APPLY, NEEDS_DATA
from allstatus.rules.builder import UNITS
from allstatus.rules.indications import STATUS_FACT, Indications
from allstatus.table.facts import READERS
from allstatus.testing.answers import Answer
from allstatus.testing.indication_values import PatientFact, json_number
from allstatus.testing.mutants import (
    Mutant,
    clause_slips,
    criterion_mutants,
    entries_of,
    negated,
    threshold_mutants,
    with_entry,
    without,
)
from allstatus.testing.port_mutants import NUMBERS, PortMutant
from allstatus.testing.representatives import UNKNOWN, Record
from allstatus.testing.rule_files import AGENTS, OverlayFiles

YEARS = "years"
ROUGH = ("a double", "a 32-bit float", "rounded to a whole number", "cut to a whole number")
SWAPPED = {APPLIES: DOES_NOT_APPLY, DOES_NOT_APPLY: APPLIES}


def use_mutants(files: OverlayFiles) -> Iterator[Mutant]:
    """Every mutant of the overlay's files, in an order that depends on the files alone."""
    yield from criterion_mutants(files)
    yield from threshold_mutants(files)
    yield from _units(files)
    yield from _facts(files)
    for path, data in files.folder(AGENTS).items():
        yield from _agent(path, data)
    for (one, first), (two, second) in combinations(files.folder(AGENTS).items(), 2):
        if first["all"] != second["all"]:
            changed = {one: {**first, "all": second["all"]}, two: {**second, "all": first["all"]}}
            yield Mutant(f"{first['agent']} and {second['agent']} swapped", "agent", changed)


def _units(files: OverlayFiles) -> Iterator[Mutant]:
    """Months for years, and years for months."""
    for name, entry in entries_of(files, "thresholds.yaml"):
        units = [YEARS] if entry["unit"] in UNITS else list(UNITS) if entry["unit"] == YEARS else []
        for unit in units:
            yield Mutant(
                f"{name} in {unit}",
                "threshold",
                with_entry(files, "thresholds.yaml", name, {**entry, "unit": unit}),
            )


def _facts(files: OverlayFiles) -> Iterator[Mutant]:
    """A fact read from where the record states another of the same kind."""
    facts = {name: entry for name, entry in entries_of(files, "facts.yaml") if name != STATUS_FACT}
    for name, entry in facts.items():
        for other, like in facts.items():
            same = all(entry.get(key) == like.get(key) for key in ("type", "values"))
            if other != name and same and (name in READERS) == (other in READERS):
                slip = {**entry, "record_key": like.get("record_key", other)}
                yield Mutant(
                    f"{name} read as {other}", "fact", with_entry(files, "facts.yaml", name, slip)
                )


def _agent(path: str, data: Mapping[str, Any]) -> Iterator[Mutant]:
    agent, others = data["agent"], list(data.get("other_sources", ()))
    yield Mutant(f"{agent} dropped", "agent", {path: None})
    yield Mutant(
        f"{agent}: applies and does not apply swapped",
        "verdict",
        {path: {**data, "all": [negated({"all": data["all"]})]}},
    )
    for words, clauses in clause_slips(data["all"]):
        yield Mutant(f"{agent}: {words}", "clause", {path: {**data, "all": clauses}})
    for place, other in enumerate(others):
        for words, group, slip in _other(other):
            changed = [*others[:place], *([] if slip is None else [slip]), *others[place + 1 :]]
            more = {"other_sources": changed} if changed else {}
            yield Mutant(
                f"{agent}, other source {place + 1}: {words}",
                group,
                {path: {**without(data, "other_sources"), **more}},
            )


def _other(other: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """The slips of another source: its words, the kind of slip, and what stands there then."""
    yield "dropped", "other source", None
    if other.get("statuses"):
        yield "of every status", "other source", without(other, "statuses")
    if other.get("all") is not None:
        yield "without its condition", "other source", without(other, "all")
        yield (
            "applies and does not apply swapped",
            "verdict",
            {**other, "all": [negated({"all": other["all"]})]},
        )
        yield from (
            (words, "clause", {**other, "all": clauses})
            for words, clauses in clause_slips(other["all"])
        )


def use_port_mutants(overlay: Indications) -> Iterator[PortMutant]:
    """Every mistake of an implementation, for the facts of this overlay."""
    for fact in (fact for fact in overlay.facts.values() if fact.name != STATUS_FACT):
        patient = PatientFact(overlay, fact)
        for value in fact.values or ((False, True) if fact.kind == "yes_no" else (0, 100)):
            yield PortMutant(
                f"{fact.name}: not known read as {str(value).lower()}",
                "unknown",
                _filling(patient, fact.record_key, value),
            )
        for words in () if patient.whole else ROUGH:
            yield PortMutant(f"{fact.name}: {words}", "number", _rough(fact.name, NUMBERS[words]))
    for words, change in SAID.items():
        yield PortMutant(words, "answer", says=partial(_changed, change))
    yield PortMutant("what does not apply left out", "answer", says=_left_out)
    yield PortMutant(
        "other sources left out", "answer", says=lambda _, answer: _agents(answer, _alone)
    )


SAID: dict[str, Callable[[Answer], Answer]] = {
    "applies and does not apply swapped": lambda e: {
        **e,
        "applicability": SWAPPED.get(e["applicability"], e["applicability"]),
    },
    "needs dropped": lambda e: {**e, "needs": []},
    "the first need only": lambda e: {**e, "needs": e["needs"][:1]},
    "needs data taken for applies": lambda e: _if_open(e, APPLIES),
    "needs data taken for does not apply": lambda e: _if_open(e, DOES_NOT_APPLY),
}


def _if_open(entry: Answer, word: str) -> Answer:
    return (
        {**entry, "applicability": word, "needs": []}
        if entry["applicability"] == NEEDS_DATA
        else entry
    )


def _changed(change: Callable[[Answer], Answer], _: Any, answer: Answer) -> Answer:
    """Every entry said otherwise; an agent keeps what other sources say."""
    by_option = {option: change(entry) for option, entry in answer["by_option"].items()}
    return {**_agents(answer, lambda agent: {**agent, **change(agent)}), "by_option": by_option}


def _agents(answer: Answer, change: Callable[[Answer], Answer]) -> Answer:
    return {
        **answer,
        "by_agent": {agent: change(entry) for agent, entry in answer["by_agent"].items()},
    }


def _alone(agent: Answer) -> Answer:
    return {**agent, "other_sources": {}}


def _left_out(_: Record, answer: Answer) -> Answer:
    return {
        **answer,
        "by_option": {
            name: e
            for name, e in answer["by_option"].items()
            if e["applicability"] != DOES_NOT_APPLY
        },
    }


def _filling(fact: PatientFact, key: str | None, value: Any) -> Callable[[Record], Record]:
    first, _, inner = (key or fact.name).partition(".")

    def read(record: Record) -> Record:
        stated = record.get(first)
        stated = stated.get(inner) if inner and stated is not None else stated
        return fact.stated_in(record, value) if stated in (None, UNKNOWN) else record

    return read


def _rough(fact: str, change: Callable[[Fraction], Fraction]) -> Callable[[Record], Record]:
    def read(record: Record) -> Record:
        if record.get(fact) is None:
            return record
        number = change(Fraction(record[fact]))
        return {**record, fact: json_number(number)}

    return read
