"""The treatments the page lists for a status: its list, whole, and nothing for any other
outcome.
"""

from __future__ import annotations

from typing import Any

from allstatus.rules.ruleset import RuleSet

_KEYS = ("id", "title", "category", "agents", "phase", "listed_by", "qualifier")
_DETAIL = ("elements", "routes", "radiation", "followed_by", "choice", "purpose")


def list_options(ruleset: RuleSet, status: str | None) -> list[dict[str, Any]]:
    """Each listed option with its qualifier and citation, in the page's order."""
    if status is None:
        return []
    title = ruleset.statuses[status].title
    return [
        {
            **{key: option[key] for key in (*_KEYS, *_DETAIL)},
            "applicability": "listed",
            "needs": [],
            "asks": [],
            "because": _because(option, title),
            "cite": dict(option["cite"]),
            "by_agent": [],
        }
        for option in ruleset.options[status]
    ]


def _because(option: Any, title: str) -> str:
    if option["listed_by"] == "clinical_trials":
        return f"The page reports this only as studied in clinical trials, under {title}."
    return f"The page lists this under {title}."
