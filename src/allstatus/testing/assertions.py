"""One function to test a classifier of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings

from allstatus.errors import AllstatusError
from allstatus.record.frozen import plain
from allstatus.testing.answers import (
    EXPLAINING,
    FIELDS,
    REFUSED,
    USES,
    Answer,
    AnswerLevel,
    answer_of,
    uses_of,
)
from allstatus.testing.command_adapter import checked
from allstatus.testing.conformance import judge_one
from allstatus.testing.number_strategies import Rules, classifier_of
from allstatus.testing.strategies import records
from allstatus.testing.vectors import Vector, make_vectors, one_line, within

LEVELS = ", ".join(AnswerLevel)


def assert_conforms(
    function: Callable[[dict[str, Any]], Any],
    level: str = "exact-decimal",
    rules: Rules = None,
    examples: int = 200,
) -> None:
    """Raise AssertionError, with the records and the fields that differ, unless a function answers
    as the rules do.

    The function takes a record (a dict) and gives a dict, or an object with attributes, with
    `outcome`, `status` and `possible`; it refuses what is no record with ValueError or outcome
    `invalid_record`; any other exception is a crash, and the error's cause. All vectors of the
    level are asked first: each family that fails is told with how many fail and the smallest. Then
    come `examples` generated records, shrunk to the simplest that fails.
    """
    __tracebackhide__ = True
    claim, classifier = _level(level), classifier_of(rules)
    asked = within(make_vectors(classifier), claim)
    failed = [one for vector in asked if (one := failure_of(function, vector, claim))]
    if failed:
        raise AssertionError(_report(failed, len(asked))) from min(failed, key=_size).raised
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
        __tracebackhide__ = True
        expected = answer_of(classifier, record)
        vector = Vector("generated", "generated", claim, record, expected)
        if failure := failure_of(function, vector, claim):
            raise AssertionError("\n".join(failure.lines)) from failure.raised

    generated()


def _level(name: str) -> AnswerLevel:
    try:
        return AnswerLevel(name)
    except ValueError:
        raise ValueError(f"no level is {name!r}; levels: {LEVELS}") from None


@dataclass(frozen=True, slots=True)
class _Failure:
    """A vector that got another answer, and what the function raised for it."""

    vector: Vector
    lines: list[str]
    raised: Exception | None


def failure_of(
    function: Callable[[dict[str, Any]], Any], vector: Vector, level: AnswerLevel
) -> _Failure | None:
    """How a function's answer to a vector differs; None where it does not."""
    asked = vector.record  # which a function may change, and which may be no record
    given, raised = _ask(function, dict(asked) if isinstance(asked, Mapping) else asked)
    failure = judge_one(vector, given, level)
    if failure is None:
        return None
    said = [] if raised is None else [f"  raised {type(raised).__name__}: {raised}"]
    return _Failure(vector, [*failure.lines, *said], raised)


def _report(failed: Sequence[_Failure], asked: int) -> str:
    """How many failed, and of each family the smallest."""
    families: dict[str, list[_Failure]] = {}
    for one in failed:
        families.setdefault(one.vector.family, []).append(one)
    kinds = "1 family" if len(families) == 1 else f"{len(families)} families"
    lines = [f"{len(failed)} of {asked} vectors fail, in {kinds}; the smallest:"]
    for family, ones in families.items():
        first, *more = min(ones, key=_size).lines
        lines += [f"{family} ({len(ones)}): {first}", *more]
    return "\n".join(lines)


def _size(failure: _Failure) -> int:
    return len(one_line(failure.vector.record))


def _ask(
    function: Callable[[dict[str, Any]], Any], record: Any
) -> tuple[Answer | str, Exception | None]:
    """The answer, or what was wrong with it; and what the function raised."""
    try:
        return _answer(function(record)), None
    except (ValueError, AllstatusError) as error:
        return checked(dict(REFUSED)), error
    except Exception as error:
        return "crashed", error


def _answer(given: Any) -> Answer | str:
    names = (*FIELDS, *EXPLAINING, *USES)
    if isinstance(given, Mapping):
        answer = {name: given[name] for name in names if name in given}
    else:
        answer = {name: plain(getattr(given, name)) for name in names if hasattr(given, name)}
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
