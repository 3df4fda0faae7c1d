"""`allstatus conformance`: hold somebody's implementation against the vectors."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.shared import Listing, ListingOption, RulesOption, app, print_report, run
from allstatus.testing.started_command import ANSWERS_SECONDS

DOES_NOT_CONFORM = 1


class LevelName(StrEnum):
    """What the implementation claims."""

    core = "core"
    partial_data = "partial-data"
    exact_decimal = "exact-decimal"
    explanation = "explanation"
    applicability = "applicability"
    blood_count = "blood-count"


@app.command()
def conformance(
    command: Annotated[
        str,
        typer.Option(
            "--cmd", metavar="COMMAND", help="Reads one record a line, prints one answer a line."
        ),
    ],
    level: Annotated[
        LevelName,
        typer.Option(
            metavar="LEVEL",
            help=f"What it claims; each level takes in those before: {', '.join(LevelName)}.",
        ),
    ] = LevelName.exact_decimal,
    vectors: Annotated[
        Path | None,
        typer.Option(
            "--vectors", metavar="DIR", help="Vectors written earlier; default: made now."
        ),
    ] = None,
    rules: Annotated[str | None, RulesOption] = None,
    seconds: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=1, help="For the whole run.")
    ] = ANSWERS_SECONDS,
    format: Annotated[Listing, ListingOption] = Listing.text,
) -> None:
    """Run an implementation over the vectors, and say where its answers differ."""
    run(lambda: _conformance(command, level, vectors, rules, seconds, format))


def _conformance(
    command: str,
    level: LevelName,
    vectors: Path | None,
    rules: str | None,
    seconds: float,
    format: Listing,
) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.testing.answers import AnswerLevel
    from allstatus.testing.conformance import check_command, render, to_document
    from allstatus.testing.vectors import make_vectors, read_vectors

    asked = read_vectors(vectors) if vectors else make_vectors(load_rules(rules, engine="builtin"))
    report = check_command(command, asked, AnswerLevel(level.value), seconds)
    print_report(to_document(report) if format is Listing.json else render(report))
    return 0 if report.conforms else DOES_NOT_CONFORM
