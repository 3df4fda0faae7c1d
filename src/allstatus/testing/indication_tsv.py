"""The vectors of stated uses as tab-separated text: a line for each, a column for each fact and
each agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.rules.indications import STATUS_FACT
from allstatus.testing.representatives import stated_at
from allstatus.testing.vectors import USES_FAMILY, Vector, one_line


def uses_tsv(classifier: Classifier, vectors: Sequence[Vector]) -> str:
    """What each agent's column says: `applies`, `does_not_apply`, `needs_data` with the needs, or
    nothing where it is not listed.
    """
    overlay = classifier.applicability.overlay
    keys = {
        fact.name: fact.record_key or fact.name
        for fact in overlay.facts.values()
        if fact.name != STATUS_FACT
    }
    agents = list(overlay.agents)
    rows = [["id", "status", *keys.values(), *agents, "record"]]
    for vector in (vector for vector in vectors if vector.family == USES_FAMILY):
        said = vector.expected["by_agent"]
        patient = [_word(stated_at(vector.record, key)) for key in keys.values()]
        uses = [
            " ".join([said[agent]["applicability"], *said[agent]["needs"]]) if agent in said else ""
            for agent in agents
        ]
        rows.append(
            [vector.id, vector.expected["status"], *patient, *uses, one_line(vector.record)]
        )
    return "".join("\t".join(row) + "\n" for row in rows)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else one_line(value)
