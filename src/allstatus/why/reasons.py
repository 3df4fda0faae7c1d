"""Why: the smallest sets of known facts that already force the outcome; and what cannot matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from allstatus.table.assumptions import CellResolver, Resolution
from allstatus.table.case_set import CaseSet


def sufficient_reasons(
    resolver: CellResolver, resolution: Resolution
) -> tuple[tuple[str, ...], ...]:
    """All subset-minimal sets of given or assumed facts that force the outcome, those of given
    facts alone first. What follows from these by a constraint is no reason of its own.

    Of a conflict, the sets that cannot be true together; empty while the outcome is open.
    """
    if len(resolution.cell.possible) > 1:
        return ()
    excluded = _excluded_by_outcome(resolver, resolution)
    found = _smallest_sets(_known_facts(resolver, resolution), resolver.table.consistent, excluded)
    return tuple(sorted(found, key=lambda names: _rank(resolver, resolution, names)))


def what_it_follows_from(
    resolver: CellResolver, resolution: Resolution, criterion: str
) -> tuple[str, ...]:
    """The fewest criteria of given or assumed facts that force the verdict of another one; none
    where its own fact says it, or nothing does.
    """
    table, criteria = resolver.table, resolver.table.ruleset.criteria
    verdicts = dict(zip(table.criteria, resolution.cell.closed, strict=True))
    said = set(_known_facts(resolver, resolution))
    if verdicts[criterion] is None or criteria[criterion].condition.fact in said:
        return ()
    cases = {
        name: table.cases_with({name: held}) for name, held in verdicts.items() if held is not None
    }
    known = {name: cases[name] for name in cases if criteria[name].condition.fact in said}
    excluded = table.everything & ~cases[criterion]
    return next(_smallest_sets(known, table.consistent, excluded), ())


def _smallest_sets(
    known: Mapping[str, CaseSet], consistent: CaseSet, excluded: CaseSet
) -> Iterator[tuple[str, ...]]:
    """All subset-minimal sets of what is known that leave none of the excluded cases, the smallest
    first.
    """
    found: list[frozenset[str]] = []
    for size in range(len(known) + 1):
        for names in combinations(known, size):
            chosen = frozenset(names)
            if any(map(chosen.issuperset, found)):
                continue
            cases = consistent
            for name in names:
                cases &= known[name]
            if not cases & excluded:
                found.append(chosen)
                yield names


def _known_facts(resolver: CellResolver, resolution: Resolution) -> dict[str, CaseSet]:
    """Each fact of which something is given or assumed, with the cases that agree with it."""
    table, rules = resolver.table, resolver.table.ruleset
    cell = resolution.cell if resolution.cell.completions else resolution.stated
    verdicts = dict(zip(table.criteria, cell.closed, strict=True))
    sources = _given_facts(resolver, resolution) | set(resolution.assumed)
    known = {}
    for fact in filter(sources.__contains__, rules.facts):
        said = {
            name: verdict
            for name in rules.criteria_of(fact)
            if (verdict := verdicts[name]) is not None
        }
        if said:
            known[fact] = table.cases_with(said)
    return known


def derived_values(resolver: CellResolver, resolution: Resolution) -> dict[str, Any]:
    """The value of each fact of which only one class is left; a class of several values is said in
    words.
    """
    values = {}
    for fact in resolver.table.ruleset.facts:
        answers = resolver.open_answers(resolution, fact)
        if len(answers) == 1 and len(resolver.classes[fact]) > 1:
            values[fact] = answers[0].value
    return values


def irrelevant_facts(
    resolver: CellResolver, resolution: Resolution, missing: tuple[str, ...]
) -> tuple[str, ...]:
    """The facts that are not known and cannot change the answer whatever they are."""
    return tuple(
        fact
        for fact in resolver.table.ruleset.facts
        if fact not in missing and len(resolver.open_answers(resolution, fact)) > 1
    )


def missing_facts(resolver: CellResolver, resolution: Resolution) -> tuple[str, ...]:
    """The facts that are not known and have an answer which would change what is possible."""
    if resolution.cell.outcome != "insufficient_data":
        return ()
    return tuple(
        fact for fact in resolver.table.ruleset.facts if _would_change(resolver, resolution, fact)
    )


def _would_change(resolver: CellResolver, resolution: Resolution, fact: str) -> bool:
    answers = resolver.open_answers(resolution, fact)
    if len(answers) < 2:
        return False
    after = [resolver.what_if(resolution, answer).cell.possible for answer in answers]
    return any(possible != resolution.cell.possible for possible in after)


def _excluded_by_outcome(resolver: CellResolver, resolution: Resolution) -> CaseSet:
    """The cases that must be gone for the outcome to be forced."""
    table, possible = resolver.table, resolution.cell.possible
    if not possible:
        return table.everything
    return table.everything & ~table.cases_of(possible[0])


def _rank(
    resolver: CellResolver, resolution: Resolution, names: tuple[str, ...]
) -> tuple[int, int]:
    """Reasons that rest on given facts alone go first, then the shorter."""
    given = _given_facts(resolver, resolution)
    return sum(name not in given for name in names), len(names)


def _given_facts(resolver: CellResolver, resolution: Resolution) -> set[str]:
    """The facts a record or chart states something of."""
    table = resolver.table
    stated = zip(table.criteria, resolution.stated.verdicts, strict=True)
    return {
        table.ruleset.criteria[name].condition.fact for name, held in stated if held is not None
    }
