"""`allstatus classify`: records in, decisions to standard output, refusals to standard error."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from allstatus.commands.chart_input import (
    ChartInput,
    Decider,
    is_chart,
    read_inputs,
    reads_charts,
)
from allstatus.commands.shared import (
    DraftOption,
    EngineName,
    EngineOption,
    LanguageOption,
    RulesOption,
    app,
    run,
)
from allstatus.commands.streams import colour_wanted, columns, width_of_text
from allstatus.errors import InvalidRecord
from allstatus.record.value_class import value_class

if TYPE_CHECKING:
    from allstatus.decision.classifier import Classifier
    from allstatus.decision.decision import Decision


PathArgument = typer.Argument(
    metavar="PATH|-",
    help="Records (JSON, NDJSON) or charts, in a file or a folder; - is standard input.",
    show_default=False,
)
FormatOption = typer.Option(
    "--format",
    help="text for one record, else json; line is one line a record, html one page, fhir a "
    "Bundle a line.",
)
LongOption = typer.Option("--long", help="With --format text: all of it, however many there are.")
AskOption = typer.Option(
    "--ask", help="Ask for what is missing, one question at a time; PATH may be left out."
)


FEW = 3  # decisions that are written at length as text; more are a line each


class Load(Protocol):
    """Loads the rules asked for, those in force on a day where one is given."""

    def __call__(self, *, as_of: date | None = None, language: str = "en") -> Classifier: ...


class Format(StrEnum):
    """How a decision is written."""

    text = "text"
    line = "line"
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


BY_IDS = (Format.json, Format.fhir)


@value_class
class Writing:
    """How decisions are written: the format asked for, if any, for whom, whether at length, and in
    which language; what programs read (`BY_IDS`) is not translated.
    """

    format: Format | None
    level: ReadingLevel
    long: bool
    language: str

    def language_of(self, format: Format) -> str:
        """The language of the texts in a format."""
        return "en" if format in BY_IDS else self.language

    def format_of(self, values: list[tuple[int | None, Any]]) -> Format:
        """The format for these values, of which the first `FEW` + 1 are looked at."""
        single = len(values) == 1 and values[0][0] is None
        asked = self.format or (Format.text if single else Format.json)
        many = len(values) > FEW and not self.long
        return Format.line if asked is Format.text and many else asked


@app.command()
@reads_charts
def classify(
    path: Annotated[str | None, PathArgument] = None,
    *,
    reading: ChartInput,
    format: Annotated[Format | None, FormatOption] = None,
    long: Annotated[bool, LongOption] = False,
    level: Annotated[
        ReadingLevel, typer.Option("--level", help="Whom the text is for.")
    ] = ReadingLevel.clinician,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
    draft: Annotated[bool, DraftOption] = False,
    lang: Annotated[str, LanguageOption] = "en",
    applicability: Annotated[
        Switch, typer.Option("--applicability", help="off: the page's list of treatments alone.")
    ] = Switch.on,
    ask: Annotated[bool, AskOption] = False,
) -> None:
    """Decide on one or many records or charts (FHIR R4, HL7 v2, tables); many in, many out, one
    JSON decision a line.
    """
    if path is None and not ask:
        raise typer.BadParameter(
            "give the path of a file, - for standard input, or --ask", param_hint="PATH"
        )

    load = _loading(rules, engine, draft=draft, applicability=applicability is Switch.on)
    writing = Writing(format, level, long, lang)
    run(lambda: (_ask if ask else _classify)(path, writing, reading, load))


def _loading(rules: str | None, engine: EngineName, **how: Any) -> Load:
    def load(*, as_of: date | None = None, language: str = "en") -> Classifier:
        from allstatus.decision.classifier import load_rules

        return load_rules(rules, engine=engine.value, as_of=as_of, language=language, **how)

    return load


def _ask(path: str | None, writing: Writing, reading: ChartInput, load: Load) -> int:
    from allstatus.commands.ask_terminal import ask
    from allstatus.record.json_reader import read_records
    from allstatus.render.text import WIDTH

    records = [(None, {})] if path is None else list(read_records(path))
    if len(records) != 1 or path == "-":
        raise InvalidRecord(
            "record", "is not one record in a file", "with --ask give one record in a file, or none"
        )
    format = Format.text if writing.format in (None, Format.line) else writing.format
    classifier = load(as_of=reading.as_of, language=writing.language_of(format))
    decision = ask(classifier, records[0][1], width_of_text(WIDTH))
    _write([decision], format, writing.level)
    return 0


def _classify(path: str | None, writing: Writing, reading: ChartInput, load: Load) -> int:
    values = read_inputs(str(path), reading.input, partial=reading.partial)
    first = list(islice(values, FEW + 1))
    charts = any(is_chart(value) for _, value in first)
    format = writing.format_of(first)
    day, language = None if charts else reading.as_of, writing.language_of(format)
    decider = Decider(load(as_of=day, language=language), reading)
    decider.check(first)
    decisions = decider.decide_all(chain(first, values))
    if format is Format.line:
        _write_lines(decisions, decider)
    else:
        _write(decisions, format, writing.level)
    return decider.status


def _write(decisions: Iterable[Decision], format: Format, level: ReadingLevel) -> None:
    if format is Format.html:
        _write_page(list(decisions), level)
    elif format in BY_IDS:
        out = sys.stdout.buffer
        for decision in decisions:
            out.write(_as_json(decision, format) + b"\n")
    else:
        _write_text(decisions, level)


def _as_json(decision: Decision, format: Format) -> bytes:
    if format is Format.json:
        return decision.to_json()
    from allstatus.ehr.out.bundle import bundle_json

    return bundle_json(decision)


def _write_text(decisions: Iterable[Decision], level: ReadingLevel) -> None:
    from allstatus.render.text import WIDTH, render_text

    width, colour = width_of_text(WIDTH), colour_wanted(sys.stdout)
    for decision in decisions:
        sys.stdout.write(render_text(decision, level=level.value, colour=colour, width=width))


def _write_lines(decisions: Iterable[Decision], decider: Decider) -> None:
    from allstatus.render.lines import render_counts, render_lines
    from allstatus.render.reader import Reader
    from allstatus.render.text import WIDTH

    counts: Counter[str] = Counter()
    width = columns()
    for line in render_lines(decisions, width=width, counts=counts):
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    told = Reader(decider.classifier.ruleset)
    wide = width or WIDTH
    sys.stderr.write(render_counts(counts, told, width=wide, refused=decider.refused))


def _write_page(decisions: list[Decision], level: ReadingLevel) -> None:
    from allstatus.render.html import render_html

    if decisions:
        sys.stdout.buffer.write(render_html(decisions, level=level.value).encode())
