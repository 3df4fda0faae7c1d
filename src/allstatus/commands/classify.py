"""`allstatus classify`: records in, decisions to standard output, refusals to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allstatus.commands.app import REFUSED_INPUT, EngineName, EngineOption, RulesOption, app, run
from allstatus.errors import InvalidRecord

if TYPE_CHECKING:
    from allstatus.classify import Classifier
    from allstatus.decision import Decision


PathArgument = typer.Argument(metavar="PATH|-", help="A JSON record, an array, or NDJSON; - is standard input.", show_default=False)
AskOption = typer.Option("--ask", help="Ask for what is missing, one question at a time; PATH may be left out.")
AsOfOption = typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="Use the rules in force on this day.")


class Format(StrEnum):
    """How a decision is written."""

    text = "text"
    json = "json"


class Level(StrEnum):
    """Whom a text is for."""

    clinician = "clinician"
    student = "student"
    plain = "plain"


@app.command()
def classify(
    path: Annotated[str | None, PathArgument] = None,
    format: Annotated[Format | None, typer.Option("--format", help="text for one record, else json, unless given.")] = None,
    level: Annotated[Level, typer.Option("--level", help="Whom the text is for.")] = Level.clinician,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
    as_of: Annotated[datetime | None, AsOfOption] = None,
    ask: Annotated[bool, AskOption] = False,
) -> None:
    """Decide on one or many records; many in, many out, one JSON decision a line."""
    if path is None and not ask:
        raise typer.BadParameter("give the path of a file, - for standard input, or --ask", param_hint="PATH")
    day = as_of.date() if as_of else None

    def load() -> Classifier:
        return _load(rules, engine.value, day)

    run(lambda: _ask(path, format, level, load) if ask else _classify(str(path), format, level, load))


def _ask(path: str | None, format: Format | None, level: Level, load: Callable[[], Classifier]) -> int:
    from allstatus.commands.ask import ask
    from allstatus.inputs import read_records

    records = [(None, {})] if path is None else list(read_records(path))
    if len(records) != 1 or path == "-":
        raise InvalidRecord("record", "is not one record in a file", "with --ask give one record in a file, or none")
    _write(ask(load(), records[0][1]), format or Format.text, level)
    return 0


def _load(rules: str | None, engine: str, as_of: date | None) -> Classifier:
    from allstatus.classify import load_rules

    return load_rules(rules, engine=engine, as_of=as_of)


def _classify(path: str, format: Format | None, level: Level, load: Callable[[], Classifier]) -> int:
    from allstatus.inputs import read_records

    records = list(read_records(path))
    classifier = load()
    single = len(records) == 1 and records[0][0] is None
    return _answer(classifier, records, format or (Format.text if single else Format.json), level)


def _answer(classifier: Classifier, records: Iterable[tuple[int | None, Any]], format: Format, level: Level) -> int:
    refused = 0
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
        _write(decision, format, level)
    return REFUSED_INPUT if refused else 0


def _write(decision: Decision, format: Format, level: Level) -> None:
    if format is Format.json:
        sys.stdout.buffer.write(decision.to_json() + b"\n")
        return
    from allstatus.explain.text import render_text

    sys.stdout.write(render_text(decision, level=level.value, colour=sys.stdout.isatty()))
