"""`allstatus rules` for the one who writes rules: look again at each save, and a live preview."""

from __future__ import annotations

from typing import Annotated

import typer

from allstatus.commands.rules import rules_app
from allstatus.commands.shared import run

FolderArgument = typer.Argument(metavar="DIR", help="The folder of a rule set; a draft will do.")


@rules_app.command()
def preview(
    rules: Annotated[str, FolderArgument],
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="The port to listen on; 0 picks a free one."),
    ] = 8001,
) -> None:
    """Show a draft in the browser: its problems, map, examples and teaching page, made anew at each
    save. It listens on this machine only.
    """
    run(lambda: _preview(rules, port))


def _preview(rules: str, port: int) -> int:
    from allstatus.rules.editions import find_rules
    from allstatus.teach.preview import preview_server

    directory = find_rules(rules)
    with preview_server(directory, port) as server:
        print(f"{directory}: http://127.0.0.1:{server.server_port}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def watch(rules: str | None) -> int:
    """Report on a draft at each save, until the command is ended."""
    from allstatus.rules.editions import find_rules
    from allstatus.verify.draft_watch import look, report, saves

    directory, before = find_rules(rules), None
    try:
        for _ in saves(directory):
            now = look(directory)
            print(report(before, now), flush=True)
            before = now if now.classifier is not None else before
    except KeyboardInterrupt:
        pass
    return 0
