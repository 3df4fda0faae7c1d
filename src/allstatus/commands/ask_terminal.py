"""`allstatus classify --ask`: questions and answers in the terminal, on standard error so that JSON
stays alone.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import typer

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.errors import InvalidRecord
from allstatus.render.interview import Interview, choices
from allstatus.rules.ruleset import Fact


def ask(classifier: Classifier, record: Mapping[str, Any]) -> Decision:
    """Ask until the answer is settled; raises InvalidRecord when the input ends before."""
    interview = Interview(classifier, record)
    while fact := interview.next_question():
        for text in interview.answers_away():
            typer.secho(text, dim=True, err=True)
        tests = "; ".join(classifier.ruleset.test_titles(fact))
        typer.secho(f"\n{fact.question}", bold=True, err=True)
        typer.secho(f"answered by: {tests}", dim=True, err=True)
        _ask_one(interview, fact)
    typer.echo(err=True)
    return interview.decide()


def _ask_one(interview: Interview, fact: Fact) -> None:
    while True:
        typer.echo(f"({choices(fact)}): ", nl=False, err=True)
        text = sys.stdin.readline()
        if not text:
            raise InvalidRecord(
                fact.name,
                "was not answered before the input ended",
                "answer every question, ? where not known",
            )
        try:
            return interview.answer(fact, text)
        except InvalidRecord as error:
            typer.secho(f"{error.problem}; {error.remedy}", fg="red", err=True)
