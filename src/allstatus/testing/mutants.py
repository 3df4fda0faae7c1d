"""Mutants of rule data: what a slip in a rule file would make of it, one slip at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import partial
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


Entry = dict[str, Any]
Slip = tuple[str, str, Entry | None]  # words after the name, group, what stands there; None drops


def rule_mutants(files: RuleFiles) -> Iterator[Mutant]:
    """Every mutant of a rule set's files, in an order that depends on the files alone."""
    yield from comparison_mutants(files)
    yield from file_mutants(files, "statuses", "status", _status)
    yield from swap_mutants(files, "statuses", "status", "status")
    yield from entry_mutants(files, "constraints.yaml", _constraint)
    yield from entry_mutants(files, "facts.yaml", _assumption)
    yield from entry_mutants(files, "regions.yaml", _region)
    yield from _options(files)


def comparison_mutants(files: Files) -> Iterator[Mutant]:
    """Every criterion with another comparison, and every limit moved."""
    yield from entry_mutants(files, "criteria.yaml", partial(_criterion, files.data["facts.yaml"]))
    yield from entry_mutants(files, "thresholds.yaml", _threshold)


def entry_mutants(
    files: Files, name: str, slips: Callable[[str, Entry], Iterator[Slip]]
) -> Iterator[Mutant]:
    """Every slip in the entries of one file, which `slips` makes of an entry and its key."""
    for key, entry in (files.data[name] or {}).items():
        for words, group, slip in slips(key, entry):
            data = {**files.data[name], key: slip}
            changed = {name: {k: v for k, v in data.items() if v is not None}}
            yield Mutant(f"{key}{words}", group, changed)


def file_mutants(
    files: Files, folder: str, named_by: str, slips: Callable[[Entry], Iterator[Slip]]
) -> Iterator[Mutant]:
    """Every slip in the files of a folder, each of which is named by one of its keys."""
    for path, data in files.folder(folder).items():
        for words, group, slip in slips(data):
            yield Mutant(f"{data[named_by]}{words}", group, {path: slip})


def swap_mutants(files: Files, folder: str, named_by: str, group: str) -> Iterator[Mutant]:
    """Every two files of a folder with each other's clauses."""
    for (one, first), (two, second) in combinations(files.folder(folder).items(), 2):
        if first["all"] != second["all"]:
            changed = {one: _as_if(first, second, named_by), two: _as_if(second, first, named_by)}
            yield Mutant(f"{first[named_by]} and {second[named_by]} swapped", group, changed)


def _as_if(data: Entry, other: Entry, named_by: str) -> Entry:
    """A file with the clauses of another; an `unless` that named it names the other now."""
    names = {data[named_by]: other[named_by]}
    unless = [names.get(name, name) for name in other.get("unless", [])]
    more = {"unless": unless} if unless else {}
    return {**without(data, "unless"), "all": other["all"], **more}


def _criterion(facts: Mapping[str, Any], _: str, entry: Entry) -> Iterator[Slip]:
    """Other operators, and other values of a choice."""
    fact, operator, operand = parse_comparison(entry["condition"]) or ("", "", "")
    if not operator:
        return
    values = facts[fact].get("values", [])
    operators = [other for other in (("==", "!=") if values else OPERATORS) if other != operator]
    slips = [f"{fact} {other} {operand}" for other in operators]
    slips += [f"{fact} {operator} {value}" for value in values if value != operand]
    for condition in slips:
        yield f": {condition}", "comparison", {**entry, "condition": condition}


def _threshold(_: str, entry: Entry) -> Iterator[Slip]:
    starts = [str(dated["from"]) for dated in entry["values"]]
    place = starts.index(max(starts))
    value = Decimal(entry["values"][place]["value"])
    with localcontext(prec=60):
        slips = {f"{step:+f}": value + step for step in STEPS}
        slips |= {f"times {factor:f}": value * factor for factor in FACTORS}
    for words, slip in slips.items():
        changed = deepcopy(entry)
        changed["values"][place]["value"] = slip
        yield f" {words}", "threshold", changed


def _status(data: Entry) -> Iterator[Slip]:
    for words, clauses in clause_slips(data["all"]):
        yield f": {words}", "clause", {**data, "all": clauses}
    for other in data.get("unless", []):
        left = [name for name in data["unless"] if name != other]
        yield f": without unless {other}", "clause", {**data, "unless": left}


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
    written = item if isinstance(item, dict) else {}
    kind = next((one for one in ("all", "any", "not") if written.get(one) is not None), "")
    if not kind:
        return
    rest, inner = without(item, kind), item[kind]
    other = "any" if kind == "all" else "all"
    if kind != "not" and len(inner) > 1:
        yield f"clause {where}: {other} for {kind}", {**rest, other: inner}
    slips = _inner_slips(inner, f"{where}.1")
    for words, slip in slips if kind == "not" else _list_slips(inner, f"{where}."):
        yield words, {**rest, kind: slip}


def negated(item: Any) -> Any:
    """A clause that holds where the other does not."""
    return item["not"] if isinstance(item, dict) and item.get("not") is not None else {"not": item}


def _constraint(_: str, entry: Entry) -> Iterator[Slip]:
    yield " dropped", "constraint", None
    yield " reversed", "constraint", {**entry, "if": entry["then"], "then": entry["if"]}


def _assumption(_: str, entry: Entry) -> Iterator[Slip]:
    assume = entry.get("assume")
    if assume is None:
        return
    slips = {
        f" taken as {str(value).lower()}": {**assume, "value": value}
        for value in entry.get("values", [True, False])
        if value != assume["value"]
    }
    if assume.get("when") is not None:
        slips[" always assumed"] = without(assume, "when")
        slips[" assumed in the other cases"] = {**assume, "when": negated(assume["when"])}
    yield " never assumed", "assumption", without(entry, "assume")
    for words, slip in slips.items():
        yield words, "assumption", {**entry, "assume": slip}


def without(entry: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """A mapping without some keys."""
    return {name: value for name, value in entry.items() if name not in keys}


def _region(_: str, entry: Entry) -> Iterator[Slip]:
    yield " dropped", "region", None
    for words, where in clause_slips(entry["where"]):
        yield f": {words}", "region", {**entry, "where": where}


def _options(files: RuleFiles) -> Iterator[Mutant]:
    """Each listed treatment dropped, or listed under the next status instead."""
    lists = files.folder("options")
    paths = list(lists)
    for number, path in enumerate(paths):
        following = paths[(number + 1) % len(paths)]
        for option in lists[path]["options"]:
            others = [other for other in lists[path]["options"] if other is not option]
            left = {**lists[path], "options": others}
            yield Mutant(f"{option['id']} dropped", "option", {path: left})
            if following != path:
                more = {**lists[following], "options": [*lists[following]["options"], option]}
                moved = f"{option['id']} under {more['status']}"
                yield Mutant(moved, "option", {path: left, following: more})
