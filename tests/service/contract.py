"""The invariants of CDS Hooks 2.0 on answers, each in words; `faults` of a lawful answer are
none.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

INDICATORS = ("info", "warning", "critical")


def faults(answer: Any) -> list[str]:
    """Everything in a response that the contract forbids."""
    found = [f"{path} is empty" for path in empties(answer) if path != "cards"]
    if set(answer) != {"cards"}:
        found.append("there is something besides cards")  # systemActions only by prior agreement
    for card in answer["cards"]:
        found += _card(card)
    return found


def empties(value: Any, path: str = "") -> Iterator[str]:
    """Paths of null, empty text, empty lists and empty objects."""
    if value is None or (isinstance(value, str | list | dict) and not value):
        yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from empties(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from empties(item, path)


def _card(card: dict) -> Iterator[str]:
    if not isinstance(card.get("summary"), str) or len(card["summary"]) >= 140:
        yield "summary is 140 characters or more"
    if card.get("indicator") not in INDICATORS:
        yield "indicator is none of the three"
    if not card.get("source", {}).get("label"):
        yield "source has no label"
    if not {"code", "system"} <= set(card.get("source", {}).get("topic", {"code": 1, "system": 1})):
        yield "topic is no coding"
    UUID(card["uuid"])
    if "suggestions" in card and card.get("selectionBehavior") not in ("at-most-one", "any"):
        yield "suggestions without selectionBehavior"
    if "selectionBehavior" in card and "suggestions" not in card:
        yield "selectionBehavior without suggestions"
    for suggestion in card.get("suggestions", ()):
        yield from _suggestion(suggestion)
    for reason in card.get("overrideReasons", ()):
        if not {"display", "code", "system"} <= set(reason):
            yield "an override reason lacks code, system or display"
    for link in card.get("links", ()):
        yield from _link(link)


def _suggestion(suggestion: dict) -> Iterator[str]:
    UUID(suggestion["uuid"])
    if not suggestion.get("label"):
        yield "a suggestion has no label"
    for action in suggestion.get("actions", ()):
        if action.get("type") not in ("create", "update", "delete") or not action.get(
            "description"
        ):
            yield "an action lacks type or description"
        if action["type"] == "create" and ("resource" not in action or "id" in action["resource"]):
            yield "a create action needs a resource without an id"


def _link(link: dict) -> Iterator[str]:
    if not {"label", "url", "type"} <= set(link) or link["type"] not in ("absolute", "smart"):
        yield "a link lacks label, url or type"
    if "appContext" in link and link["type"] != "smart":
        yield "appContext on a link that is not smart"
