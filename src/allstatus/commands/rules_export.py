"""`allstatus rules export`: a rule set as CQL for FHIR sites, as a DMN decision table, or as plain
JSON for ports.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from allstatus.commands.rules import rules_app
from allstatus.commands.shared import DraftOption, FolderArgument, RulesOption, run


class Language(StrEnum):
    """What a rule set can be written as."""

    cql = "cql"
    dmn = "dmn"
    json = "json"


@rules_app.command()
def export(
    format: Annotated[Language, typer.Option("--format", help="What to write it as.")],
    folder: Annotated[str | None, FolderArgument] = None,
    rules: Annotated[str | None, RulesOption] = None,
    draft: Annotated[bool, DraftOption] = False,
) -> None:
    """Print a rule set as a CQL library, as a DMN decision table, or as plain JSON."""
    run(lambda: _export(format, rules or folder, draft))


def _export(to: Language, rules: str | None, draft: bool) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.translate.cql import to_cql
    from allstatus.translate.dmn import to_dmn
    from allstatus.translate.plain_json import to_plain

    table = load_rules(rules, draft=draft).table
    if to is Language.json:
        sys.stdout.write(json.dumps(to_plain(table), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(to_cql(table) if to is Language.cql else to_dmn(table))
    return 0
