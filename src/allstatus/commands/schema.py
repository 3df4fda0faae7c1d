"""`allstatus schema`: the JSON Schemas of what goes in and comes out."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from allstatus.commands.app import app


class Schema(StrEnum):
    """What `allstatus schema` describes."""

    record = "record"
    decision = "decision"
    rules = "rules"


@app.command()
def schema(what: Annotated[Schema, typer.Argument(help="record, decision or rules")]) -> None:
    """Print a JSON Schema."""
    from allstatus.schema import schema_of

    print(json.dumps(schema_of(what.value), indent=2, ensure_ascii=False))
