"""The treatments the page lists for a status: its list, whole, and nothing for any other
outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allstatus.decision.entries import Option, Qualifier, Titles
from allstatus.rules.ruleset import RuleSet
from allstatus.why.cites import PageCite

_KEYS = ("id", "title", "category", "phase", "listed_by", "radiation", "followed_by", "choice")


def list_options(ruleset: RuleSet, status: str | None) -> tuple[Option, ...]:
    """Each listed option with its qualifier and citation, in the page's order."""
    if status is None:
        return ()
    title = ruleset.statuses[status].title
    return tuple([_listed(option, title) for option in ruleset.options[status]])


def _listed(option: Mapping[str, Any], title: str) -> Option:
    return Option(
        **{key: option[key] for key in _KEYS},
        titles=Titles(**option["titles"]),
        agents=tuple(option["agents"]),
        elements=tuple(option["elements"]),
        routes=tuple(option["routes"]),
        qualifier=option["qualifier"] and _qualifier(option["qualifier"]),
        purpose=option["purpose"],
        applicability="listed",
        needs=(),
        asks=(),
        because=_because(option, title),
        cite=PageCite(**option["cite"]),
        by_agent=(),
    )


def _qualifier(said: Mapping[str, str]) -> Qualifier:
    return Qualifier(said["who"], said.get("also"), said.get("also_for"), said["text"])


def _because(option: Mapping[str, Any], title: str) -> str:
    if option["listed_by"] == "clinical_trials":
        return f"The page reports this only as studied in clinical trials, under {title}."
    return f"The page lists this under {title}."
