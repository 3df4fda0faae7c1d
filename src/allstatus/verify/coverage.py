"""Where every sentence of a page went: into an entry of the rules, or nowhere, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from allstatus.rules.fingerprint import PageSentence
from allstatus.rules.indications import read_overlay
from allstatus.rules.ruleset import RuleSet
from allstatus.verify.citations import Citation, labels
from allstatus.verify.page_map import MAP_FILE, PageMap
from allstatus.verify.report_layout import SHORT, about_rules, rules_line, source_lines, wrap


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence of the page, the entries that cite it, or the reason why none does."""

    sentence: PageSentence
    entries: tuple[str, ...]
    informational: str | None

    @property
    def went(self) -> str:
        """`cited`, `informational` or `unaccounted`."""
        return "cited" if self.entries else "informational" if self.informational else "unaccounted"


@dataclass(frozen=True, slots=True)
class Coverage:
    """All sentences of a page; `problems` are reasons that no sentence gives, or one that is cited
    after all.
    """

    ruleset: RuleSet
    reasons: dict[str, str]
    rows: tuple[Row, ...]
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether no sentence is unaccounted for and no reason contradicts a citation."""
        return not self.problems and self.counts["unaccounted"] == 0

    @property
    def counts(self) -> Counter[str]:
        """How many sentences went where."""
        return Counter(row.went for row in self.rows)


def cover(
    ruleset: RuleSet, citations: Iterable[Citation], page_map: PageMap, page: Iterable[PageSentence]
) -> Coverage:
    """Account for every sentence of the page."""
    by_place: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        by_place.setdefault(citation.place, []).append(citation)
    reasons = {
        sentence.place: sentence.informational
        for sentence in page_map.sentences
        if sentence.informational
    }
    rows = tuple(
        Row(sentence, tuple(labels(by_place.get(place, ()))), reasons.get(place))
        for sentence in page
        for place in [(sentence.section, sentence.fingerprint)]
    )
    where = f"{ruleset.directory.name}/{MAP_FILE}"
    given = {sentence.informational for sentence in page_map.sentences}
    problems = tuple(
        f"{where}: sentence {fingerprint[:SHORT]} is called {reason} but "
        f"{labels(by_place[section, fingerprint])[0]} cites it; remove one of the two"
        for (section, fingerprint), reason in reasons.items()
        if (section, fingerprint) in by_place
    )
    unused = (name for name in page_map.reasons if name not in given)
    problems += tuple(f"{where}: reason {name}: unused; remove it" for name in unused)
    return Coverage(ruleset, dict(page_map.reasons), rows, problems)


def to_document(coverage: Coverage) -> dict[str, Any]:
    """The table as JSON."""
    return {
        "ruleset": about_rules(coverage.ruleset),
        "counts": _counts(coverage),
        "problems": list(coverage.problems),
        "reasons": coverage.reasons,
        "sentences": [
            {
                "section": row.sentence.section,
                "sentence": row.sentence.fingerprint,
                "went": row.went,
                "entries": list(row.entries),
                "informational": None if row.entries else row.informational,
            }
            for row in coverage.rows
        ],
        "stated_uses": dict(_stated_uses(coverage.ruleset)),
    }


def _counts(coverage: Coverage) -> dict[str, int]:
    counts = coverage.counts
    return {
        "sentences": len(coverage.rows),
        **{went: counts[went] for went in ("cited", "informational", "unaccounted")},
    }


def summary(coverage: Coverage) -> str:
    """The counts in a sentence."""
    counts = _counts(coverage)
    return (
        f"{counts['sentences']} sentences: {counts['cited']} cited by a rule, "
        f"{counts['informational']} informational, "
        f"{counts['unaccounted']} unaccounted for."
    )


def render_text(coverage: Coverage) -> str:
    """The table at 80 columns, with the page's own words as the reader's copy of the page has
    them.
    """
    lines = wrap(f"Where every sentence of the page went, in {rules_line(coverage.ruleset)}")
    for section, rows in _by_section(coverage):
        lines += ["", *wrap(section)]
        for row in rows:
            lines += wrap(
                _shortened(row.sentence.text), f"  {row.sentence.fingerprint[:SHORT]}  ", " " * 16
            )
            lines += wrap(f"-> {_where(row)}", " " * 16, " " * 19)
    if stated := list(_stated_uses(coverage.ruleset)):
        heading = "Options whose agents have a stated use, by sources apart from the page:"
        lines += ["", *wrap(heading)]
    for option, uses in stated:
        lines += wrap(f"{option}: {'; '.join(uses)}", "  ", "    ")
    lines += [
        "",
        summary(coverage),
        *(f"error: {problem}" for problem in coverage.problems),
        *source_lines(coverage.ruleset),
    ]
    return "\n".join(lines) + "\n"


def render_markdown(coverage: Coverage) -> str:
    """The table as a page of the documentation: section paths and fingerprints, none of the page's
    sentences.
    """
    return "\n".join(_markdown(coverage)) + "\n"


def _markdown(coverage: Coverage) -> Iterator[str]:
    ruleset = coverage.ruleset
    yield "# Where every sentence of the page went"
    yield ""
    yield f"Rule set `{ruleset.id}` {ruleset.version}, digest `{ruleset.digest[:SHORT]}`."
    yield (
        f"Source: [{ruleset.source['title']}]({ruleset.source['url']}), reviewed "
        f"{ruleset.source['last_reviewed']}."
    )
    yield ""
    yield (
        f"{summary(coverage)} A sentence is named by the first {SHORT} digits of its fingerprint, "
        f"never quoted."
    )
    yield (
        "Generated by `allstatus rules coverage PAGE --format markdown`; [rules over "
        "time](rules-over-time.md) says how to read it."
    )
    for section, rows in _by_section(coverage):
        rows_said = [(f"`{row.sentence.fingerprint[:SHORT]}`", _where(row)) for row in rows]
        yield from _section(section, "sentence | where it went", rows_said)
    used = Counter(row.informational for row in coverage.rows if row.went == "informational")
    reasons = [(name, used[name], words) for name, words in coverage.reasons.items()]
    yield from _section("Why a sentence is informational", "reason | sentences | in words", reasons)
    stated = [(option, "; ".join(uses)) for option, uses in _stated_uses(ruleset)]
    yield from _section(
        "Options whose agents have a stated use elsewhere",
        "option | agent and source",
        stated,
        "The page names these without a condition, or for certain patients only; the conditions "
        "come from sources of their own.",
    )
    yield ""
    yield ruleset.notice


def _section(
    title: str, head: str, rows: Iterable[tuple[object, ...]], note: str = ""
) -> Iterator[str]:
    """A heading, what is said of the table, and the table."""
    yield from ("", f"## {title}", "")
    if note:
        yield from (note, "")
    yield f"| {head} |"
    yield "|---" * (head.count("|") + 1) + "|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def _stated_uses(ruleset: RuleSet) -> Iterator[tuple[str, list[str]]]:
    """Each listed option whose agents' stated uses in its disease the overlay holds, with their
    sources.
    """
    uses = read_overlay().agents.items()
    agents = {name: use for name, use in uses if ruleset.is_about(use.population)}
    for options in ruleset.options.values():
        for option in options:
            known = [agents[name] for name in option["agents"] if name in agents]
            if known:
                yield (
                    option["id"],
                    [f"{use.agent} ({use.cite['title']}, {use.cite['section']})" for use in known],
                )


def _by_section(coverage: Coverage) -> Iterator[tuple[str, list[Row]]]:
    for section, rows in groupby(coverage.rows, key=lambda row: row.sentence.section):
        yield section, list(rows)


def _where(row: Row) -> str:
    if row.entries:
        return "; ".join(row.entries)
    return f"informational: {row.informational}" if row.informational else "UNACCOUNTED FOR"


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57].rstrip()}..."
