"""`allstatus verify`: what holds of a rule set, over every case, and by Z3 where asked."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from allstatus.commands.rules import RulesArgument
from allstatus.commands.shared import app, run

DOES_NOT_HOLD = 1


@app.command()
def verify(
    rules: Annotated[str | None, RulesArgument] = None,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Prove the same by Z3 from the rule files (extra `prove`)."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document instead of the report.")
    ] = False,
) -> None:
    """Verify a rule set: exclusive, complete, nothing dead or redundant. Exit status 1 when a
    statement fails.
    """
    run(lambda: _verify(rules, prove, as_json))


def _verify(rules: str | None, prove: bool, as_json: bool) -> int:
    from allstatus.verify.verification import to_document, verify
    from allstatus.verify.verification_report import render_report

    verification = verify(rules, prove=prove)
    document = to_document(verification)
    sys.stdout.write(
        json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        if as_json
        else render_report(document)
    )
    return 0 if verification.holds else DOES_NOT_HOLD
