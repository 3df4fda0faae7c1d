"""Mutants of rule data: what a slip in a rule file would make of it, one slip at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import combinations
from typing import Any

from allstatus.rules.condition import parse_comparison
from allstatus.testing.rule_files import Changed, Files, RuleFiles

OPERATORS = (">", ">=", "<", "<=", "==", "!=")
HAIR = Decimal("1e-18")
STEPS = (HAIR, -HAIR, Decimal("0.01"), Decimal("-0.01"), Decimal(1), Decimal(-1))
FACTORS = (Decimal("0.01"), Decimal(2), Decimal(4), Decimal(100))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip: `group` says of which kind, `changed` the files with it."""

    name: str
    group: str
    changed: Changed


def rule_mutants(files: RuleFiles) -> Iterator[Mutant]:
    """Every mutant of a rule set's files, in an order that depends on the files alone."""
    yield from criterion_mutants(files)
    yield from threshold_mutants(files)
    yield from _statuses(files)
    yield from _constraints(files)
    yield from _assumptions(files)
    yield from _regions(files)
    yield from _options(files)


def entries_of(files: Files, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of a file by name."""
    yield from (files.data[name] or {}).items()


def with_entry(files: Files, name: str, key: str, entry: Mapping[str, Any] | None) -> Changed:
    """The file with one entry replaced, or without it."""
    data = {**files.data[name], key: entry}
    return {name: {k: v for k, v in data.items() if v is not None}}


def criterion_mutants(files: Files) -> Iterator[Mutant]:
    """Every criterion with another comparison."""
    for name, entry in entries_of(files, "criteria.yaml"):
        for condition in _conditions(files, entry["condition"]):
            yield Mutant(
                f"{name}: {condition}",
                "comparison",
                with_entry(files, "criteria.yaml", name, {**entry, "condition": condition}),
            )


def _conditions(files: Files, text: str) -> Iterator[str]:
    """Other operators, and other values of a choice."""
    fact, operator, operand = parse_comparison(text) or ("", "", "")
    if not operator:
        return
    values = files.data["facts.yaml"][fact].get("values", [])
    for other in OPERATORS if not values else ("==", "!="):
        if other != operator:
            yield f"{fact} {other} {operand}"
    yield from (f"{fact} {operator} {value}" for value in values if value != operand)


def threshold_mutants(files: Files) -> Iterator[Mutant]:
    """Every limit moved."""
    for name, entry in entries_of(files, "thresholds.yaml"):
        starts = [str(dated["from"]) for dated in entry["values"]]
        place = starts.index(max(starts))
        value = Decimal(entry["values"][place]["value"])
        with localcontext(prec=60):
            slips = {f"{step:+f}": value + step for step in STEPS} | {
                f"times {factor:f}": value * factor for factor in FACTORS
            }
        for words, slip in slips.items():
            changed = deepcopy(entry)
            changed["values"][place]["value"] = slip
            yield Mutant(
                f"{name} {words}", "threshold", with_entry(files, "thresholds.yaml", name, changed)
            )


def _statuses(files: RuleFiles) -> Iterator[Mutant]:
    statuses = files.folder("statuses")
    for path, data in statuses.items():
        for words, clauses in clause_slips(data["all"]):
            yield Mutant(f"{data['status']}: {words}", "clause", {path: {**data, "all": clauses}})
        for other in data.get("unless", []):
            left = [name for name in data["unless"] if name != other]
            yield Mutant(
                f"{data['status']}: without unless {other}",
                "clause",
                {path: {**data, "unless": left}},
            )
    for (one, first), (two, second) in combinations(statuses.items(), 2):
        changed = {one: _as_if(first, second), two: _as_if(second, first)}
        yield Mutant(f"{first['status']} and {second['status']} swapped", "status", changed)


def _as_if(status: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A status with the definition of another; an `unless` that named it names the other now."""
    unless = [
        other["status"] if name == status["status"] else name for name in other.get("unless", [])
    ]
    return {**status, "all": other["all"], "unless": unless}


def clause_slips(items: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """A list of clauses that must all hold, with one of them dropped or negated, here or below; or
    any for all.
    """
    if len(items) > 1:
        yield "any for all", [{"any": items}]
    yield from _list_slips(items, "")


def _list_slips(items: list[Any], place: str) -> Iterator[tuple[str, list[Any]]]:
    for number, item in enumerate(items):
        where = f"{place}{number + 1}"
        before, after = items[:number], items[number + 1 :]
        if len(items) > 1:
            yield f"clause {where} dropped", before + after
        yield f"clause {where} negated", [*before, negated(item), *after]
        yield from ((words, [*before, slip, *after]) for words, slip in _inner_slips(item, where))


def _inner_slips(item: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Slips below a clause, and all for any."""
    kind = next(
        (
            kind
            for kind in ("all", "any", "not")
            if isinstance(item, dict) and item.get(kind) is not None
        ),
        None,
    )
    if kind is None:
        return
    rest = {key: value for key, value in item.items() if key != kind}
    if kind == "not":
        yield from (
            (words, {**rest, "not": slip})
            for words, slip in _inner_slips(item["not"], f"{where}.1")
        )
        return
    other = "any" if kind == "all" else "all"
    if len(item[kind]) > 1:
        yield f"clause {where}: {other} for {kind}", {**rest, other: item[kind]}
    yield from (
        (words, {**rest, kind: slip}) for words, slip in _list_slips(item[kind], f"{where}.")
    )


def negated(item: Any) -> Any:
    """A clause that holds where the other does not."""
    return item["not"] if isinstance(item, dict) and item.get("not") is not None else {"not": item}


def _constraints(files: RuleFiles) -> Iterator[Mutant]:
    for name, entry in entries_of(files, "constraints.yaml"):
        yield Mutant(
            f"{name} dropped", "constraint", with_entry(files, "constraints.yaml", name, None)
        )
        turned = {**entry, "if": entry["then"], "then": entry["if"]}
        yield Mutant(
            f"{name} reversed", "constraint", with_entry(files, "constraints.yaml", name, turned)
        )


def _assumptions(files: RuleFiles) -> Iterator[Mutant]:
    for name, entry in entries_of(files, "facts.yaml"):
        assume = entry.get("assume")
        if assume is None:
            continue
        values = [value for value in entry.get("values", [True, False]) if value != assume["value"]]
        slips = {
            f"{name} taken as {str(value).lower()}": {**assume, "value": value} for value in values
        }
        if assume.get("when") is not None:
            slips[f"{name} always assumed"] = {
                key: value for key, value in assume.items() if key != "when"
            }
            slips[f"{name} assumed in the other cases"] = {
                **assume,
                "when": negated(assume["when"]),
            }
        yield Mutant(
            f"{name} never assumed",
            "assumption",
            with_entry(files, "facts.yaml", name, without(entry, "assume")),
        )
        for words, slip in slips.items():
            yield Mutant(
                words,
                "assumption",
                with_entry(files, "facts.yaml", name, {**entry, "assume": slip}),
            )


def without(entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A mapping without one key."""
    return {name: value for name, value in entry.items() if name != key}


def _regions(files: RuleFiles) -> Iterator[Mutant]:
    for name, entry in entries_of(files, "regions.yaml"):
        yield Mutant(f"{name} dropped", "region", with_entry(files, "regions.yaml", name, None))
        for words, where in clause_slips(entry["where"]):
            yield Mutant(
                f"{name}: {words}",
                "region",
                with_entry(files, "regions.yaml", name, {**entry, "where": where}),
            )


def _options(files: RuleFiles) -> Iterator[Mutant]:
    """Each listed treatment dropped, or listed under the next status instead."""
    lists = files.folder("options")
    paths = list(lists)
    for number, path in enumerate(paths):
        following = paths[(number + 1) % len(paths)]
        for option in lists[path]["options"]:
            left = {
                **lists[path],
                "options": [other for other in lists[path]["options"] if other is not option],
            }
            yield Mutant(f"{option['id']} dropped", "option", {path: left})
            if following != path:
                more = {**lists[following], "options": [*lists[following]["options"], option]}
                yield Mutant(
                    f"{option['id']} under {more['status']}",
                    "option",
                    {path: left, following: more},
                )
