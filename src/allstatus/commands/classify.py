"""`allstatus classify`: records in, decisions to standard output, refusals to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from allstatus.commands.chart_input import (
    AsOfOption,
    AssumeOption,
    ChartInput,
    CodesOption,
    Decider,
    Input,
    InputOption,
    PartialOption,
    Ranges,
    RangesOption,
    WindowOption,
    WithOption,
    is_chart,
    read_inputs,
)
from allstatus.commands.shared import DraftOption, EngineName, EngineOption, RulesOption, app, run
from allstatus.errors import InvalidRecord

if TYPE_CHECKING:
    from allstatus.decision.classifier import Classifier
    from allstatus.decision.decision import Decision


PathArgument = typer.Argument(
    metavar="PATH|-",
    help="Records (JSON, NDJSON) or charts; - is standard input.",
    show_default=False,
)
FormatOption = typer.Option(
    "--format", help="text for one record, else json; html is one page, fhir a Bundle a line."
)
AskOption = typer.Option(
    "--ask", help="Ask for what is missing, one question at a time; PATH may be left out."
)


class Load(Protocol):
    """Loads the rules asked for, those in force on a day where one is given."""

    def __call__(self, *, as_of: date | None = None) -> Classifier: ...


class Format(StrEnum):
    """How a decision is written."""

    text = "text"
    json = "json"
    html = "html"
    fhir = "fhir"


class Switch(StrEnum):
    """On or off."""

    on = "on"
    off = "off"


class ReadingLevel(StrEnum):
    """Whom a text is for."""

    clinician = "clinician"
    student = "student"
    plain = "plain"


@app.command()
def classify(
    path: Annotated[str | None, PathArgument] = None,
    *,
    format: Annotated[Format | None, FormatOption] = None,
    level: Annotated[
        ReadingLevel, typer.Option("--level", help="Whom the text is for.")
    ] = ReadingLevel.clinician,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
    draft: Annotated[bool, DraftOption] = False,
    applicability: Annotated[
        Switch, typer.Option("--applicability", help="off: the page's list of treatments alone.")
    ] = Switch.on,
    input: Annotated[Input, InputOption] = Input.auto,
    facts: Annotated[str | None, WithOption] = None,
    assume: Annotated[list[str] | None, AssumeOption] = None,
    as_of: Annotated[datetime | None, AsOfOption] = None,
    window: Annotated[int, WindowOption] = 14,
    ranges: Annotated[Ranges, RangesOption] = Ranges.adult,
    partial: Annotated[bool, PartialOption] = False,
    codes: Annotated[str | None, CodesOption] = None,
    ask: Annotated[bool, AskOption] = False,
) -> None:
    """Decide on one or many records or charts (FHIR R4, HL7 v2); many in, many out, one JSON
    decision a line.
    """
    if path is None and not ask:
        raise typer.BadParameter(
            "give the path of a file, - for standard input, or --ask", param_hint="PATH"
        )
    reading = ChartInput.of(
        assume,
        as_of,
        input=input,
        facts=facts,
        window=window,
        ranges=ranges,
        partial=partial,
        codes=codes,
    )

    def load(*, as_of: date | None = None) -> Classifier:
        from allstatus.decision.classifier import load_rules

        return load_rules(
            rules,
            engine=engine.value,
            draft=draft,
            as_of=as_of,
            applicability=applicability is Switch.on,
        )

    run(
        lambda: (
            _ask(path, format, level, reading, load)
            if ask
            else _classify(str(path), format, level, reading, load)
        )
    )


def _ask(
    path: str | None, format: Format | None, level: ReadingLevel, reading: ChartInput, load: Load
) -> int:
    from allstatus.commands.ask_terminal import ask
    from allstatus.record.json_reader import read_records

    records = [(None, {})] if path is None else list(read_records(path))
    if len(records) != 1 or path == "-":
        raise InvalidRecord(
            "record", "is not one record in a file", "with --ask give one record in a file, or none"
        )
    _write(ask(load(as_of=reading.as_of), records[0][1]), format or Format.text, level)
    return 0


def _classify(
    path: str, format: Format | None, level: ReadingLevel, reading: ChartInput, load: Load
) -> int:
    values = read_inputs(path, reading.input, partial=reading.partial)
    first = list(islice(values, 2))
    charts = any(is_chart(value) for _, value in first)
    decider = Decider(load() if charts else load(as_of=reading.as_of), reading)
    decider.check(first)
    single = len(first) == 1 and first[0][0] is None
    return _answer(
        decider, chain(first, values), format or (Format.text if single else Format.json), level
    )


def _answer(
    decider: Decider, values: Iterable[tuple[int | None, Any]], format: Format, level: ReadingLevel
) -> int:
    decisions = decider.decide_all(values)
    if format is Format.html:
        if shown := list(decisions):
            _write_page(shown, level)
    else:
        for decision in decisions:
            _write(decision, format, level)
    return decider.status


def _write(decision: Decision, format: Format, level: ReadingLevel) -> None:
    if format is Format.json:
        sys.stdout.buffer.write(decision.to_json() + b"\n")
        return
    if format is Format.fhir:
        from allstatus.ehr.out.bundle import bundle_json

        sys.stdout.buffer.write(bundle_json(decision) + b"\n")
        return
    if format is Format.html:
        _write_page([decision], level)
        return
    from allstatus.render.text import render_text

    sys.stdout.write(render_text(decision, level=level.value, colour=sys.stdout.isatty()))


def _write_page(decisions: list[Decision], level: ReadingLevel) -> None:
    from allstatus.render.html import render_html

    sys.stdout.buffer.write(render_html(decisions, level=level.value).encode())
