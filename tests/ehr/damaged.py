"""FHIR charts damaged as files and senders damage them, the same for the same number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Json = dict[str, Any]
DOUBLED, NO_NUMBER, TOO_DEEP = "(again)", "(no number)", "(too deep)"  # until it is text
DEPTH = 100_000


def objects(value: Any) -> Iterator[Json]:
    """Every object within a value."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
        waiting += [*item.values()] if isinstance(item, dict) else []
        waiting += item if isinstance(item, list) else []


def _nested(value: Any, times: int) -> Any:
    for _ in range(times):
        value = {"extension": [{"valueCodeableConcept": value}]}
    return value


def _shortened(one: Json, key: str) -> None:
    kept = one[key] if isinstance(one[key], list | str) else [one[key], one[key]]
    one[key] = kept[: len(kept) // 2]


DAMAGES: dict[str, Callable[[Json, str], object]] = {
    "a key is not there": lambda one, key: one.pop(key),
    "nothing is sent": lambda one, key: one.update({key: None}),
    "only the key's extension is sent": lambda one, key: one.update({f"_{key}": one.pop(key)}),
    "a number is text, or an object is": lambda one, key: one.update({key: str(one[key])}),
    "a list is in its place": lambda one, key: one.update({key: [one[key], one[key]]}),
    "a number is in its place": lambda one, key: one.update({key: -1}),
    "an object is in its place": lambda one, key: one.update({key: {"value": one[key]}}),
    "no number": lambda one, key: one.update({key: NO_NUMBER}),
    "a key stands twice": lambda one, key: one.update({DOUBLED + key: one[key]}),
    "half of it is missing": _shortened,
    "it lies deep": lambda one, key: one.update({key: _nested(one[key], 40)}),
    "it lies too deep": lambda one, key: one.update({key: TOO_DEEP}),
    "a modifier extension": lambda one, _: one.update({"modifierExtension": [{"url": "x"}]}),
    "implicit rules": lambda one, _: one.update({"implicitRules": "http://x"}),
    "another status": lambda one, _: one.update({"status": "entered-in-error"}),
    "not final": lambda one, _: one.update({"status": "preliminary"}),
    "an id of another": lambda one, _: one.update({"id": "1"}),
    "of another person": lambda one, _: one.update({"subject": {"reference": "Patient/other"}}),
}


def damaged(chart: Any, name: str, number: int) -> str:
    """The text of a chart with three damages of a kind, at places that the number chooses."""
    chance, made = Random(number), json.loads(json.dumps(chart))
    for _ in range(3):
        one = chance.choice([found for found in objects(made) if found])
        DAMAGES[name](one, chance.choice(sorted(one)))
    text = json.dumps(made).replace(f'"{NO_NUMBER}"', "NaN").replace(DOUBLED, "")
    return text.replace(f'"{TOO_DEEP}"', "[" * DEPTH + "]" * DEPTH)
