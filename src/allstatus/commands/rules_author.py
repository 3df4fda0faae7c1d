"""`allstatus rules` for the one who writes rules: look again at each save, and a live preview."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.rules import rules_app
from allstatus.commands.shared import PAGE, PortOption, run

FolderArgument = typer.Argument(metavar="DIR", help="The folder of a rule set; a draft will do.")


@rules_app.command()
def new(
    rules_id: Annotated[str, typer.Argument(metavar="ID", help="What the rule set is called.")],
    page: Annotated[str, typer.Option("--page", metavar="PAGE", help=PAGE)],
    out: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A new folder.")],
    like: Annotated[
        str | None,
        typer.Option(
            "--like", metavar="DIR", help="A rule set whose facts and definitions to keep."
        ),
    ] = None,
    sections: Annotated[
        list[str] | None,
        typer.Option("--section", metavar="WORDS", help="Words of a heading to read rules from."),
    ] = None,
) -> None:
    """Begin the rule set of another page: a folder whose blanks (FILL IN) are yours to fill;
    without --like of the page alone, a status for each state that has a heading.
    """
    run(lambda: _new(rules_id, page, out, like, sections or []))


def _new(rules_id: str, page: str, out: Path, like: str | None, sections: list[str]) -> int:
    from allstatus.record.json_reader import read_text
    from allstatus.rules.editions import find_rules
    from allstatus.verify.scaffold.new_rule_set import blanks, new_rule_set

    begun_from = None if like is None else find_rules(like)
    new_rule_set(rules_id, read_text(page, "Markdown"), begun_from, out, sections)
    print(f"{out}: {len(list(blanks(out, most=None)))} places to fill in or check")
    return 0


@rules_app.command()
def preview(
    rules: Annotated[str, FolderArgument],
    port: Annotated[int, PortOption] = 8001,
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
