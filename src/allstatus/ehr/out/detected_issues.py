"""Coded statuses that the facts contradict, and contradicting facts, as DetectedIssues."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.ehr.out.context import Context, linked
from allstatus.ehr.out.names import Json, reference_of
from allstatus.ehr.out.observation import ROLE as OBSERVATION
from allstatus.ehr.out.observation import has_observation


def make_issues(context: Context) -> Iterator[Json]:
    """An issue for each contradiction, naming both sides."""
    for number, found in enumerate(context.decision.contradictions):
        coded = reference_of(found.source)
        yield _issue(
            context, number, "coded_status_contradicted", found.because, [coded] if coded else []
        )
    for number, entry in enumerate(context.decision.conflicts):
        yield _issue(
            context, number, "contradicting_facts", entry.because, context.used(entry.facts)
        )


def _issue(context: Context, number: int, code: str, detail: str, sources: list[str]) -> Json:
    computed = [context.link(*OBSERVATION)] if has_observation(context) else []
    return context.resource(
        "DetectedIssue",
        ("DetectedIssue", code, str(number)),
        status="preliminary",
        code=context.names.own(code),
        patient=context.subject,
        identifiedDateTime=context.instant,
        author=context.device,
        implicated=[*linked(sources), *computed],
        detail=f"{detail} ({context.source})",
        reference=context.decision.rules.source["url"],
    )
