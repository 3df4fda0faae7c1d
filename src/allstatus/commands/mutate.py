"""`allstatus mutate`: how many slips in the rules does a suite notice?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allstatus.commands.progress import followed
from allstatus.commands.shared import Listing, ListingOption, app, print_report, run
from allstatus.testing.started_command import SUITE_SECONDS

if TYPE_CHECKING:
    from allstatus.testing.mutants import Mutant
    from allstatus.testing.mutation import Fate, Mutation
    from allstatus.testing.port_mutants import PortMutant

SURVIVED, STOPPED = 1, 130
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
    seconds: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=1, help="For each run.")
    ] = SUITE_SECONDS,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", metavar="N", min=1, help="Only as many mutants, evenly over all of them."
        ),
    ] = None,
    format: Annotated[Listing, ListingOption] = Listing.text,
) -> None:
    """Make slips in the rules and in ports, one at a time, and see which go unnoticed."""
    run(lambda: _mutate(suite, vectors, rules, seconds, sample, format))


def _mutate(
    suite: str | None,
    vectors: Path | None,
    rules: str | None,
    seconds: float,
    sample: int | None,
    format: Listing,
) -> int:
    from allstatus.decision.classifier import load_rules
    from allstatus.rules.editions import find_overlay
    from allstatus.testing.indication_mutation import UseMutation
    from allstatus.testing.mutation import render, to_document
    from allstatus.testing.rule_mutation import RuleMutation
    from allstatus.testing.vectors import make_vectors, read_vectors

    overlay = find_overlay(rules)
    classifier = load_rules(
        None if overlay else rules, engine="builtin", applicability=overlay or True
    )
    mutation_of = UseMutation if overlay else RuleMutation
    if suite is not None:
        fates, total = _by_suite(mutation_of(classifier), suite, seconds, sample)
    else:
        asked = read_vectors(vectors) if vectors else make_vectors(classifier)
        fates, total = _by_vectors(mutation_of(classifier, asked), sample)
    print_report(to_document(fates) if format is Listing.json else render(fates))
    if len(fates) < total:
        print(f"stopped: {len(fates)} of {total} mutants were tried", file=sys.stderr)
        return STOPPED
    return SURVIVED if any(fate.word == "survived" for fate in fates) else 0


def _by_suite(
    mutation: Mutation[Any], suite: str, seconds: float, sample: int | None
) -> tuple[list[Fate], int]:
    """The fates, and how many there were to be."""
    from allstatus.testing.mutation import fates_by_suite, seconds_of, spread

    every = list(mutation.mutants())
    mutants, each = spread(every, sample), seconds_of(mutation, suite, seconds)
    of = "" if len(mutants) == len(every) else f" of {len(every)}"
    print(f"{len(mutants)}{of} mutants, about {each:.1f} s each", file=sys.stderr, flush=True)
    return _gather(fates_by_suite(mutation, suite, mutants, seconds), len(mutants)), len(mutants)


def _by_vectors(mutation: Mutation[Any], sample: int | None) -> tuple[list[Fate], int]:
    from allstatus.testing.mutation import fates_by_vectors, spread

    every: list[Mutant | PortMutant] = [*mutation.mutants(), *mutation.ports()]
    mutants = spread(every, sample)
    return _gather(fates_by_vectors(mutation, mutants), len(mutants)), len(mutants)


def _gather(fates: Iterator[Fate], total: int) -> list[Fate]:
    """The fates: all of them, or those until it was stopped by Ctrl-C."""
    found: list[Fate] = []
    with suppress(KeyboardInterrupt):
        found.extend(followed(fates, "mutants", total))
    return found
