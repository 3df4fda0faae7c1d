"""One function to test a classifier of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings

from allstatus.errors import AllstatusError
from allstatus.record.frozen import plain
from allstatus.testing.answers import EXPLAINING, FIELDS, REFUSED, Answer, AnswerLevel, answer_of
from allstatus.testing.command_adapter import checked
from allstatus.testing.conformance import judge_one
from allstatus.testing.indication_answers import USES, uses_of
from allstatus.testing.strategies import Rules, classifier_of, records
from allstatus.testing.vectors import Vector, make_vectors, within

LEVELS = ", ".join(AnswerLevel)


def assert_conforms(
    function: Callable[[dict[str, Any]], Any],
    level: str = "exact-decimal",
    rules: Rules = None,
    examples: int = 200,
) -> None:
    """Raise AssertionError, with the record and the fields that differ, unless a function answers
    as the rules do.

    The function takes a record (a dict) and gives a dict, or an object with attributes, with
    `outcome`, `status` and
    `possible`; it refuses what is no record with ValueError, TypeError or outcome `invalid_record`.
    All vectors of the
    level are asked first, then `examples` generated records, shrunk to the simplest that fails.
    """
    claim, classifier = _level(level), classifier_of(rules)
    for vector in within(make_vectors(classifier), claim):
        _assert(vector, _ask(function, vector.record), claim)
    if not claim.takes_in(AnswerLevel.exact_decimal):
        return  # generated records are spelled in every way

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(records(classifier))
    def generated(record: dict[str, Any]) -> None:
        expected = answer_of(classifier, record)
        _assert(
            Vector("generated", "generated", claim, record, expected),
            _ask(function, dict(record)),
            claim,
        )

    generated()


def _level(name: str) -> AnswerLevel:
    try:
        return AnswerLevel(name)
    except ValueError:
        raise ValueError(f"no level is {name!r}; levels: {LEVELS}") from None


def _assert(vector: Vector, given: Answer | str, level: AnswerLevel) -> None:
    if failure := judge_one(vector, given, level):
        raise AssertionError("\n".join(failure.lines))


def _ask(function: Callable[[dict[str, Any]], Any], record: dict[str, Any]) -> Answer | str:
    try:
        given = function(record)
    except (ValueError, TypeError, AllstatusError):
        return checked(dict(REFUSED))
    names = (*FIELDS, *EXPLAINING, *USES)
    said = (
        given
        if isinstance(given, Mapping)
        else {name: plain(getattr(given, name)) for name in names if hasattr(given, name)}
    )
    answer = {name: said[name] for name in names if name in said}
    return checked(_with_uses(answer) | {name: _plain(value) for name, value in answer.items()})


def _with_uses(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Whom the stated uses fit, where options are entries of a decision that say it."""
    options = answer.get("options", ())
    entries = isinstance(options, list | tuple) and all(
        isinstance(entry, Mapping) and "by_agent" in entry for entry in options
    )
    return uses_of(options) if entries else {}


def _plain(value: Any) -> Any:
    """Entries of a decision by their ids: `{"id": …}` of regions and options, `{"fact": …}` of
    missing facts.
    """
    if isinstance(value, list | tuple):
        return [
            entry.get("id", entry.get("fact")) if isinstance(entry, Mapping) else entry
            for entry in value
        ]
    return value
