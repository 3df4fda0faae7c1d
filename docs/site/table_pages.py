"""What a rule set leaves open and rules out, and its decision table case by case."""

from __future__ import annotations

from collections.abc import Iterator

from pieces import anchor, code, plain, table
from rule_words import cited, clause, reading, to_a_student

from allstatus.decision.classifier import Classifier
from allstatus.rules.ruleset import RuleSet

GAPS = """# Gaps, contradictions, assumptions

## What the page does not describe

Cases that can be and that no definition fits. Each has a name, so that *the page does not describe
this* can be said exactly; a case may lie in several.

"""
ASSUMED = """## What is assumed when nothing is reported

Listed in every decision that rests on it. An explicit `"unknown"` is never assumed away.
"""
CASES = """# Decision table

Every complete case, fired once by the rule engine. {count} combinations of {criteria} criteria, of
which {can} can be; those are listed, with the numbers they have in `decision-table.csv`.

"""


def gaps(classifier: Classifier) -> str:
    """Regions, constraints and assumptions of a rule set."""
    return GAPS + "\n".join(
        [
            *_regions(classifier),
            *_constraints(classifier.ruleset),
            *_assumptions(classifier.ruleset),
        ]
    )


def _regions(classifier: Classifier) -> Iterator[str]:
    rules = classifier.ruleset
    for name, region in rules.regions.items():
        yield f"### {code(name)}\n\n{plain(region.sentence)}\n"
        for part in region.where.children if region.where.kind == "all" else (region.where,):
            yield from clause(rules.criteria, part, "criteria.md", source=False)
        yield (
            f"\n{classifier.table.regions[name].bit_count()} cases. To a student: "
            f"{to_a_student(rules, region.says)}\n"
        )


def _constraints(rules: RuleSet) -> Iterator[str]:
    yield (
        "## What cannot be\n\nA record that breaks one of these contradicts itself; the decision "
        "says which two facts clash.\n"
    )
    rows = (
        (code(name), plain(found.because), reading(found.reading), cited(found.cite))
        for name, found in rules.constraints.items()
    )
    yield table(("constraint", "because", "reading", "read from"), rows)


def _assumptions(rules: RuleSet) -> Iterator[str]:
    yield ASSUMED
    assumed = ((name, fact.assume) for name, fact in rules.facts.items() if fact.assume is not None)
    rows = (
        (code(name), code(_value(found.value)), plain(found.because)) for name, found in assumed
    )
    yield table(("fact", "is taken to be", "because"), rows)


def _value(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def cases(classifier: Classifier) -> str:
    """The complete cases that can be, one a line."""
    found, rules = classifier.table, classifier.ruleset
    head = CASES.format(
        count=len(found.cases), criteria=len(found.criteria), can=found.consistent.bit_count()
    )
    rows = (
        (
            number,
            _answer(classifier, number),
            *("yes" if case[name] else "–" for name in found.criteria),
            _regions_of(classifier, number),
        )
        for number, case in enumerate(found.cases)
        if found.consistent >> number & 1
    )
    names = (
        f"[{name.replace('_', ' ')}](criteria.md#{anchor(rules.criteria[name].title)})"
        for name in found.criteria
    )
    return (
        head + table(("case", "answer", *names, "which gap"), rows) + f"\n{plain(rules.notice)}\n"
    )


def _answer(classifier: Classifier, number: int) -> str:
    held = (name for name, cases in classifier.table.statuses.items() if cases >> number & 1)
    return next(
        (f"**{plain(classifier.ruleset.statuses[name].title)}**" for name in held), "not described"
    )


def _regions_of(classifier: Classifier, number: int) -> str:
    return ", ".join(
        f"[{name}](gaps.md#{name})"
        for name, held in classifier.table.regions.items()
        if held >> number & 1
    )
