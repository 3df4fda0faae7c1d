"""`allstatus mutate`: how many slips in the rules does a suite notice?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.shared import app, run

SURVIVED = 1
MutatedOption = typer.Option(
    "--rules",
    metavar="DIR",
    help="A rule set's folder or name; or the overlay of stated uses: `applicability`.",
)


@app.command()
def mutate(
    suite: Annotated[
        str | None,
        typer.Option(
            "--suite",
            metavar="COMMAND",
            help="A suite to judge: {rules} stands for the mutant's folder.",
        ),
    ] = None,
    vectors: Annotated[
        Path | None,
        typer.Option("--vectors", metavar="DIR", help="Vectors to judge; default: all of them."),
    ] = None,
    rules: Annotated[str | None, MutatedOption] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document instead of the report.")
    ] = False,
) -> None:
    """Make slips in the rules and in ports, one at a time, and see which go unnoticed. Exit status
    0: none.
    """
    run(lambda: _mutate(suite, vectors, rules, as_json))


def _mutate(suite: str | None, vectors: Path | None, rules: str | None, as_json: bool) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.rules.editions import find_overlay
    from allstatus.testing.indication_mutation import UseMutation
    from allstatus.testing.mutation import mutate_suite, mutate_vectors, render, to_document
    from allstatus.testing.rule_mutation import RuleMutation
    from allstatus.testing.vectors import make_vectors, read_vectors

    overlay = find_overlay(rules)
    classifier = load_rules(
        None if overlay else rules, engine="builtin", applicability=overlay or True
    )
    mutation_of = UseMutation if overlay else RuleMutation
    if suite is not None:
        fates = mutate_suite(mutation_of(classifier), suite)
    else:
        asked = read_vectors(vectors) if vectors else make_vectors(classifier)
        fates = mutate_vectors(mutation_of(classifier, asked))
    sys.stdout.write(
        json.dumps(to_document(fates), indent=2, ensure_ascii=False) + "\n"
        if as_json
        else render(fates)
    )
    return SURVIVED if any(fate.word == "survived" for fate in fates) else 0
