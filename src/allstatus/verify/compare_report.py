"""A comparison of two rule sets as text at 80 columns and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allstatus.verify.cohort_diff import CohortDiff
from allstatus.verify.compare import RuleDiff
from allstatus.verify.report_layout import about_rules, plural, rules_line, source_lines, wrap


def to_document(diff: RuleDiff, cohort: CohortDiff | None = None) -> dict[str, Any]:
    """The comparison as JSON."""
    document = {
        "old": about_rules(diff.old),
        "new": about_rules(diff.new),
        "statuses": dict(diff.relations),
        "flips": [
            {"was": flip.was, "now": flip.now, "boxes": list(flip.boxes)} for flip in diff.flips
        ],
        "other_changes": list(diff.other),
        "cohort": None,
    }
    if cohort is not None:
        flips = [
            {"was": was, "now": now, "records": count, "examples": cohort.examples[was, now]}
            for (was, now), count in _most_first(cohort)
        ]
        document["cohort"] = {
            "records": cohort.records,
            "same": cohort.same,
            "refused": cohort.refused,
            "flips": flips,
        }
    return document


def render_text(diff: RuleDiff, cohort: CohortDiff | None = None) -> str:
    """The comparison for a person."""
    lines = [
        *wrap(f"old  {rules_line(diff.old)}", rest="     "),
        *wrap(f"new  {rules_line(diff.new)}", rest="     "),
        "",
    ]
    width = max(map(len, diff.relations))
    lines += [f"  {name:<{width}}  {relation}" for name, relation in diff.relations.items()]
    lines += changes(diff)
    if cohort is not None:
        lines += _cohort(cohort)
    return "\n".join([*lines, "", *source_lines(diff.new)]) + "\n"


def changes(diff: RuleDiff) -> Iterator[str]:
    """The cases that flip, and what else a reader of decisions will notice, as lines."""
    yield from _flips(diff)
    if diff.other:
        yield from ("", "Also")
        for change in diff.other:
            yield from wrap(f"- {change}", "  ", "    ")


def _flips(diff: RuleDiff) -> Iterator[str]:
    yield ""
    if not diff.flips:
        yield from wrap("No case of complete facts is decided otherwise.")
        return
    yield from wrap("What flips; cases that both rule sets call impossible are left out of account")
    for flip in diff.flips:
        yield ""
        yield f"  {flip.was} -> {flip.now}"
        for box in flip.boxes:
            words = "; ".join(f"{fact} {values}" for fact, values in box.items()) or "every case"
            yield from wrap(f"- {words}", "    ", "      ")


def _cohort(cohort: CohortDiff) -> Iterator[str]:
    flipped = sum(cohort.flips.values())
    yield ""
    yield (
        f"{plural(cohort.records, 'record')}: {cohort.same:,} answered alike, {flipped:,} "
        f"otherwise, {cohort.refused:,} refused."
    )
    for (was, now), count in _most_first(cohort):
        yield from wrap(f"{count:,}  {was} -> {now}", "  ", "      ")
        yield from wrap(f"such as {', '.join(cohort.examples[was, now])}", "      ")


def _most_first(cohort: CohortDiff) -> list[tuple[tuple[str, str], int]]:
    return sorted(cohort.flips.items(), key=lambda item: (-item[1], item[0]))
