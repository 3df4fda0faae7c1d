"""Whom the listed treatments' stated uses fit, as every implementation can answer it: by option and
by agent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allstatus.decision.entries import AgentApplicability, Option

USES = ("by_option", "by_agent")
Answer = dict[str, Any]


def uses_of(options: Iterable[Option]) -> Answer:
    """The words and needs of a decision's options and of their agents; other sources by title,
    where they say otherwise.
    """
    listed = list(options)
    return {
        "by_option": {option.id: _said(option) for option in listed},
        "by_agent": {
            agent.agent: agent_uses(agent) for option in listed for agent in option.by_agent
        },
    }


def _said(entry: Option | AgentApplicability) -> Answer:
    return {"applicability": entry.applicability, "needs": list(entry.needs)}


def agent_uses(agent: AgentApplicability) -> Answer:
    """The word and needs of one agent, and what other sources answer."""
    return {
        **_said(agent),
        "other_sources": {other.cite.title: other.applicability for other in agent.other_sources},
    }
