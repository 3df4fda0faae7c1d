"""`allstatus page`: the teaching page, one file that runs the rules without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from allstatus.commands.output_files import OutOption, write_out
from allstatus.commands.shared import (
    DraftOption,
    EngineName,
    EngineOption,
    LanguageOption,
    RulesOption,
    app,
    run,
)


@app.command()
def page(
    out: Annotated[Path, OutOption],
    rules: Annotated[str | None, RulesOption] = None,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
    draft: Annotated[bool, DraftOption] = False,
    lang: Annotated[str, LanguageOption] = "en",
) -> None:
    """Write the teaching page: explore, practise, print. It opens from disk and needs no
    network.
    """
    run(lambda: _page(out, rules, engine.value, draft, lang))


def _page(out: Path, rules: str | None, engine: str, draft: bool, lang: str) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.teach.teaching_page import make_page

    classifier = load_rules(rules, engine=engine, draft=draft, language=lang)
    return write_out(out, make_page(classifier).encode())
