"""`allstatus page`: the teaching page, one file that runs the rules without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from allstatus.commands.app import EngineName, EngineOption, RulesOption, app, run
from allstatus.commands.files import OutOption, write_out


@app.command()
def page(
    out: Annotated[Path, OutOption],
    rules: Annotated[str | None, RulesOption] = None,
    engine: Annotated[EngineName, EngineOption] = EngineName.auto,
) -> None:
    """Write the teaching page: explore, practise, print. It opens from disk and needs no network."""
    run(lambda: _page(out, rules, engine.value))


def _page(out: Path, rules: str | None, engine: str) -> int:
    from allstatus.classify import load_rules
    from allstatus.teach.page import make_page

    return write_out(out, make_page(load_rules(rules, engine=engine)).encode())
