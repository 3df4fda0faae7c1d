"""What all commands share: the app, the options they have in common, and how a refusal ends.

Exit status: 0 a decision was made, whatever its outcome; 1 a check does not hold; 2 usage; 3 the
input was refused;
4 the rules were refused; 74 a file or stream cannot be read or written.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

import allstatus
from allstatus.commands.streams import doors, ended
from allstatus.errors import InvalidRecord, MissingExtra, RulesError

REFUSED_INPUT, REFUSED_RULES = 3, 4


class EngineName(StrEnum):
    """Which engine fires the rules."""

    auto = "auto"
    durable = "durable"
    builtin = "builtin"


app = typer.Typer(
    help="By NCI's patient page on adult ALL: untreated, in remission or recurrent, what the page "
    "lists for it, and why. Decision support for clinicians and teaching, not medical advice.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
RulesOption = typer.Option("--rules", metavar="DIR", help="A rule set's folder or name.")
DraftOption = typer.Option("--draft", help="Take rules that are not locked; the output says so.")
EngineOption = typer.Option("--engine", help="Which engine fires the rules.")


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """What stands before any command: `--version`."""
    if version:
        print(f"allstatus {allstatus.__version__}")
        raise typer.Exit


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
