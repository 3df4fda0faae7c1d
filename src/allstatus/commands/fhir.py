"""`allstatus fhir`: what a site loads to read the FHIR that `classify --format fhir` writes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.help_pages import CommandLine
from allstatus.commands.shared import RulesOption, app, run

fhir_app = CommandLine(help="FHIR R4 definitions of a rule set.")
app.add_typer(fhir_app, name="fhir")


@fhir_app.command()
def definitions(
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Where to write them; made if it is not there."
        ),
    ],
    *,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Write CodeSystems, ValueSets, ConceptMaps, a PlanDefinition and its Library, one JSON file
    each.
    """
    run(lambda: _definitions(out, rules))


def _definitions(out: Path, rules: str | None) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.ehr.out.bundle import definitions
    from allstatus.record.whole_files import write_files
    from allstatus.translate.cql import to_cql

    table = load_rules(rules).table
    resources = definitions(table, cql=to_cql(table))
    write_files(
        {
            out / f"{resource['resourceType']}-{resource['id']}.json": (
                json.dumps(resource, indent=2, ensure_ascii=False) + "\n"
            )
            for resource in resources
        },
        out,
    )
    print(f"wrote {len(resources)} definitions to {out}", file=sys.stderr)
    return 0
