"""Whether a record can state the facts that rules ask about: their key, their type and values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from allstatus.errors import nearest
from allstatus.record.fact_keys import ABOUT_THE_RECORD, Statable, fact_keys
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.ruleset import Fact, RuleSet

READ_BY_KEY = {"cbc_by_parts": "cbc"}


def unstated_facts(facts: Iterable[Fact], file: YamlFile) -> Iterator[str]:
    """A line for each fact that no record can state as its rules have it.

    A type that is not the key's would read "positive" as no, a value that no record states would
    never hold, and a word that is left out would be read as any other that does not count.
    """
    keys = fact_keys()
    for fact in facts:
        key = fact.record_key or fact.name
        if fact.own:
            if problem := _not_its_own(fact, keys):
                yield file.at((fact.name, "own"), problem)
        elif key not in keys:
            place = (fact.name, "record_key") if fact.record_key else (fact.name,)
            yield file.at(
                place,
                f"no record has a key '{key}'{nearest(key, keys)}; use a key of `allstatus schema "
                f"record`, or declare it with `own: true`",
            )
        elif fact.read_by and READ_BY_KEY[fact.read_by] != key:
            yield file.at(
                (fact.name, "read_by"),
                f"'{fact.read_by}' reads '{READ_BY_KEY[fact.read_by]}' and not '{key}'; remove it",
            )
        elif fact.kind != keys[key].kind:
            yield file.at((fact.name, "type"), _another_type(fact, key, keys[key]))
        else:
            yield from _other_values(fact, key, keys[key].as_read(fact.read_by), file)


def unread_codes(rules: RuleSet, file: YamlFile) -> Iterator[str]:
    """A line for each number whose results could not be read, because its unit is not known."""
    for fact in rules.facts.values():
        numbers = fact.own and fact.codes and fact.kind == "number"
        if numbers and rules.unit_of(fact.name) is None:
            yield file.at(
                (fact.name, "codes"),
                f"the limits of '{fact.name}' name no one `unit`; give one (or no `codes`)",
            )


def _not_its_own(fact: Fact, keys: Collection[str]) -> str | None:
    if fact.name in {key.partition(".")[0] for key in (*keys, *ABOUT_THE_RECORD)}:
        return f"every record has a key '{fact.name}'; remove `own`, or give the fact another name"
    if fact.record_key or fact.read_by:
        return "a fact of its own has neither `record_key` nor `read_by`; remove them"
    if (fact.kind == "choice") is not bool(fact.values):
        return "`type` and `values` do not fit; a choice has values, and no other type has any"
    return None


def _another_type(fact: Fact, key: str, statable: Statable) -> str:
    words = f" with `values: [{', '.join(statable.words)}]`" if statable.words else ""
    return (
        f"'{fact.name}' is of type {fact.kind}, and a record states a {statable.kind} at '{key}'; "
        f"write `type: {statable.kind}`{words}"
    )


def _other_values(fact: Fact, key: str, words: tuple[str, ...], file: YamlFile) -> Iterator[str]:
    for number, value in enumerate(fact.values):
        if value not in words:
            remedy = f"use {', '.join(words)}" if words else "remove `values`"
            yield file.at(
                (fact.name, "values", number),
                f"no record states '{value}' at '{key}'{nearest(value, words)}; {remedy}",
            )
    if left_out := [word for word in words if word not in fact.values]:
        yield file.at(
            (fact.name, "values"),
            f"a record may also state '{', '.join(left_out)}' at '{key}', which is none of the "
            f"values; add it, and a criterion may leave it uncounted",
        )
