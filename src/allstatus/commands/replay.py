"""`allstatus replay`: decide recorded decisions again and report any that differ."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from allstatus.commands.chart_input import numbered
from allstatus.commands.shared import (
    REFUSED_INPUT,
    EngineName,
    EngineOption,
    Listing,
    ListingOption,
    RulesOption,
    app,
    print_report,
    run,
)


@app.command()
def replay(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help="Decisions as JSON or NDJSON, alone or as {record, decision}."
        ),
    ],
    rules: Annotated[str | None, RulesOption] = None,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    format: Annotated[Listing, ListingOption] = Listing.text,
) -> None:
    """Decide recorded decisions again by the rules they name."""
    run(lambda: _replay(path, rules, engine.value, format))


def _replay(path: str, rules: str | None, engine: str, format: Listing) -> int:
    from allstatus.record.json_reader import read_records
    from allstatus.verify.replay import render_text, replay, to_document

    found = replay(read_records(path), rules, engine)
    for number, error in found.refused:
        print(f"error: {numbered(number, error)}", file=sys.stderr)
    print_report(to_document(found) if format is Listing.json else render_text(found))
    if found.refused:
        return REFUSED_INPUT
    return 1 if found.differs else 0
