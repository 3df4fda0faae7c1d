"""`allstatus plot`: pictures of the rules and of many records, as SVG or PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.chart_input import ChartInput, reads_charts
from allstatus.commands.help_pages import CommandLine
from allstatus.commands.shared import (
    DraftOption,
    EngineName,
    EngineOption,
    LanguageOption,
    RulesOption,
    app,
    run,
)
from allstatus.commands.timeline import HistoryArgument, draw

plot = CommandLine(help="Pictures of the rules and of many records, as SVG or PNG.")
app.add_typer(plot, name="plot")
PictureOption = typer.Option("-o", "--output", metavar="FILE", help="Where to write, .svg or .png.")


@plot.command()
def regions(
    out: Annotated[Path, PictureOption],
    rules: Annotated[str | None, RulesOption] = None,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    draft: Annotated[bool, DraftOption] = False,
    lang: Annotated[str, LanguageOption] = "en",
) -> None:
    """What every combination of history, blood count, symptoms and marrow is called."""
    run(lambda: _regions(out, rules, engine.value, draft, lang))


@plot.command()
def definitions(
    out: Annotated[Path, PictureOption],
    rules: Annotated[str | None, RulesOption] = None,
    lang: Annotated[str, LanguageOption] = "en",
) -> None:
    """What other definitions ask of the marrow, on one axis."""
    run(lambda: _definitions(out, rules, lang))


@plot.command()
@reads_charts
def timeline(
    path: Annotated[str, HistoryArgument],
    *,
    reading: ChartInput,
    out: Annotated[Path, PictureOption],
    rules: Annotated[str | None, RulesOption] = None,
    lang: Annotated[str, LanguageOption] = "en",
) -> None:
    """A patient's history: blasts, blood counts, treatments, and the status over time."""
    run(lambda: draw(path, out, rules, lang, reading))


@plot.command()
def cohort(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH|-", help="JSON records: an array, or one a line; - is standard input."
        ),
    ],
    out: Annotated[Path, PictureOption],
    rules: Annotated[str | None, RulesOption] = None,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    draft: Annotated[bool, DraftOption] = False,
    lang: Annotated[str, LanguageOption] = "en",
) -> None:
    """How many records have each answer, and what becomes of the rest."""
    run(lambda: _cohort(path, out, rules, engine.value, draft, lang))


def _regions(out: Path, rules: str | None, engine: str, draft: bool, lang: str) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.teach.region_map import draw_regions

    draw_regions(load_rules(rules, engine=engine, draft=draft, language=lang), out)
    return 0


def _definitions(out: Path, rules: str | None, lang: str) -> int:
    from allstatus.rules.editions import find_rules
    from allstatus.rules.load import read_rules
    from allstatus.teach.definition_plots import draw_definitions

    draw_definitions(out, lang, None if rules is None else read_rules(find_rules(rules)))
    return 0


def _cohort(path: str, out: Path, rules: str | None, engine: str, draft: bool, lang: str) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.record.json_reader import read_records
    from allstatus.teach.cohort import draw_cohort

    records = (value for _, value in read_records(path))
    draw_cohort(load_rules(rules, engine=engine, draft=draft, language=lang), records, out)
    return 0
