"""Checks over a whole rule set; each reports all its offenders with place and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from allstatus.errors import nearest
from allstatus.record.percent import HUNDRED, format_number
from allstatus.record.yaml_file import YamlFile, shown
from allstatus.rules.ruleset import PERCENT, RuleSet
from allstatus.rules.shared_lint import named_otherwise, unasked_facts, unused_thresholds
from allstatus.rules.stated_facts import unread_codes, unstated_facts

Files = Mapping[str, YamlFile]
Folders = Mapping[str, list[YamlFile]]
Check = Callable[[RuleSet, Files, Folders], Iterable[str]]


def lint(ruleset: RuleSet, files: Files, folders: Folders) -> list[str]:
    """Every problem every check finds."""
    return [problem for check in CHECKS for problem in check(ruleset, files, folders)]


def unused_criterion(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each criterion that no status uses."""
    used = {
        name
        for status in ruleset.statuses.values()
        for clause in status.clauses
        for name in clause.criteria()
    }
    for name in ruleset.criteria:
        if name not in used:
            yield files["criteria"].at(
                (name,), f"no status uses criterion '{name}'; use it in a status or remove it"
            )


def unused_threshold(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each threshold that no criterion uses."""
    yield from unused_thresholds(ruleset.thresholds, ruleset.criteria.values(), files["thresholds"])


def limit_of_another_day(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each value of a threshold that begins after the rule set, or on the day of another one.

    What is made of the rules (table, SQL, CQL, page, vectors) has no day of its own, so that one
    value holds as long as the rule set does.
    """
    begins = str(ruleset.effective_from)
    for name, entry in files["thresholds"].data.items():
        days = [str(dated["from"]) for dated in entry["values"]]
        for number, day in enumerate(days):
            place = (name, "values", number)
            if day in days[:number]:
                yield files["thresholds"].at(
                    place, f"'{name}' has two values from {day}; keep the one that holds"
                )
            elif day > begins:
                yield files["thresholds"].at(
                    place,
                    f"'{name}' begins on {day}, after the rule set itself ({begins}); make a "
                    f"version of the rule set that begins that day, which as_of then picks",
                )


def limit_no_percentage_has(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each limit of a percentage that no percentage reaches, or that is in another unit."""
    conditions = [criterion.condition for criterion in ruleset.criteria.values()]
    asked = {c.operand: c.fact for c in conditions if ruleset.facts[c.fact].kind == "percent"}
    for name, threshold in ruleset.thresholds.items():
        if threshold.unit == PERCENT and not 0 <= threshold.value <= HUNDRED:
            yield files["thresholds"].at(
                (name, "values", 0, "value"),
                f"'{name}' is {format_number(threshold.value)} %; write a number from 0 to 100",
            )
        if threshold.unit != PERCENT and name in asked:
            problem = f"'{name}' is in {threshold.unit}, and '{asked[name]}' is a percentage"
            yield files["thresholds"].at((name, "unit"), f'{problem}; write "%" in quotes')


def unasked_fact(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each fact that no criterion asks about."""
    yield from unasked_facts(ruleset.facts, ruleset.criteria.values(), files["facts"])


def unknown_test(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each fact answered by a test that guidance.yaml does not list."""
    tests = [test["id"] for test in ruleset.guidance["tests"]]
    for name, fact in ruleset.facts.items():
        for test in fact.answered_by:
            if test not in tests:
                problem = (
                    f"unknown test '{test}'{nearest(test, tests)}; tests are listed in "
                    f"guidance.yaml"
                )
                yield files["facts"].at((name, "answered_by"), problem)


def unknown_status(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each file of options for a status that there is not."""
    names = list(ruleset.statuses)
    for file in folders["options"]:
        if file.data["status"] not in names:
            name = file.data["status"]
            yield file.at(
                ("status",),
                f"unknown status '{name}'{nearest(name, names)}; statuses are the files in "
                f"statuses/",
            )
    for file in folders["statuses"]:
        others = [name for name in names if name != file.data["status"]]
        for number, other in enumerate(file.data.get("unless", [])):
            if other not in others:
                problem = (
                    f"`unless` names '{other}', which is not another "
                    f"status{nearest(other, others)}; name one or remove it"
                )
                yield file.at(("unless", number), problem)


def unlisted_word(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each name in `course` that is no status, each status that `course` leaves out, and each
    category of an option that the rule set does not have.
    """
    head, statuses = files["ruleset"], ruleset.statuses
    words: list[tuple[YamlFile, tuple[str | int, ...], str, Iterable[str]]] = [
        (head, ("course", n), name, statuses) for n, name in enumerate(ruleset.course)
    ]
    words += [
        (file, ("options", n, "category"), option["category"], ruleset.categories)
        for file in folders["options"]
        for n, option in enumerate(file.data["options"])
    ]
    for file, place, word, known in words:
        if word not in known:
            hint = nearest(word, known)
            yield file.at(place, f"'{word}' is none of: {', '.join(known)}{hint}; use one of them")
    if ruleset.course and (left := [name for name in statuses if name not in ruleset.course]):
        yield head.at(("course",), f"`course` leaves out {', '.join(left)}; name each status once")


def file_named_otherwise(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each file of a status or its options that is not called by the status."""
    for file in [*folders["statuses"], *folders["options"]]:
        yield from named_otherwise(file, "status")


def status_without_options(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each status without a file of options."""
    for file in folders["statuses"]:
        name = file.data["status"]
        if name not in ruleset.options:
            yield file.at(
                ("status",),
                f"status '{name}' has no options; add options/{name}.yaml with what the page lists "
                f"for it",
            )


def repeated_id(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each option whose id another one has."""
    seen: set[str] = set()
    for file in folders["options"]:
        for number, option in enumerate(file.data["options"]):
            if option["id"] in seen:
                yield file.at(
                    ("options", number, "id"),
                    f"option id '{option['id']}' stands twice; choose another for one of them",
                )
            seen.add(option["id"])


def unknown_agent(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each option with an agent that guidance.yaml does not list."""
    agents = [agent["id"] for agent in ruleset.guidance["agents"]]
    for file in folders["options"]:
        for number, option in enumerate(file.data["options"]):
            for agent in option["agents"]:
                if agent not in agents:
                    problem = (
                        f"unknown agent '{agent}'{nearest(agent, agents)}; agents are listed in "
                        f"guidance.yaml"
                    )
                    yield file.at(("options", number, "agents"), problem)


def assumption_of_another_type(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each assumption whose value is none that the fact can have."""
    for name, fact in ruleset.facts.items():
        valid = (True, False) if fact.kind == "yes_no" else fact.values
        if fact.assume is not None and fact.assume.value not in valid:
            words = [shown(value).strip("'") for value in valid]
            remedy = (
                f"use one of {', '.join(words)}"
                if words
                else "remove `assume`, for a number is never assumed"
            )
            problem = (
                f"{shown(fact.assume.value)} is not a value of "
                f"'{name}'{nearest(str(fact.assume.value), words)}; {remedy}"
            )
            yield files["facts"].at((name, "assume", "value"), problem)


def unless_circle(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each status whose `unless` leads back to itself."""
    for file in folders["statuses"]:
        name = file.data["status"]
        if circle := _way_back(ruleset, name):
            steps = " unless ".join(f"'{step}'" for step in circle)
            yield file.at(("unless",), f"`unless` goes in a circle ({steps}); remove one of them")


def _way_back(ruleset: RuleSet, start: str) -> tuple[str, ...] | None:
    """The statuses on the way from one back to itself by way of others."""
    ways: list[tuple[str, ...]] = [(start,)]
    while ways:
        way = ways.pop(0)
        for other in ruleset.statuses[way[-1]].unless:
            if other == start and len(way) > 1:
                return (*way, other)
            if other in ruleset.statuses and other not in way:
                ways.append((*way, other))
    return None


def fact_no_record_states(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each fact that no record can state as the rules have it."""
    yield from unstated_facts(ruleset.facts.values(), files["facts"])
    yield from unread_codes(ruleset, files["facts"])


def unknown_in_guidance(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Each entry of guidance.yaml that names a status or fact there is not."""
    known: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("statuses", "status", ruleset.statuses),
        ("facts", "fact", ruleset.facts),
    )
    for heading, entries in ruleset.guidance.items():
        for number, entry in enumerate(entries):
            for key, word, names in known:
                for name in entry.get(key, ()):
                    if name not in names:
                        problem = (
                            f"unknown {word} '{name}'{nearest(name, names)}; use a {word} of this "
                            f"rule set"
                        )
                        yield files["guidance"].at((heading, number, key), problem)


def unknown_placeholder(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    """Texts for readers may name thresholds only, as `{blast_threshold}`."""
    entries: list[tuple[YamlFile, tuple[str, ...], Any]] = [
        (files[name], (key,), entry)
        for name in ("facts", "constraints", "regions")
        for key, entry in files[name].data.items()
    ]
    entries += [(file, (), file.data) for file in folders["statuses"]]
    for file, path, entry in entries:
        for level, said in entry["says"].items():
            for text in [said] if isinstance(said, str) else said:
                words = text if isinstance(text, str) else text["say"]
                for name in re.findall(r"\{(.*?)\}", words):
                    if name not in ruleset.thresholds:
                        hint = nearest(name, ruleset.thresholds)
                        yield file.at(
                            (*path, "says", level),
                            f"'{{{name}}}' is no threshold{hint}; name one of thresholds.yaml",
                        )


CHECKS: tuple[Check, ...] = (
    unused_criterion,
    unused_threshold,
    limit_of_another_day,
    limit_no_percentage_has,
    unasked_fact,
    unknown_test,
    unknown_status,
    unlisted_word,
    file_named_otherwise,
    status_without_options,
    repeated_id,
    unknown_agent,
    assumption_of_another_type,
    unless_circle,
    fact_no_record_states,
    unknown_in_guidance,
    unknown_placeholder,
)
