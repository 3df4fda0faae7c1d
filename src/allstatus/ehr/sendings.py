"""Several sendings of one result, of which the last holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from allstatus.ehr.chart import Result
from allstatus.ehr.dates import When

SUPERSEDED = "superseded by a later sending of the same result"
MAYBE_CORRECTED = "one of several sent together, and a later sending may have corrected it"


def without_superseded(results: list[Result]) -> Iterator[Result]:
    """Every result; of several sendings of one named result all but the last are void, or in doubt
    where the last may be of another one of them.
    """
    named: dict[str, list[Result]] = {}
    for result in results:
        for name in result.names:
            named.setdefault(name, []).append(result)
    for result in results:
        sendings = [named[name] for name in result.names if len(named[name]) > 1]
        found = [_replaced(result, others) for others in sendings]
        if SUPERSEDED in found:
            yield replace(result, void=result.void or SUPERSEDED)
        elif MAYBE_CORRECTED in found:
            yield replace(result, doubt=result.doubt or MAYBE_CORRECTED)
        else:
            yield result


def _replaced(result: Result, sendings: list[Result]) -> str:
    """What later sendings under one name make of a result: none here are fewer than were sent with
    it, so each of these has its own.
    """
    later = Counter(_sent(other) for other in sendings if _precedes(result, other))
    if not later:
        return ""
    together = sum(_sent(other) == _sent(result) for other in sendings)
    return SUPERSEDED if max(later.values()) >= together else MAYBE_CORRECTED


def _sent(result: Result) -> tuple[When | None, bool]:
    return result.sent or result.issued or result.when, result.corrected


def _precedes(result: Result, other: Result) -> bool:
    """Whether another sending is later, or corrects one that may be of the same time."""
    (mine, corrected), (theirs, corrects) = _sent(result), _sent(other)
    if mine is None or theirs is None:
        return (mine is None and theirs is not None) or (mine is theirs and corrects > corrected)
    if mine.end < theirs.begin or theirs.end < mine.begin:
        return mine.end < theirs.begin
    return corrects > corrected
