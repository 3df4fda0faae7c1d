"""`allstatus texts check`: what a language still lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.help_pages import CommandLine
from allstatus.commands.shared import RulesOption, app, run

if TYPE_CHECKING:
    from allstatus.render.program_texts import Book

texts_app = CommandLine(help="Texts for readers in other languages.")
app.add_typer(texts_app, name="texts")


@texts_app.command()
def check(
    language: Annotated[str, typer.Argument(metavar="LANG", help="A language, such as es.")],
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """List the texts of the program and of a rule set that a language lacks, or has of an English
    that is another now.
    """
    run(lambda: _check(language, rules))


def _check(language: str, rules: str | None) -> int:
    faults = list(_faults(language, rules))
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{language}: complete, and of the English of today")
    return 1 if faults else 0


def _faults(language: str, rules: str | None) -> Iterator[str]:
    from allstatus.render.program_texts import program_faults
    from allstatus.rules.editions import find_rules
    from allstatus.rules.load import translation_faults

    yield from (f"program: {fault}" for fault in program_faults(language, books()))
    directory = find_rules(rules)
    yield from (f"{directory.name}: {fault}" for fault in translation_faults(directory, language))


def books() -> tuple[Book, ...]:
    """Every file of the program with texts for readers."""
    from allstatus.render.kept_texts import TOLD, stated_use_books
    from allstatus.render.messages import MESSAGES
    from allstatus.teach.strings import COMPARISONS, PLOTS, TEXTS

    return MESSAGES, TOLD, TEXTS, PLOTS, COMPARISONS, *stated_use_books()
