"""For whom the listed agents' stated uses are: the overlay as a page."""

from __future__ import annotations

from collections.abc import Iterator

from pieces import code, plain, table
from rule_words import cited, clause, sentences

from allstatus.rules.indications import AgentUse, Indications, read_overlay

HEAD = """# Stated uses of agents

The page lists some treatments for certain patients and does not say for whom. These conditions
have sources of their own, named at each; what the page lists stays listed whatever they say.
[More](../applicability.md).

"""


def page() -> str:
    """Every agent, then the criteria they are written in."""
    overlay = read_overlay()
    parts = [
        HEAD,
        sentences(overlay.notice),
        *(text for use in overlay.agents.values() for text in _agent(overlay, use)),
    ]
    return "\n".join([*parts, *_criteria(overlay)])


def _agent(overlay: Indications, use: AgentUse) -> Iterator[str]:
    yield f"## {plain(use.title)}\n\nThe stated use fits when all of these hold:\n"
    for part in use.clauses:
        yield from clause(overlay.criteria, part, "")
    yield f"\nSource: {cited(use.cite)}\n"
    if use.note:
        yield f"{plain(use.note)}\n"
    for other in use.other_sources:
        yield f"- Elsewhere: {plain(other.says)} ({cited(other.cite)})"
    yield ""


def _criteria(overlay: Indications) -> Iterator[str]:
    yield "## Criteria\n"
    for criterion in overlay.criteria.values():
        fact = overlay.facts[criterion.condition.fact]
        yield f"### {plain(criterion.title)}\n"
        rows = (code(criterion.condition), plain(criterion.otherwise), plain(fact.question))
        yield table(
            ("", ""), zip(("condition", "when it does not hold", "asks"), rows, strict=True)
        )
