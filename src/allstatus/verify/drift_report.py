"""What drifted, as text at 80 columns and as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, groupby
from typing import Any

from allstatus.rules.ruleset import RuleSet
from allstatus.verify.drift import Drift, PageChange
from allstatus.verify.report_layout import (
    SHORT,
    about_rules,
    another_page,
    plural,
    rules_line,
    source_lines,
    wrap,
)

_HEADING = {
    "edited": "Edited: a sentence reads differently",
    "dropped": "Dropped: a sentence is no longer on the page",
    "moved": "Moved: a sentence stands under another heading",
    "new": "New: a sentence inside a section that the rules cite",
}
_MANY = 6  # more entries than this are counted, not listed


def to_document(ruleset: RuleSet, drift: Drift) -> dict[str, Any]:
    """The comparison as JSON; sentences by fingerprint only."""
    return {
        "ruleset": about_rules(ruleset),
        "unchanged": drift.unchanged,
        "to_review": len(drift.to_review),
        "changes": [_entry(change) for change in drift.changes],
    }


def _entry(change: PageChange) -> dict[str, Any]:
    now = None if change.now is None else (change.now.section, change.now.fingerprint)
    return {
        "kind": change.kind,
        "was": _place(change.was),
        "now": _place(now),
        "likeness": change.likeness,
        "review": [
            {"kind": c.kind, "name": c.name, "file": c.file, "line": c.line} for c in change.review
        ],
    }


def _place(place: tuple[str, str] | None) -> dict[str, str] | None:
    return None if place is None else {"section": place[0], "sentence": place[1]}


def render_text(ruleset: RuleSet, drift: Drift) -> str:
    """The comparison for a terminal; today's sentences are shown from the reader's own copy of the
    page.
    """
    lines = [*wrap(f"The page against {rules_line(ruleset)}"), ""]
    lines.append(
        f"{plural(drift.unchanged, 'sentence')} unchanged, "
        f"{plural(len(drift.to_review), 'change')} to review."
    )
    if not drift.unchanged:
        asked = wrap(f"{another_page(ruleset)} (--format json: all)")
        return "\n".join([*lines, "", *asked, "", *source_lines(ruleset)]) + "\n"
    for kind, heading in _HEADING.items():
        changes = [change for change in drift.to_review if change.kind == kind]
        if changes:
            lines += ["", *wrap(f"{heading} ({len(changes)})")]
            each = chain.from_iterable(map(_change, changes))
            lines += _moves(changes) if kind == "moved" else each
    lines += _nothing_to_review(drift)
    return "\n".join([*lines, "", *source_lines(ruleset)]) + "\n"


def _change(change: PageChange) -> Iterator[str]:
    section = change.was[0] if change.was else change.now.section if change.now else ""
    yield ""
    yield from wrap(section, "  ")
    if change.was is not None:
        yield f"    was  {change.was[1][:SHORT]}"
    if change.now is not None:
        alike = "" if change.likeness is None else f", {change.likeness:.0%} alike"
        where = "" if change.now.section == section else f", under {change.now.section}"
        yield from wrap(f"now  {change.now.fingerprint[:SHORT]}{alike}{where}", "    ", "         ")
        yield from wrap(change.now.text, "         ")
    yield from _review(change)


def _moves(changes: list[PageChange]) -> Iterator[str]:
    """Moved sentences, those with the same old and new heading together."""

    def headings(change: PageChange) -> tuple[str, str]:
        assert change.was is not None
        assert change.now is not None
        return change.was[0], change.now.section

    for (old, new), group in groupby(sorted(changes, key=headings), key=headings):
        yield ""
        yield from wrap(f"from {old}", "  ", "       ")
        yield from wrap(f"to   {new}", "  ", "       ")
        for change in group:
            assert change.was is not None
            yield f"    same {change.was[1][:SHORT]}"
            yield from _review(change)


def _review(change: PageChange) -> Iterator[str]:
    entries = [
        f"{citation.label} ({citation.file.rpartition('/')[2]}:{citation.line})"
        for citation in change.review
    ]
    if len(entries) > _MANY:
        entries[_MANY:] = [f"and {len(entries) - _MANY} more (all: --format json)"]
    yield from wrap(f"review: {'; '.join(entries)}", "         ", "           ")


def _nothing_to_review(drift: Drift) -> Iterator[str]:
    others = [change for change in drift.changes if not change.review]
    if others:
        kinds = Counter(change.kind for change in others)
        counts = ", ".join(f"{kinds[kind]} {kind}" for kind in _HEADING if kinds[kind])
        yield ""
        yield from wrap(
            f"In sections that no rule cites: {counts}. Nothing to review there, but `allstatus "
            f"rules coverage` "
            "will call new sentences unaccounted for."
        )
