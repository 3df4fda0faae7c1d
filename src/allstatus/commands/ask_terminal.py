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
from allstatus.render.interview import Interview, choices, refused
from allstatus.render.printable import wrapped
from allstatus.render.reader import Reader
from allstatus.rules.ruleset import Fact, RuleSet


def ask(classifier: Classifier, record: Mapping[str, Any], width: int) -> Decision:
    """Ask until the answer is settled, in lines of at most `width` characters; raises InvalidRecord
    when the input ends before.
    """
    interview, rules = Interview(classifier, record), classifier.ruleset
    while fact := interview.next_question():
        for text in interview.answers_away():
            _say(text, width, dim=True)
        tests = "; ".join(rules.test_titles(fact))
        typer.echo(err=True)
        _say(fact.question, width, bold=True)
        _say(Reader(rules).says("text", "answered_by", tests=tests), width, dim=True)
        _ask_one(interview, rules, fact, width)
    typer.echo(err=True)
    return interview.decide()


def _say(text: str, width: int, **style: Any) -> None:
    for line in wrapped(text, width):
        typer.secho(line, err=True, **style)


def _ask_one(interview: Interview, rules: RuleSet, fact: Fact, width: int) -> None:
    while True:
        asked = wrapped(f"({choices(rules, fact)}):", width - 1)
        typer.echo("\n".join(asked) + " ", nl=False, err=True)
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
            _say(refused(rules, fact, error), width, fg="red")
