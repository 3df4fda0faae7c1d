"""`allstatus quiz`: exercises made from the rules, for a class, a learning platform or flash
cards.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.output_files import OutOption, write_out
from allstatus.commands.shared import (
    EngineName,
    EngineOption,
    LanguageOption,
    RulesOption,
    app,
    run,
)

if TYPE_CHECKING:
    from allstatus.decision.classifier import Classifier


class QuizFormat(StrEnum):
    """How exercises are written."""

    csv = "csv"
    jsonl = "jsonl"
    gift = "gift"
    anki = "anki"
    apkg = "apkg"
    qti = "qti"
    html = "html"


@app.command()
def quiz(
    out: Annotated[Path, OutOption],
    format: Annotated[
        QuizFormat,
        typer.Option(
            "--format",
            help="gift: Moodle; anki or apkg: Anki; qti: text2qti; html: worksheet and key.",
        ),
    ],
    seed: Annotated[
        int,
        typer.Option(
            "--seed",
            metavar="N",
            min=0,
            max=2**32 - 1,
            help="The same seed gives the same exercises, on the page too.",
        ),
    ] = 1,
    count: Annotated[
        int, typer.Option("--count", metavar="N", min=1, help="How many exercises.")
    ] = 10,
    rules: Annotated[str | None, RulesOption] = None,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    lang: Annotated[str, LanguageOption] = "en",
) -> None:
    """Write exercises, half of them at or beside an edge, each with its explanation and where the
    page says it.
    """

    def load() -> Classifier:
        from allstatus.decision.classifier import load_rules

        return load_rules(rules, engine=engine.value, language=lang)

    run(lambda: _quiz(out, format.value, seed, count, load))


def _quiz(out: Path, format: str, seed: int, count: int, load: Callable[[], Classifier]) -> int:
    from allstatus.teach.exercise_files import FORMATS
    from allstatus.teach.exercise_set import make_sheet

    sheet = make_sheet(load(), seed, count)
    if (made := len(sheet.exercises)) < count:
        print(f"note: the rules make {made} exercises, and no more", file=sys.stderr)
    return write_out(out, FORMATS[format](sheet))
