"""`allstatus conformance`: hold somebody's implementation against the vectors."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.shared import RulesOption, app, run

DOES_NOT_CONFORM = 1


class LevelName(StrEnum):
    """What the implementation claims."""

    core = "core"
    partial_data = "partial-data"
    exact_decimal = "exact-decimal"
    explanation = "explanation"
    applicability = "applicability"


@app.command()
def conformance(
    command: Annotated[
        str,
        typer.Option(
            "--cmd", metavar="COMMAND", help="Reads one record a line, prints one answer a line."
        ),
    ],
    level: Annotated[
        LevelName, typer.Option(help="What it claims; each level takes in those before.")
    ] = LevelName.exact_decimal,
    vectors: Annotated[
        Path | None,
        typer.Option(
            "--vectors", metavar="DIR", help="Vectors written earlier; default: made now."
        ),
    ] = None,
    rules: Annotated[str | None, RulesOption] = None,
    seconds: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="For the whole run.")
    ] = 120,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document instead of the report.")
    ] = False,
) -> None:
    """Run an implementation over the vectors. Exit status 0: it conforms; 1: it does not."""
    run(lambda: _conformance(command, level, vectors, rules, seconds, as_json))


def _conformance(
    command: str,
    level: LevelName,
    vectors: Path | None,
    rules: str | None,
    seconds: float,
    as_json: bool,
) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.testing.answers import AnswerLevel
    from allstatus.testing.conformance import check_command, render, to_document
    from allstatus.testing.vectors import make_vectors, read_vectors

    asked = read_vectors(vectors) if vectors else make_vectors(load_rules(rules, engine="builtin"))
    report = check_command(command, asked, AnswerLevel(level.value), seconds)
    sys.stdout.write(
        json.dumps(to_document(report), indent=2, ensure_ascii=False) + "\n"
        if as_json
        else render(report)
    )
    return 0 if report.conforms else DOES_NOT_CONFORM
