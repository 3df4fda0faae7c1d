"""`allstatus schema`: the JSON Schemas of what goes in and comes out."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from allstatus.commands.shared import RulesOption, app


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
    from allstatus.decision.schema import schema_files, schema_of

    if to is None:
        print(_text(schema_of(what.value, rules)), end="")
        return
    to.mkdir(parents=True, exist_ok=True)
    for name, document in schema_files(what.value, rules).items():
        (to / name).write_text(_text(document), "utf-8", newline="\n")


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
