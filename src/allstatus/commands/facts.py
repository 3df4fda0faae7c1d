"""`allstatus facts`: what a chart says about each fact, and what was set aside and why."""

from __future__ import annotations

import json
import sys
from itertools import chain, islice
from typing import Annotated

import typer

from allstatus.commands.chart_input import (
    ChartInput,
    Decider,
    read_inputs,
    reads_charts,
)
from allstatus.commands.shared import Listing, RulesOption, app, run
from allstatus.commands.streams import width_of_text


@app.command()
@reads_charts
def facts(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH|-",
            help="A chart (FHIR R4, HL7 v2, a table, a folder of them) or records.",
        ),
    ],
    *,
    reading: ChartInput,
    format: Annotated[
        Listing, typer.Option("--format", help="json: one document a line, for programs.")
    ] = Listing.text,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Show each fact with its evidence: where it stands, as sent and as read, and what was set
    aside and why.
    """
    run(lambda: _facts(path, format, rules, reading))


def _facts(path: str, format: Listing, rules: str | None, reading: ChartInput) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.ehr.facts_table import WIDTH, facts_document, render_facts

    width = width_of_text(WIDTH)
    values = read_inputs(path, reading.input, partial=reading.partial)
    first = list(islice(values, 2))
    decider = Decider(load_rules(rules), reading)
    decider.check(first)
    for decision in decider.decide_all(chain(first, values)):
        if format is Listing.json:
            said = json.dumps(facts_document(decision), ensure_ascii=False)
        else:
            said = render_facts(decision, width)
        sys.stdout.write(f"{said}\n")
    return decider.status
