"""`allstatus columns`: what a file's columns may say, as a first mapping for `batch --columns`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.help_pages import CommandLine
from allstatus.commands.shared import EncodingOption, RulesOption, app, run

columns_app = CommandLine(help="Mappings of a house's own columns.")
app.add_typer(columns_app, name="columns")


@columns_app.command()
def suggest(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Parquet, Arrow or NDJSON.")],
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Else standard output.")
    ] = None,
    encoding: Annotated[str, EncodingOption] = "",
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Write a first mapping from the header and the values seen, each guess with a comment."""
    run(lambda: _suggest(source, output, encoding, rules))


def _suggest(source: Path, output: Path | None, encoding: str, rules: str | None) -> int:
    from allstatus.bulk.extras import need

    need("bulk", "numpy", "pyarrow")
    from allstatus.bulk.suggest import suggest
    from allstatus.record.whole_files import write_files
    from allstatus.rules.editions import find_rules
    from allstatus.rules.load import read_rules

    text = suggest(source, encoding, read_rules(find_rules(rules)))
    if output is None or str(output) == "-":
        sys.stdout.write(text)
    else:
        write_files({output: text})
    return 0
