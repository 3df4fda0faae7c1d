"""`allstatus vectors`: the conformance vectors of a rule set, as a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from allstatus.commands.progress import followed
from allstatus.commands.shared import DraftOption, RulesOption, app, run


@app.command()
def vectors(
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="The folder to write.")
    ],
    rules: Annotated[str | None, RulesOption] = None,
    minimal: Annotated[
        bool,
        typer.Option("--minimal", help="Only the fewest vectors found that kill every mutant."),
    ] = False,
    draft: Annotated[bool, DraftOption] = False,
) -> None:
    """Write conformance vectors: JSON lines, tab-separated text, schema, rules as data and a
    README.
    """
    run(lambda: _vectors(out, rules, minimal, draft))


def _followed(items: list[Any]) -> Iterator[Any]:
    return followed(items, "vectors")


def _vectors(out: Path, rules: str | None, minimal: bool, draft: bool) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.testing.minimal_vectors import fewest_killers
    from allstatus.testing.vector_files import write_vectors
    from allstatus.testing.vectors import make_vectors

    classifier = load_rules(rules, engine="builtin", draft=draft)
    made = (fewest_killers if minimal else make_vectors)(classifier, _followed)
    write_vectors(out, classifier, made)
    print(
        f"{out}: {len(made)} vectors of {classifier.ruleset.id} {classifier.ruleset.version} "
        f"({classifier.ruleset.digest[:12]})"
    )
    return 0
