"""Whom the listed treatments' stated uses fit, as every implementation can answer it: by option and
by agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from allstatus.decision.entries import AgentApplicability, Option
from allstatus.record.frozen import plain

USES = ("by_option", "by_agent")
Answer = dict[str, Any]


def uses_of(options: Iterable[Option | Mapping[str, Any]]) -> Answer:
    """The words and needs of a decision's options and of their agents; other sources by title,
    where they say otherwise. Options are a decision's own, or as its JSON has them.
    """
    listed = plain(list(options))
    agents = [agent for option in listed for agent in option["by_agent"]]
    return {
        "by_option": {option["id"]: _said(option) for option in listed},
        "by_agent": {agent["agent"]: agent_uses(agent) for agent in agents},
    }


def _said(entry: Mapping[str, Any]) -> Answer:
    return {"applicability": entry["applicability"], "needs": entry["needs"]}


def agent_uses(agent: AgentApplicability | Mapping[str, Any]) -> Answer:
    """The word and needs of one agent, and what other sources answer."""
    said = plain(agent)
    others = {other["cite"]["title"]: other["applicability"] for other in said["other_sources"]}
    return {**_said(said), "other_sources": others}
