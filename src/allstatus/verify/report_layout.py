"""What the reports of this package share: 80 columns, and which rules they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allstatus.render.printable import wrapped
from allstatus.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from allstatus.verify.recorded_decision import RecordedRules

WIDTH = 80
SHORT = 12  # hex digits of a digest or fingerprint that are shown


def wrap(text: str, indent: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most 80 columns; `rest` indents those after the first."""
    return wrapped(text, WIDTH, indent, rest)


def about_rules(ruleset: RuleSet) -> dict[str, Any]:
    """The rule set as a document names it."""
    return {
        "id": ruleset.id,
        "version": ruleset.version,
        "digest": ruleset.digest,
        "effective_from": ruleset.effective_from,
        "source": dict(ruleset.source),
    }


def rules_line(ruleset: RuleSet | RecordedRules) -> str:
    """The rule set as a report names it."""
    return f"{ruleset.id} {ruleset.version} ({ruleset.digest[:SHORT]})"


def source_lines(ruleset: RuleSet) -> list[str]:
    """Where the rules come from and what they are not, for the end of a report."""
    source = ruleset.source
    return [
        *wrap(f"Source: {source['title']}, reviewed {source['last_reviewed']}"),
        *wrap(ruleset.notice),
    ]


def another_page(ruleset: RuleSet) -> str:
    """What to ask where little of a page is the one that was read."""
    return f"another page than '{ruleset.source['title']}'?"


def plural(number: int, one: str) -> str:
    """`1 record`, `2 records`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"
