"""`allstatus classify`: records in, decisions to standard output, refusals to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allstatus.commands.app import REFUSED_INPUT, EngineName, EngineOption, RulesOption, app, run
from allstatus.errors import InvalidRecord

if TYPE_CHECKING:
    from allstatus.classify import Classifier
    from allstatus.decision import Decision


class Format(StrEnum):
    """How a decision is written."""

    text = "text"
    json = "json"


class Switch(StrEnum):
    """On or off."""

    on = "on"
    off = "off"


@app.command()
def classify(
    path: Annotated[str, typer.Argument(metavar="PATH|-", help="A JSON record, an array, or NDJSON; - is standard input.")],
    format: Annotated[Format | None, typer.Option("--format", help="text for one record, else json, unless given.")] = None,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
    applicability: Annotated[Switch, typer.Option("--applicability", help="off: the page's list of treatments alone.")] = Switch.on,
) -> None:
    """Decide on one or many records; many in, many out, one JSON decision a line."""
    run(lambda: _classify(path, format, engine.value, rules, applicability is Switch.on))


def _classify(path: str, format: Format | None, engine: str, rules: str | None, applicability: bool) -> int:
    from allstatus.classify import load_rules
    from allstatus.inputs import read_records

    records = list(read_records(path))
    classifier = load_rules(rules, engine=engine)
    single = len(records) == 1 and records[0][0] is None
    return _answer(classifier, records, format or (Format.text if single else Format.json), applicability)


def _answer(classifier: Classifier, records: Iterable[tuple[int | None, Any]], format: Format, applicability: bool) -> int:
    refused = 0
    for number, value in records:
        try:
            if isinstance(value, InvalidRecord):
                raise value
            decision = classifier.classify(value, applicability=applicability)
        except InvalidRecord as error:
            refused += 1
            where = "" if number is None else f"record {number}: "
            print(f"error: {where}{error}", file=sys.stderr)
            continue
        _write(decision, classifier, format)
    return REFUSED_INPUT if refused else 0


def _write(decision: Decision, classifier: Classifier, format: Format) -> None:
    if format is Format.json:
        sys.stdout.write(decision.to_json().decode() + "\n")
        return
    from allstatus.explain.text import render_text

    titles = {name: status.title for name, status in classifier.ruleset.statuses.items()}
    sys.stdout.write(render_text(decision.to_dict(), titles, colour=sys.stdout.isatty()))
