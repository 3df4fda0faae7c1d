"""`allstatus rules`: list, check, lock, show and compare rule sets."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.help_pages import CommandLine
from allstatus.commands.shared import (
    DraftOption,
    FolderArgument,
    Listing,
    ListingOption,
    RulesOption,
    app,
    print_report,
    run,
)
from allstatus.commands.streams import fitted

if TYPE_CHECKING:
    from allstatus.rules.ruleset import RuleSet

MOST = 5  # citations named that do not stand in the page, unless all are asked for
rules_app = CommandLine(
    help="List, check, lock, show and compare rule sets, and hold them against their page.",
)
app.add_typer(rules_app, name="rules")


@rules_app.command(name="list")
def list_(format: Annotated[Listing, ListingOption] = Listing.text) -> None:
    """Print the rule sets: id, version, in force from, digest, title."""
    run(lambda: _list(format))


@rules_app.command()
def check(
    folder: Annotated[str | None, FolderArgument] = None,
    rules: Annotated[str | None, RulesOption] = None,
    pages: Annotated[
        list[str] | None,
        typer.Option("--page", metavar="PAGE", help="A page that it cites, as Markdown."),
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="All missing citations (--page).")] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Look again at each save; print what flips, until ended."),
    ] = False,
) -> None:
    """Check a rule set: shape, names, examples, the decision table and the lock; with --page also
    that each sentence it cites stands there.
    """
    from allstatus.commands.rules_author import watch as watch_saves

    held = rules or folder
    run(lambda: watch_saves(held) if watch else _check(held, pages or [], long))


@rules_app.command()
def lock(
    folder: Annotated[str | None, FolderArgument] = None,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Write decision-table.csv and lock.json of a rule set, or of `applicability`."""
    run(lambda: _lock(rules or folder))


@rules_app.command()
def show(
    folder: Annotated[str | None, FolderArgument] = None,
    rules: Annotated[str | None, RulesOption] = None,
    draft: Annotated[bool, DraftOption] = False,
) -> None:
    """Print a rule set as a page to read."""
    run(lambda: _show(rules or folder, draft))


@rules_app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A rule set's folder or name.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The rule set to compare it with.")],
    cohort: Annotated[
        str | None, typer.Option("--cohort", metavar="FILE", help="Records to decide by both.")
    ] = None,
    format: Annotated[Listing, ListingOption] = Listing.text,
) -> None:
    """Compare two rule sets: each status, the cases that flip, and with a cohort how many records
    do.
    """
    run(lambda: _diff(old, new, cohort, format))


def _list(format: Listing) -> int:
    from allstatus.rules.editions import rule_sets
    from allstatus.rules.load import read_rules

    found = list(map(read_rules, rule_sets()))
    if format is Listing.json:
        listed = ("id", "version", "effective_from", "digest", "title")
        sets = [{name: str(getattr(one, name)) for name in listed} for one in found]
        print_report({"rule_sets": sets})
        return 0
    for one in found:
        print(
            fitted(
                f"{one.id} {one.version}, in force from {one.effective_from}, "
                f"digest {one.digest[:12]}\n    {one.title}"
            )
        )
    return 0


def _check(rules: str | None, pages: Sequence[str], long: bool) -> int:
    from allstatus.decision.applicability import applicability_faults
    from allstatus.decision.classifier import load_rules
    from allstatus.errors import RulesError
    from allstatus.rules.editions import editions
    from allstatus.rules.load import check_what_is_read_later
    from allstatus.verify.page_map import MAP_FILE, read_page_map
    from allstatus.verify.phrase_faults import phrase_faults
    from allstatus.verify.promises import read_promises
    from allstatus.verify.rule_examples import failing_examples

    _refuse_blanks(rules)
    classifier = load_rules(rules)
    directory = classifier.ruleset.directory
    editions(directory)  # refuses versions that do not follow each other
    check_what_is_read_later(directory)
    read_promises(classifier.ruleset)
    if (directory / MAP_FILE).is_file():
        read_page_map(directory)
    if failures := [
        *failing_examples(classifier),
        *phrase_faults(classifier.table),
        *applicability_faults(classifier.applicability),
    ]:
        raise RulesError(failures)
    _hold_against(pages, classifier.ruleset, long)
    ruleset, table = classifier.ruleset, classifier.table
    found = (
        f"{ruleset.id} {ruleset.version}: {len(ruleset.criteria)} criteria, "
        f"{len(ruleset.statuses)} statuses, "
        f"{len(ruleset.regions)} regions, {len(table.cases)} cases of which "
        f"{table.consistent.bit_count()} can be; all checks hold{_promised(directory)}"
    )
    print(fitted(found))
    return 0


def _hold_against(pages: Sequence[str], ruleset: RuleSet, long: bool) -> None:
    """Refuse citations that do not stand in these pages, the first few or all of them."""
    from allstatus.errors import RulesError
    from allstatus.record.json_reader import read_text
    from allstatus.rules.fingerprint import page_sentences
    from allstatus.verify.citations import missing_citations, read_citations
    from allstatus.verify.report_layout import another_page

    if not pages:
        return
    page = [part for path in pages for part in page_sentences(read_text(path, "Markdown"))]
    cited = read_citations(ruleset.directory)
    absent = [*missing_citations(cited, page)]
    if len(absent) > MOST and not long:
        more = f"{len(absent)} of {len(cited)} citations are missing (--long: all)"
        absent = [*absent[:MOST], f"{more}; {another_page(ruleset)}"]
    if absent:
        raise RulesError(absent)


def _promised(directory: Path) -> str:
    """What is to be said where a rule set promises nothing, since a file removed is not missed."""
    missing = not (directory / "promises.yaml").is_file()
    return "; no promises.yaml" if missing else ""


def _refuse_blanks(rules: str | None) -> None:
    from allstatus.errors import RulesError
    from allstatus.rules.editions import find_rules
    from allstatus.verify.scaffold.new_rule_set import blanks

    if found := list(blanks(find_rules(rules))):
        raise RulesError(found)


def _lock(rules: str | None) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.errors import RulesError
    from allstatus.rules.editions import find_overlay
    from allstatus.rules.load import check_what_is_read_later
    from allstatus.rules.lock import write_lock
    from allstatus.verify.phrase_faults import phrase_faults
    from allstatus.verify.rule_examples import failing_examples

    if overlay := find_overlay(rules):
        return _lock_overlay(overlay)
    _refuse_blanks(rules)
    classifier = load_rules(rules, locked=False)
    check_what_is_read_later(classifier.ruleset.directory)
    if failures := [*failing_examples(classifier), *phrase_faults(classifier.table)]:
        raise RulesError(failures)
    ruleset = classifier.ruleset
    write_lock(ruleset.directory, ruleset.digest, classifier.table.csv)
    digests = f"{ruleset.digest[:12]}, table {classifier.table.digest[:12]}"
    print(fitted(f"{ruleset.id}: locked {digests}{_promised(ruleset.directory)}"))
    return 0


def _lock_overlay(folder: Path) -> int:
    from allstatus.decision.stated_use import AgentIndication, table_csv
    from allstatus.rules.indications import read_overlay
    from allstatus.rules.lock import write_lock

    overlay = read_overlay(folder)
    write_lock(
        overlay.directory,
        overlay.digest,
        table_csv(AgentIndication(overlay, use) for use in overlay.agents.values()),
    )
    print(f"{overlay.id}: locked {overlay.digest[:12]}")
    return 0


def _show(rules: str | None, draft: bool) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.render.rules_text import render_rules

    classifier = load_rules(rules, draft=draft)
    sys.stdout.write(fitted(render_rules(classifier.ruleset, classifier.applicability.overlay)))
    return 0


def _diff(old: str, new: str, cohort: str | None, format: Listing) -> int:
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
    print_report(
        to_document(found, records) if format is Listing.json else render_text(found, records)
    )
    return 0
