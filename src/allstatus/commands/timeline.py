"""`allstatus timeline`: each assessment of a chart or dated history, decided in date order."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.chart_input import (
    ChartInput,
    Decider,
    numbered,
    read_inputs,
    reads_charts,
)
from allstatus.commands.shared import LanguageOption, Listing, RulesOption, app, run
from allstatus.commands.streams import width_of_text
from allstatus.errors import InvalidRecord

if TYPE_CHECKING:
    from allstatus.ehr.timelines.timeline_points import Timeline


HistoryArgument = typer.Argument(
    metavar="PATH|-", help="A chart (FHIR R4, HL7 v2, a table), or records that bear as_of."
)


@app.command()
@reads_charts
def timeline(
    path: Annotated[str, HistoryArgument],
    *,
    reading: ChartInput,
    format: Annotated[
        Listing, typer.Option("--format", help="How the timeline is written.")
    ] = Listing.text,
    picture: Annotated[
        str | None, typer.Option("--picture", metavar="FILE", help="Draw it too, as .svg or .png.")
    ] = None,
    rules: Annotated[str | None, RulesOption] = None,
    lang: Annotated[str, LanguageOption] = "en",
) -> None:
    """Status at each point, which remission it is, when it changed and on what evidence, and where
    it cannot be told.
    """
    run(lambda: _timeline(path, format, picture, rules, lang, reading))


def _timeline(
    path: str,
    format: Listing,
    picture: str | None,
    rules: str | None,
    lang: str,
    reading: ChartInput,
) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.ehr.timelines.timeline_text import WIDTH, render_timeline, timeline_document
    from allstatus.rules.language_texts import ENGLISH

    language = lang if format is Listing.text else ENGLISH  # programs read one language
    decider = Decider(load_rules(rules, language=language), reading)
    timelines = _tell(path, decider)
    if picture is not None:
        _draw(timelines, Path(picture))
    for one in timelines:
        text = (
            render_timeline(one, width_of_text(WIDTH))
            if format is Listing.text
            else json.dumps(timeline_document(one), ensure_ascii=False) + "\n"
        )
        sys.stdout.write(text)
    return 0


def draw(path: str, picture: Path, rules: str | None, lang: str, reading: ChartInput) -> int:
    """Draw the history in a file, without writing it down."""
    from allstatus.decision.classifier import load_rules

    _draw(_tell(path, Decider(load_rules(rules, language=lang), reading)), picture, "-o")
    return 0


def _tell(path: str, decider: Decider) -> list[Timeline]:
    from allstatus.ehr.chart import Chart
    from allstatus.ehr.timelines.record_history import decide_dated

    values = list(read_inputs(path, decider.reading.input, partial=decider.reading.partial))
    decider.check(values)
    for number, value in values:
        if isinstance(value, InvalidRecord):
            raise numbered(number, value)
    charts = [value for _, value in values if isinstance(value, Chart)]
    records = [value for _, value in values if not isinstance(value, Chart)]
    return [decider.tell_both(chart) for chart in charts] + decide_dated(
        decider.classifier, records, decider.reading.as_of
    )


def _draw(timelines: list[Timeline], path: Path, option: str = "--picture") -> None:
    from allstatus.ehr.timelines.timeline_picture import draw_timeline

    if len(timelines) != 1:
        raise InvalidRecord(
            option,
            f"needs one patient, and there are {len(timelines)}",
            "give the chart of one patient",
        )
    draw_timeline(timelines[0], path, option)
