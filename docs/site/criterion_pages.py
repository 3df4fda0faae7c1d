"""The criteria of a rule set: condition, reading, citation, examples, and the cases that each
decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from pieces import anchor, code, plain, table
from rule_words import answer, cited, expected, facts, reading

from allstatus.decision.classifier import Classifier
from allstatus.rules.condition import Clause
from allstatus.rules.ruleset import Criterion, Fact, RuleSet
from allstatus.table.case_set import NO_CASE, CaseSet
from allstatus.table.decision_table import OUTSIDE, DecisionTable, Verdicts
from allstatus.translate.box_conditions import conditions_of
from allstatus.verify.case_space import fewest_verdict_boxes

HEAD = """# Criteria

The yes/no conditions that the definitions are written in, one section each: what is asked, where
it was read, the examples that state it, and the cases of the decision table that it alone decides.

"""
FEW = 8  # criteria up to which the fewest boxes are found exactly


def page(classifier: Classifier) -> str:
    """All criteria of a rule set."""
    return HEAD + "\n".join(
        text
        for criterion in classifier.ruleset.criteria.values()
        for text in _criterion(classifier, criterion)
    )


def _criterion(classifier: Classifier, criterion: Criterion) -> Iterator[str]:
    rules, fact = classifier.ruleset, classifier.ruleset.facts[criterion.condition.fact]
    yield f"## {plain(criterion.title)}\n"
    yield table(("", ""), _about(rules, criterion, fact))
    yield f"### What {code(criterion.name)} decides\n"
    yield from _decides(classifier, criterion)
    rows = [
        (
            f"{plain(status.title)}: {plain(example['name'])}",
            facts(example["facts"]),
            expected(rules, example),
        )
        for status in rules.statuses.values()
        for example in status.examples
        if fact.name in example["facts"]
    ]
    yield (
        f"### Examples that state it\n\n{table(('example', 'facts', 'answer'), rows)}"
        if rows
        else ""
    )


def _about(rules: RuleSet, criterion: Criterion, fact: Fact) -> Iterator[tuple[str, str]]:
    named = (name for name in rules.thresholds if name in str(criterion.condition))
    limits = ", ".join(f"{code(name)} is {rules.with_limits('{' + name + '}')}" for name in named)
    used = [
        f"[{plain(s.title)}](statuses.md#{anchor(s.title)})"
        for s in rules.statuses.values()
        if _asks(s.clauses, criterion.name)
    ]
    yield "condition", code(criterion.condition) + (f"; {limits}" if limits else "")
    yield "when it does not hold", plain(criterion.otherwise)
    yield "asks", f"{plain(fact.question)} ({code(fact.record_key or fact.name)})"
    yield "answered by", ", ".join(plain(title) for title in rules.test_titles(fact))
    yield "reading", f"{code(criterion.reading)}: {reading(criterion.reading)}"
    yield "read from", cited(criterion.cite)
    yield "asked by", ", ".join(used) or "constraints and regions only"


def _asks(clauses: tuple[Clause, ...], name: str) -> bool:
    return any(name in clause.criteria() for clause in clauses)


def _decides(classifier: Classifier, criterion: Criterion) -> Iterator[str]:
    table_, rules = classifier.table, classifier.ruleset
    found = decided(table_, criterion.name)
    pairs = sum(cases.bit_count() // 2 for cases in found.values())
    changed, open_cells = told_apart(
        possible_by_cell(table_), table_.criteria.index(criterion.name)
    )
    yield (
        f"Pairs of cases that can be, differ in this alone, and have different answers: {pairs}. "
        f"Of the {open_cells} cells that "
    )
    yield (
        f"leave it open (other facts known or not), knowing it changes what is possible in "
        f"{changed}.\n"
    )
    rows = (
        (_everything_else(rules, box), answer(rules, without), answer(rules, with_it))
        for (without, with_it), cases in found.items()
        for box in boxes(table_, cases, criterion.name)
    )
    yield table(("where", "it does not hold", "it holds"), rows)


def decided(cases: DecisionTable, name: str) -> dict[tuple[str, str], CaseSet]:
    """For each two answers, the cases that get the one without a criterion and the other with it,
    all else alike.
    """
    bit = 1 << cases.criteria.index(name)
    found = defaultdict[tuple[str, str], CaseSet](lambda: NO_CASE)
    for number in range(len(cases.cases)):
        both = 1 << number | 1 << (number | bit)
        if number & bit or cases.consistent & both != both:
            continue
        pair = _answer(cases, number), _answer(cases, number | bit)
        if pair[0] != pair[1]:
            found[pair] |= both
    return dict(found)


@lru_cache(maxsize=4)
def possible_by_cell(cases: DecisionTable) -> dict[Verdicts, tuple[str, ...]]:
    """What is possible in each cell that can be: true, false or unknown for every criterion."""
    found = {}
    for verdicts in product((True, False, None), repeat=len(cases.criteria)):
        if completions := cases.completions(verdicts):
            found[verdicts] = cases.possible(completions)
    return found


def told_apart(possible: dict[Verdicts, tuple[str, ...]], place: int) -> tuple[int, int]:
    """Of the cells that leave a criterion open, in how many knowing it changes what is possible,
    and how many there are.
    """
    unknown = [verdicts for verdicts in possible if verdicts[place] is None]
    known = (
        [possible.get((*cell[:place], held, *cell[place + 1 :])) for held in (True, False)]
        for cell in unknown
    )
    changed = (
        any(then not in (None, possible[cell]) for then in both)
        for cell, both in zip(unknown, known, strict=True)
    )
    return sum(changed), len(unknown)


def _answer(cases: DecisionTable, number: int) -> str:
    return next((name for name, held in cases.statuses.items() if held >> number & 1), OUTSIDE)


def boxes(cases: DecisionTable, target: CaseSet, name: str) -> Iterator[dict[str, bool]]:
    """The cases as boxes of the other criteria."""
    if len(cases.criteria) > FEW:
        found = [dict(box) for box in conditions_of(cases, target)]
    else:
        covers = fewest_verdict_boxes(cases, target)
        found = [
            {
                key: held
                for key, held in zip(cases.criteria, box.verdicts, strict=True)
                if held is not None
            }
            for box in covers
        ]
    seen: list[dict[str, bool]] = []
    for box in found:
        rest = {key: held for key, held in box.items() if key != name}
        if rest not in seen:
            seen.append(rest)
            yield rest


def _everything_else(rules: RuleSet, box: dict[str, bool]) -> str:
    words = (
        rules.criteria[name].title if held else rules.criteria[name].otherwise
        for name, held in box.items()
    )
    return "<br>".join(plain(text) for text in words) or "always"
