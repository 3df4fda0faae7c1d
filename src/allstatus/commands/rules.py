"""`allstatus rules`: list, check, lock and show rule sets."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from allstatus.commands.app import app, run

rules_app = typer.Typer(help="List, check, lock and show rule sets.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
OVERLAY = "applicability"
RulesArgument = typer.Argument(metavar="[DIR]", help="A rule set's folder or name.")


@rules_app.command(name="list")
def list_() -> None:
    """Print the rule sets: id, version, in force from, digest, title."""
    run(_list)


@rules_app.command()
def check(rules: Annotated[str | None, RulesArgument] = None) -> None:
    """Check a rule set: shape, names, examples, the decision table and the lock."""
    run(lambda: _check(rules))


@rules_app.command()
def lock(rules: Annotated[str | None, RulesArgument] = None) -> None:
    """Write decision-table.csv and lock.json of a rule set, or of `applicability`."""
    run(lambda: _lock(rules))


@rules_app.command()
def show(rules: Annotated[str | None, RulesArgument] = None) -> None:
    """Print a rule set as a page to read."""
    run(lambda: _show(rules))


def _list() -> int:
    from allstatus.rules.find import rule_sets
    from allstatus.rules.load import read_rules

    for ruleset in map(read_rules, rule_sets()):
        print(f"{ruleset.id} {ruleset.version}, in force from {ruleset.effective_from}, digest {ruleset.digest[:12]}")
        print(f"    {ruleset.title}")
    return 0


def _check(rules: str | None) -> int:
    from allstatus.applicability import applicability_faults
    from allstatus.classify import load_rules
    from allstatus.errors import RulesError
    from allstatus.rules.examples import failing_examples

    classifier = load_rules(rules)
    if failures := [*failing_examples(classifier), *applicability_faults(classifier.applicability)]:
        raise RulesError(failures)
    ruleset, table = classifier.ruleset, classifier.table
    print(
        f"{ruleset.id} {ruleset.version}: {len(ruleset.criteria)} criteria, {len(ruleset.statuses)} statuses, "
        f"{len(ruleset.regions)} regions, {len(table.cases)} cases of which {table.consistent.bit_count()} can be; all checks hold"
    )
    return 0


def _lock(rules: str | None) -> int:
    from allstatus.classify import load_rules
    from allstatus.errors import RulesError
    from allstatus.rules.examples import failing_examples
    from allstatus.rules.lock import write_lock

    if rules == OVERLAY:
        return _lock_overlay()
    classifier = load_rules(rules, locked=False)
    if failures := failing_examples(classifier):
        raise RulesError(failures)
    ruleset = classifier.ruleset
    write_lock(ruleset.directory, ruleset.digest, classifier.table.csv)
    print(f"{ruleset.id}: locked {ruleset.digest[:12]}, table {classifier.table.digest[:12]}")
    return 0


def _lock_overlay() -> int:
    from allstatus.fit import Fitting, table_csv
    from allstatus.rules.lock import write_lock
    from allstatus.rules.overlay import read_overlay

    overlay = read_overlay()
    write_lock(overlay.directory, overlay.digest, table_csv(Fitting(overlay, use) for use in overlay.agents.values()))
    print(f"{overlay.id}: locked {overlay.digest[:12]}")
    return 0


def _show(rules: str | None) -> int:
    from allstatus.classify import load_rules
    from allstatus.explain.rules_text import render_rules

    classifier = load_rules(rules)
    sys.stdout.write(render_rules(classifier.ruleset, classifier.applicability.overlay))
    return 0
