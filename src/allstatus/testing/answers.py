"""An answer as every implementation can give it, and how two answers differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.entries import AgentApplicability, Option
from allstatus.errors import InvalidRecord
from allstatus.record.frozen import plain
from allstatus.record.model import Record

INVALID = "invalid_record"
Answer = dict[str, Any]


class AnswerLevel(StrEnum):
    """What an implementation claims; each level takes in those before it."""

    core = "core"
    partial_data = "partial-data"
    exact_decimal = "exact-decimal"
    explanation = "explanation"
    applicability = "applicability"
    blood_count = "blood-count"

    def takes_in(self, other: str) -> bool:
        """Whether a claim of this level is a claim of the other."""
        order = list(AnswerLevel)
        return order.index(self) >= order.index(AnswerLevel(other))


REFUSED: Answer = {"outcome": INVALID, "status": None, "possible": []}
FIELDS = ("outcome", "status", "possible")
SHOWING = ("regions", "possible_regions", "options")
USES = ("by_option", "by_agent")
EXPLAINING = (*SHOWING, "missing", "reasons")


def answer_of(
    classifier: Classifier,
    record: Mapping[str, Any] | Record,
    *,
    why: bool = True,
    uses: bool = False,
) -> Answer:
    """The classifier's answer, with `missing` and `reasons` when asked why, and with whom stated
    uses fit when asked for `uses`.

    `invalid_record` where it refuses.
    """
    names = EXPLAINING if why else SHOWING
    try:
        decision = classifier.classify(record)
    except InvalidRecord:
        return {**REFUSED, **{name: [] for name in names}}
    answer = {
        "outcome": decision.outcome,
        "status": decision.status,
        "possible": list(decision.possible),
        "regions": [region.id for region in decision.regions],
        "possible_regions": [region.id for region in decision.possible_regions],
        "options": [option.id for option in decision.options],
    }
    if why:
        answer |= {
            "missing": [entry.fact for entry in decision.missing],
            "reasons": plain(decision.reasons),
        }
    return answer | uses_of(decision.options) if uses else answer


def uses_of(options: Iterable[Option | Mapping[str, Any]]) -> Answer:
    """Whom stated uses fit, by option and by agent: words and needs; other sources by title, where
    they say otherwise. Options are a decision's own, or as its JSON has them.
    """
    listed = list(options)
    agents = [agent for option in listed for agent in _of(option, "by_agent")]
    return {
        "by_option": {_of(option, "id"): _said(option) for option in listed},
        "by_agent": {_of(agent, "agent"): agent_uses(agent) for agent in agents},
    }


def agent_uses(agent: AgentApplicability | Mapping[str, Any]) -> Answer:
    """The word and needs of one agent, and what other sources answer."""
    others = {
        _of(_of(other, "cite"), "title"): _of(other, "applicability")
        for other in _of(agent, "other_sources")
    }
    return {**_said(agent), "other_sources": others}


def _said(entry: object) -> Answer:
    return {"applicability": _of(entry, "applicability"), "needs": list(_of(entry, "needs"))}


def _of(entry: object, name: str) -> Any:
    """A field of an entry, or of the JSON of one."""
    return entry[name] if isinstance(entry, Mapping) else getattr(entry, name)


def differing(
    expected: Mapping[str, Any], given: Mapping[str, Any], level: AnswerLevel
) -> list[str]:
    """The fields in which an answer is not the expected one; lists may be in any order."""
    asked = FIELDS + EXPLAINING if level.takes_in(AnswerLevel.explanation) else FIELDS
    uses = USES if level.takes_in(AnswerLevel.applicability) and USES[0] in expected else ()
    return differing_in(asked + uses, expected, given)


def differing_in(
    names: Iterable[str], expected: Mapping[str, Any], given: Mapping[str, Any]
) -> list[str]:
    """Those of the named fields in which an answer is not the expected one."""
    return [name for name in names if not _same(expected[name], given.get(name))]


def _same(expected: Any, given: Any) -> bool:
    return bool(expected == given) or bool(_comparable(expected) == _comparable(given))


def _comparable(value: Any) -> Any:
    """Lists as sets of what they hold, so that order does not count; a missing list is not an empty
    one.
    """
    if isinstance(value, list | tuple):
        return frozenset(_comparable(item) for item in value)
    if isinstance(value, dict):
        return frozenset((key, _comparable(item)) for key, item in value.items())
    return value if value is None or isinstance(value, str | bool | int | float) else repr(value)
