"""`allstatus classify`: records in, decisions to standard output, refusals to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allstatus.commands.app import REFUSED_INPUT, EngineName, EngineOption, RulesOption, app, run
from allstatus.commands.charts import (
    AsOfOption,
    AssumeOption,
    Decider,
    Input,
    InputOption,
    Ranges,
    RangesOption,
    Reading,
    WindowOption,
    WithOption,
    read_inputs,
)
from allstatus.errors import InvalidRecord

if TYPE_CHECKING:
    from allstatus.classify import Classifier
    from allstatus.decision import Decision


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
    path: Annotated[str, typer.Argument(metavar="PATH|-", help="A JSON record, an array, NDJSON, or a chart; - is standard input.")],
    *,
    format: Annotated[Format | None, typer.Option("--format", help="text for one record, else json, unless given.")] = None,
    level: Annotated[Level, typer.Option("--level", help="Whom the text is for.")] = Level.clinician,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
    input: Annotated[Input, InputOption] = Input.auto,
    facts: Annotated[str | None, WithOption] = None,
    assume: Annotated[list[str] | None, AssumeOption] = None,
    as_of: Annotated[datetime | None, AsOfOption] = None,
    window: Annotated[int, WindowOption] = 14,
    ranges: Annotated[Ranges, RangesOption] = Ranges.adult,
) -> None:
    """Decide on one or many records or charts (FHIR R4, HL7 v2); many in, many out, one JSON decision a line."""
    from allstatus.classify import load_rules

    reading = Reading.of(assume, as_of, input=input, facts=facts, window=window, ranges=ranges)
    run(lambda: _classify(path, format, level, reading, lambda: load_rules(rules, engine=engine.value)))


def _classify(path: str, format: Format | None, level: Level, reading: Reading, load: Callable[[], Classifier]) -> int:
    values = list(read_inputs(path, reading.input))
    decider = Decider(load(), reading)
    decider.check(values)
    single = len(values) == 1 and values[0][0] is None
    return _answer(decider, values, format or (Format.text if single else Format.json), level)


def _answer(decider: Decider, values: Iterable[tuple[int | None, Any]], format: Format, level: Level) -> int:
    refused = 0
    for number, value in values:
        try:
            decision = decider.decide(value)
        except InvalidRecord as error:
            refused += 1
            where = "" if number is None else f"record {number}: "
            print(f"error: {where}{error}", file=sys.stderr)
            continue
        _write(decision, format, level)
    return REFUSED_INPUT if refused else 0


def _write(decision: Decision, format: Format, level: Level) -> None:
    if format is Format.json:
        sys.stdout.write(decision.to_json().decode() + "\n")
        return
    from allstatus.explain.text import render_text

    sys.stdout.write(render_text(decision, level=level.value, colour=sys.stdout.isatty()))
