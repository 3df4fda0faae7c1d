"""`allstatus rules`: list, check, lock, show and compare rule sets, and hold them against their
page.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allstatus.commands.shared import RulesOption, app, run

if TYPE_CHECKING:
    from allstatus.rules.fingerprint import PageSentence
    from allstatus.rules.ruleset import RuleSet
    from allstatus.verify.citations import Citation
    from allstatus.verify.page_map import PageMap

rules_app = typer.Typer(
    help="List, check, lock, show and compare rule sets, and hold them against their page.",
    no_args_is_help=True,
)
app.add_typer(rules_app, name="rules")
OVERLAY = "applicability"
RulesArgument = typer.Argument(metavar="[DIR]", help="A rule set's folder or name.")
PageArgument = typer.Argument(metavar="PAGE", help="The page as Markdown.")
JsonOption = typer.Option("--json", help="Print the report as JSON.")


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


@rules_app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A rule set's folder or name.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The rule set to compare it with.")],
    cohort: Annotated[
        str | None, typer.Option("--cohort", metavar="FILE", help="Records to decide by both.")
    ] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Compare two rule sets: each status, the cases that flip, and with a cohort how many records
    do.
    """
    run(lambda: _diff(old, new, cohort, as_json))


@rules_app.command()
def drift(
    page: Annotated[str, PageArgument],
    rules: Annotated[str | None, RulesOption] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Compare the page as it is today with the page the rules cite (exit 1 when something needs
    review).
    """
    run(lambda: _drift(page, rules, as_json))


@rules_app.command()
def coverage(
    page: Annotated[str, PageArgument],
    rules: Annotated[str | None, RulesOption] = None,
    as_json: Annotated[bool, JsonOption] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of docs/coverage.md.")
    ] = False,
    update: Annotated[
        bool,
        typer.Option("--update", help="Rewrite coverage.yaml from the page, keeping its reasons."),
    ] = False,
) -> None:
    """Show where every sentence of the page went (exit 1 when one is unaccounted for)."""
    run(lambda: _update(page, rules) if update else _coverage(page, rules, as_json, markdown))


def _list() -> int:
    from allstatus.rules.editions import rule_sets
    from allstatus.rules.load import read_rules

    for ruleset in map(read_rules, rule_sets()):
        print(
            f"{ruleset.id} {ruleset.version}, in force from {ruleset.effective_from}, digest "
            f"{ruleset.digest[:12]}"
        )
        print(f"    {ruleset.title}")
    return 0


def _check(rules: str | None) -> int:
    from allstatus.decision.applicability import applicability_faults
    from allstatus.decision.classifier import load_rules
    from allstatus.errors import RulesError
    from allstatus.rules.editions import editions
    from allstatus.verify.page_map import MAP_FILE, read_page_map
    from allstatus.verify.rule_examples import failing_examples

    classifier = load_rules(rules)
    directory = classifier.ruleset.directory
    editions(directory)  # refuses versions that do not follow each other
    if (directory / MAP_FILE).is_file():
        read_page_map(directory)
    if failures := [*failing_examples(classifier), *applicability_faults(classifier.applicability)]:
        raise RulesError(failures)
    ruleset, table = classifier.ruleset, classifier.table
    print(
        f"{ruleset.id} {ruleset.version}: {len(ruleset.criteria)} criteria, "
        f"{len(ruleset.statuses)} statuses, "
        f"{len(ruleset.regions)} regions, {len(table.cases)} cases of which "
        f"{table.consistent.bit_count()} can be; all checks hold"
    )
    return 0


def _lock(rules: str | None) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.errors import RulesError
    from allstatus.rules.lock import write_lock
    from allstatus.verify.rule_examples import failing_examples

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
    from allstatus.decision.stated_use import AgentIndication, table_csv
    from allstatus.rules.indications import read_overlay
    from allstatus.rules.lock import write_lock

    overlay = read_overlay()
    write_lock(
        overlay.directory,
        overlay.digest,
        table_csv(AgentIndication(overlay, use) for use in overlay.agents.values()),
    )
    print(f"{overlay.id}: locked {overlay.digest[:12]}")
    return 0


def _show(rules: str | None) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.render.rules_text import render_rules

    classifier = load_rules(rules)
    sys.stdout.write(render_rules(classifier.ruleset, classifier.applicability.overlay))
    return 0


def _diff(old: str, new: str, cohort: str | None, as_json: bool) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.record.json_reader import read_records
    from allstatus.verify.cohort_diff import compare_cohort
    from allstatus.verify.compare import compare
    from allstatus.verify.compare_report import render_text, to_document

    before, after = (
        load_rules(old, locked=False),
        load_rules(new, locked=False),
    )  # a draft need not be locked yet
    found = compare(before.table, after.table)
    records = None if cohort is None else compare_cohort(before, after, read_records(cohort))
    _print(to_document(found, records) if as_json else render_text(found, records))
    return 0


def _drift(page: str, rules: str | None, as_json: bool) -> int:
    from allstatus.verify.drift import find_drift
    from allstatus.verify.drift_report import render_text, to_document

    ruleset, citations, page_map, sentences = _rules_and_page(rules, page)
    found = find_drift(page_map, citations, sentences)
    _print(to_document(ruleset, found) if as_json else render_text(ruleset, found))
    return 1 if found.to_review else 0


def _coverage(page: str, rules: str | None, as_json: bool, markdown: bool) -> int:
    from allstatus.verify.coverage import cover, render_markdown, render_text, to_document

    ruleset, citations, page_map, sentences = _rules_and_page(rules, page)
    found = cover(ruleset, citations, page_map, sentences)
    _print(
        to_document(found)
        if as_json
        else render_markdown(found)
        if markdown
        else render_text(found)
    )
    return 0 if found.holds else 1


def _update(page: str, rules: str | None) -> int:
    from allstatus.verify.page_map import MAP_FILE, map_page, write_page_map

    ruleset, citations, page_map, sentences = _rules_and_page(rules, page, new_map=True)
    mapped = map_page(sentences, page_map, [citation.place for citation in citations])
    write_page_map(ruleset.directory, mapped)
    print(
        f"{ruleset.directory.name}/{MAP_FILE}: {len(mapped.sentences)} sentences; now run "
        f"`allstatus rules coverage` and `rules lock`"
    )
    return 0


def _rules_and_page(
    rules: str | None, page: str, *, new_map: bool = False
) -> tuple[RuleSet, list[Citation], PageMap, list[PageSentence]]:
    from allstatus.record.json_reader import read_text
    from allstatus.rules.editions import find_rules
    from allstatus.rules.fingerprint import page_sentences
    from allstatus.rules.load import read_rules
    from allstatus.verify.citations import read_citations
    from allstatus.verify.page_map import MAP_FILE, PageMap, read_page_map

    ruleset = read_rules(find_rules(rules))
    mapped = not new_map or (ruleset.directory / MAP_FILE).is_file()
    page_map = read_page_map(ruleset.directory) if mapped else PageMap({}, ())
    return (
        ruleset,
        read_citations(ruleset.directory),
        page_map,
        list(page_sentences(read_text(page, "Markdown"))),
    )


def _print(report: dict[str, Any] | str) -> None:
    sys.stdout.write(
        report
        if isinstance(report, str)
        else json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    )
