"""`allstatus verify`: what holds of a rule set, over every case, and by Z3 where asked."""

from __future__ import annotations

from typing import Annotated

import typer

from allstatus.commands.shared import (
    FolderArgument,
    Listing,
    ListingOption,
    RulesOption,
    app,
    print_report,
    run,
)

DOES_NOT_HOLD = 1


@app.command()
def verify(
    folder: Annotated[str | None, FolderArgument] = None,
    rules: Annotated[str | None, RulesOption] = None,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Prove the same by Z3 from the rule files (extra `prove`)."),
    ] = False,
    format: Annotated[Listing, ListingOption] = Listing.text,
) -> None:
    """Verify a rule set: exclusive, complete, nothing dead or redundant."""
    run(lambda: _verify(rules or folder, prove, format))


def _verify(rules: str | None, prove: bool, format: Listing) -> int:
    from allstatus.verify.verification import to_document, verify
    from allstatus.verify.verification_report import render_report

    verification = verify(rules, prove=prove)
    document = to_document(verification)
    print_report(document if format is Listing.json else render_report(document))
    return 0 if verification.holds else DOES_NOT_HOLD
