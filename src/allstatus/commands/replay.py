"""`allstatus replay`: decide recorded decisions again and report any that differ."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from allstatus.commands.shared import REFUSED_INPUT, EngineName, EngineOption, RulesOption, app, run


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
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Decide recorded decisions again by the rules they name (exit 1 when any differs, 3 when any
    is refused).
    """
    run(lambda: _replay(path, rules, engine.value, as_json))


def _replay(path: str, rules: str | None, engine: str, as_json: bool) -> int:
    from allstatus.record.json_reader import read_records
    from allstatus.verify.replay import render_text, replay, to_document

    found = replay(read_records(path), rules, engine)
    for number, error in found.refused:
        where = "" if number is None else f"record {number}: "
        print(f"error: {where}{error}", file=sys.stderr)
    sys.stdout.write(
        json.dumps(to_document(found), indent=2) + "\n" if as_json else render_text(found)
    )
    if found.refused:
        return REFUSED_INPUT
    return 1 if found.differs else 0
