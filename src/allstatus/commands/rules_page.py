"""`allstatus rules` beside its page: the citation of a sentence, where every sentence went, and
what became of it.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.rules import rules_app
from allstatus.commands.shared import PAGE, Listing, ListingOption, RulesOption, print_report, run

if TYPE_CHECKING:
    from allstatus.rules.fingerprint import PageSentence
    from allstatus.rules.ruleset import RuleSet
    from allstatus.verify.citations import Citation
    from allstatus.verify.page_map import PageMap


class CoverageFormat(StrEnum):
    """How the coverage is written."""

    text = "text"
    json = "json"
    markdown = "markdown"


PageArgument = typer.Argument(metavar="PAGE", help=PAGE)
MOST = 12  # sentences shown; with more, the words are too few
NOT_FOUND = 1


@rules_app.command()
def cite(
    page: Annotated[str, PageArgument],
    words: Annotated[str, typer.Argument(metavar="WORDS", help="Some words of the sentence.")],
) -> None:
    """Print the citation of each sentence that fits, ready to paste."""
    run(lambda: _cite(page, words))


@rules_app.command()
def drift(
    page: Annotated[str, PageArgument],
    rules: Annotated[str | None, RulesOption] = None,
    format: Annotated[Listing, ListingOption] = Listing.text,
) -> None:
    """Compare the page as it is today with the page the rules cite."""
    run(lambda: _drift(page, rules, format))


@rules_app.command()
def coverage(
    page: Annotated[str, PageArgument],
    rules: Annotated[str | None, RulesOption] = None,
    format: Annotated[
        CoverageFormat, typer.Option("--format", help="markdown: the table of docs/coverage.md.")
    ] = CoverageFormat.text,
    update: Annotated[
        bool,
        typer.Option("--update", help="Rewrite coverage.yaml from the page, keeping its reasons."),
    ] = False,
) -> None:
    """Show where every sentence of the page went."""
    run(lambda: _update(page, rules) if update else _coverage(page, rules, format))


def _cite(page: str, words: str) -> int:
    from allstatus.record.json_reader import read_text
    from allstatus.rules.fingerprint import cite_block, fitting, page_sentences

    found = fitting(page_sentences(read_text(page, "Markdown")), words)
    for sentence in found[:MOST]:
        print(f"# {sentence.text}", file=sys.stderr, flush=True)
        print(cite_block(sentence), flush=True)
    if len(found) > MOST:
        print(f"# {len(found) - MOST} more; give more words", file=sys.stderr)
    if not found:
        print(f"error: {page}: no sentence has all these words; give fewer", file=sys.stderr)
    return 0 if found else NOT_FOUND


def _drift(page: str, rules: str | None, format: Listing) -> int:
    from allstatus.verify.drift import find_drift
    from allstatus.verify.drift_report import render_text, to_document

    ruleset, citations, page_map, sentences = _rules_and_page(rules, page)
    found = find_drift(page_map, citations, sentences)
    print_report(
        to_document(ruleset, found) if format is Listing.json else render_text(ruleset, found)
    )
    return 1 if found.to_review else 0


def _coverage(page: str, rules: str | None, format: CoverageFormat) -> int:
    from allstatus.verify.coverage import cover, render_markdown, render_text, to_document

    ruleset, citations, page_map, sentences = _rules_and_page(rules, page)
    found = cover(ruleset, citations, page_map, sentences)
    if format is CoverageFormat.markdown:
        sys.stdout.write(render_markdown(found))
    else:
        print_report(to_document(found) if format is CoverageFormat.json else render_text(found))
    return 0 if found.holds else 1


def _update(page: str, rules: str | None) -> int:
    from allstatus.verify.page_map import MAP_FILE, map_page, refuse_other_page, write_page_map

    if rules is None:
        raise typer.BadParameter("name the rule set to write into", param_hint="--rules")
    ruleset, citations, page_map, sentences = _rules_and_page(rules, page, new_map=True)
    cited = [citation.place for citation in citations]
    refuse_other_page(ruleset.directory, cited, [sentence.place for sentence in sentences])
    mapped = map_page(sentences, page_map, cited)
    write_page_map(ruleset.directory, mapped)
    print(
        f"{ruleset.directory.name}/{MAP_FILE}: {len(mapped.sentences)} sentences; now run "
        f"`allstatus rules coverage {page} --rules {rules}` and "
        f"`allstatus rules lock --rules {rules}`"
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
