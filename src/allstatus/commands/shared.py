"""What all commands share: the app, the options they have in common, and how a refusal ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

import allstatus
from allstatus.commands.help_pages import CommandLine
from allstatus.commands.streams import doors, ended, fitted
from allstatus.errors import InvalidRecord, MissingExtra, RulesError

REFUSED_INPUT, REFUSED_RULES = 3, 4


class EngineName(StrEnum):
    """Which engine fires the rules."""

    auto = "auto"
    durable = "durable"
    builtin = "builtin"


class Listing(StrEnum):
    """A report to read, or one for programs."""

    text = "text"
    json = "json"


app = CommandLine(
    help="By NCI's patient page on adult ALL: untreated, in remission or recurrent, what the page "
    "lists for it, and why. Decision support for clinicians and teaching, not medical advice.",
)
PAGE = "The page as Markdown."
EncodingOption = typer.Option(metavar="NAME", help="Of a CSV, such as windows-1252; else UTF-8.")
PortOption = typer.Option(
    "--port", metavar="PORT", min=0, max=65535, help="The port to listen on; 0 picks a free one."
)
RulesOption = typer.Option(
    "--rules",
    metavar="DIR",
    help="A rule set's folder, or its name in `rules list`; else the patient page's.",
)
LanguageOption = typer.Option(
    "--lang", metavar="LANG", help="The language of texts for readers, such as es."
)
DraftOption = typer.Option("--draft", help="Take rules that are not locked; the output says so.")
EngineOption = typer.Option(
    "--engine",
    help="Which engine fires the rules; all say the same. auto: durable where it is installed, "
    "else builtin.",
)
FolderArgument = typer.Argument(metavar="[DIR]", hidden=True)  # the rules, as before --rules
ListingOption = typer.Option("--format", help="json: one document instead of the text.")
OutputOption = typer.Option(
    "-o", "--output", metavar="OUT", help="Where to write; it appears only when it is complete."
)
TargetArgument = typer.Argument(metavar="[OUT]", hidden=True)  # the output, as before -o


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """What stands before any command: `--version`."""
    if version:
        print(f"allstatus {allstatus.__version__}")
        raise typer.Exit


def output_of(output: str | None, before: str | None) -> str:
    """The output, by its option or where it stood before; raises BadParameter when not given."""
    if output is None and before is None:
        raise typer.BadParameter("say where to write", param_hint="-o/--output")
    return str(output or before)


def print_report(report: Mapping[str, Any] | str) -> None:
    """Print a report: a document as JSON, a text as wide as the terminal."""
    sys.stdout.write(
        fitted(report)
        if isinstance(report, str)
        else json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    )


def run(action: Callable[[], int]) -> None:
    """Run a command's action and exit with its status; a refusal goes to standard error."""
    with doors():
        status = ended(lambda: _refusing(action))
    raise SystemExit(status)


def _refusing(action: Callable[[], int]) -> int:
    try:
        return action()
    except InvalidRecord as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED_INPUT
    except (RulesError, MissingExtra) as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        return REFUSED_RULES
