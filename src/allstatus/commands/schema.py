"""`allstatus schema`: the JSON Schemas of what goes in and comes out."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from allstatus.commands.shared import RulesOption, app, run


class Schema(StrEnum):
    """What `allstatus schema` describes."""

    record = "record"
    decision = "decision"
    rules = "rules"


@app.command()
def schema(
    what: Annotated[Schema, typer.Argument(metavar="WHAT", help="record, decision or rules.")],
    to: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Write files into this folder instead of printing.",
        ),
    ] = None,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Print a JSON Schema, or write it: for rules, one file for each kind of rule file."""
    run(lambda: _schema(what.value, to, rules))


def _schema(what: str, to: Path | None, rules: str | None) -> int:
    from allstatus.decision.schema import schema_files, schema_of
    from allstatus.record.whole_files import write_files

    if to is None:
        print(_text(schema_of(what, rules)), end="")
    else:
        files = schema_files(what, rules).items()
        write_files({to / name: _text(document) for name, document in files}, to)
    return 0


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
