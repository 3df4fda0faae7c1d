"""Whom the listed treatments' stated uses fit, as every implementation can answer it: by option and
by agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from allstatus.decision.entries import AgentApplicability, Option

USES = ("by_option", "by_agent")
Answer = dict[str, Any]


def uses_of(options: Iterable[Option | Mapping[str, Any]]) -> Answer:
    """The words and needs of a decision's options and of their agents; other sources by title,
    where they say otherwise. Options are a decision's own, or as its JSON has them.
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
