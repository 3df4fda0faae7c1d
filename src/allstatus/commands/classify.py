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
    html = "html"


class Level(StrEnum):
    """Whom a text is for."""

    clinician = "clinician"
    student = "student"
    plain = "plain"


@app.command()
def classify(
    path: Annotated[str, typer.Argument(metavar="PATH|-", help="A JSON record, an array, or NDJSON; - is standard input.")],
    format: Annotated[Format | None, typer.Option("--format", help="text for one record, else json; html is one page.")] = None,
    level: Annotated[Level, typer.Option("--level", help="Whom the text is for.")] = Level.clinician,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Decide on one or many records; many in, many out, one JSON decision a line."""
    run(lambda: _classify(path, format, level, engine.value, rules))


def _classify(path: str, format: Format | None, level: Level, engine: str, rules: str | None) -> int:
    from allstatus.classify import load_rules
    from allstatus.inputs import read_records

    records = list(read_records(path))
    classifier = load_rules(rules, engine=engine)
    single = len(records) == 1 and records[0][0] is None
    return _answer(classifier, records, format or (Format.text if single else Format.json), level)


def _answer(classifier: Classifier, records: Iterable[tuple[int | None, Any]], format: Format, level: Level) -> int:
    refused, shown = 0, []
    for number, value in records:
        try:
            if isinstance(value, InvalidRecord):
                raise value
            decision = classifier.classify(value)
        except InvalidRecord as error:
            refused += 1
            where = "" if number is None else f"record {number}: "
            print(f"error: {where}{error}", file=sys.stderr)
            continue
        if format is Format.html:
            shown.append(decision)
        else:
            _write(decision, format, level)
    if shown:
        from allstatus.explain.html import render_html

        sys.stdout.write(render_html(shown, level=level.value))
    return REFUSED_INPUT if refused else 0


def _write(decision: Decision, format: Format, level: Level) -> None:
    if format is Format.json:
        sys.stdout.write(decision.to_json().decode() + "\n")
        return
    from allstatus.explain.text import render_text

    sys.stdout.write(render_text(decision, level=level.value, colour=sys.stdout.isatty()))
