"""A decision as text a person likes to read, at 80 columns unless told otherwise, plain or in
colour.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from allstatus.decision.answer import UNDECIDED
from allstatus.decision.decision import Decision
from allstatus.decision.entries import Option
from allstatus.render.definitions import definition_lines, why_not_words
from allstatus.render.messages import headline, may_be, messages
from allstatus.render.printable import printable
from allstatus.render.sections import (
    NO_OPTIONS,
    Needed,
    answers_away,
    change_ways,
    diagnoses_seen,
    fit_lines,
    option_note,
    options_by_category,
    options_not_fitting,
    reason_sets,
)
from allstatus.render.words import outcome_titles, words

WIDTH = 80
SHOWN_CHANGES = 3
COLOUR = {"✓": "\x1b[32m", "✗": "\x1b[31m", "?": "\x1b[33m"}
BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def render_text(
    decision: Decision, *, level: str = "clinician", colour: bool = False, width: int = WIDTH
) -> str:
    """The decision for a clinician, a student, or in plain words, in lines of at most `width`
    characters.
    """
    return "\n".join(_Text(decision, level, colour, width).lines()) + "\n"


class _Text:
    def __init__(self, decision: Decision, level: str, colour: bool, width: int) -> None:
        self.decision, self.level, self.colour, self.width = decision, level, colour, width
        self.rules = decision.rules
        self.titles = outcome_titles(self.rules)

    def lines(self) -> Iterator[str]:
        yield from self._opening()
        if self.level != "plain" and self.decision.outcome not in UNDECIDED:
            yield from self._definitions()
            yield from self._why()
            yield from self._changes()
        yield from self._options()
        if self.level != "plain":
            yield from self._list(
                "What others would say", [entry.says for entry in self.decision.elsewhere]
            )
        yield from self._missing()
        if self.level != "plain":
            yield from self._list(
                "Cannot change the answer", [words(name) for name in self.decision.irrelevant]
            )
        yield from self._list("Diagnoses in the chart", diagnoses_seen(self.decision))
        yield from self._list(
            "Assumed", [f"{words(a.fact)}: {a.because}" for a in self.decision.assumptions]
        )
        yield from self._list("Check", self.decision.warnings)
        yield from self._source()

    def _opening(self) -> Iterator[str]:
        identity = self.decision.id
        for line in self._wrap(
            f"{'' if identity is None else f'{identity}: '}{headline(self.decision, self.level)}"
        ):
            yield self._paint(line, BOLD)
        if self.decision.outcome == "insufficient_data":
            for text in answers_away(self.decision):
                yield from self._wrap(text, "", "  ")
            possible = "; ".join(self.titles[name] for name in self.decision.possible)
            yield from self._wrap(f"Still possible: {possible}.")
            return
        for text in messages(self.decision, self.level):
            yield from self._wrap(text)
        if open_cases := may_be(self.decision, self.level):
            yield from self._list(*open_cases)
        if number := self.decision.remission_number:
            yield f"This is remission number {number}."
        if self.decision.outcome == "conflicting_data":
            yield from self._list(
                "In conflict",
                [" and ".join(words(fact) for fact in c.facts) for c in self.decision.conflicts],
            )

    def _definitions(self) -> Iterator[str]:
        yield ""
        for mark, text, depth in definition_lines(self.rules, self.decision, self.titles):
            indent = "    " * depth
            if not mark:
                yield from self._wrap(text, f"{indent}    ")
                continue
            wrapped = textwrap.wrap(printable(text), self.width - len(indent) - 2) or [""]
            first = self._paint(wrapped[0], BOLD) if depth == 0 else wrapped[0]
            yield f"{indent}{self._paint(mark, COLOUR[mark])} {first}"
            yield from (f"{indent}  {line}" for line in wrapped[1:])

    def _why(self) -> Iterator[str]:
        reasons = [", ".join(names) for names in reason_sets(self.decision)]
        yield from self._list(
            "Settled by" if len(reasons) < 2 else "Settled by each of these sets alone", reasons
        )
        if self.level == "student":
            why_not = why_not_words(self.rules, self.decision)
            yield from self._list(
                "Why not", [f"{self.titles[status]}: {why}" for status, why in why_not.items()]
            )

    def _changes(self) -> Iterator[str]:
        if self.decision.outcome != "insufficient_data":
            yield from self._list("What would change it", self._changes_about("finding"))
            yield from self._list(
                "What would have to happen to change it", self._changes_about("event")
            )
            yield from self._list(
                "What would change it, but only as a correction of the record",
                self._changes_about("correction"),
            )

    def _changes_about(self, needed: Needed) -> list[str]:
        items = []
        for title, ways in change_ways(self.decision, needed):
            items += [f"{title}: {way}" for way in ways[:SHOWN_CHANGES]]
            if len(ways) > SHOWN_CHANGES:
                items.append(f"{title}: {len(ways) - SHOWN_CHANGES} more, see --format json")
        return items

    def _options(self) -> Iterator[str]:
        if self.decision.options:
            yield from self._heading("Treatments the page lists for this status")
        elif self.decision.status is None:
            yield from ("", *self._wrap(NO_OPTIONS))
        for category, options in options_by_category(self.decision.options):
            yield from self._wrap(category, "  ")
            for option in options:
                yield from self._option(option)
        if unfit := options_not_fitting(self.decision.options):
            yield from self._wrap("Listed, but by what is known the stated use does not fit", "  ")
            for option in unfit:
                yield from self._option(option)

    def _option(self, option: Option) -> Iterator[str]:
        note = option_note(option)
        yield from self._wrap(
            f"- {getattr(option.titles, self.level)}{f' ({note})' if note else ''}",
            "    ",
            "      ",
        )
        for line in fit_lines(option) if self.level != "plain" else []:
            yield from self._wrap(line, "      ", "        ")

    def _missing(self) -> Iterator[str]:
        if self.decision.missing:
            yield from self._heading("What would settle it")
        next_fact = self.decision.ask_next.fact if self.decision.ask_next else None
        said = messages(self.decision, self.level) if self.decision.missing else []
        for entry, why in zip(self.decision.missing, said, strict=False):
            yield from self._wrap(
                f"- {entry.question}{'  <- ask this first' if entry.fact == next_fact else ''}",
                "  ",
                "    ",
            )
            yield from self._wrap(why, "    ")
            yield from self._wrap("answered by: " + "; ".join(entry.answered_by), "    ", "      ")

    def _list(self, title: str, items: Sequence[str]) -> Iterator[str]:
        if items:
            yield from self._heading(title)
            for item in items:
                yield from self._wrap(f"- {item}", "  ", "    ")

    def _source(self) -> Iterator[str]:
        rules = self.decision.ruleset
        yield ""
        about = (
            f"Rules {rules.id} {rules.version} ({rules.digest[:12]}), engine {self.decision.engine}"
        )
        source = f"Source: {rules.source.title}, reviewed {rules.source.last_reviewed}"
        fit = self.decision.applicability if self.decision.options else None
        overlay = (
            [f"Stated uses: {fit.id} {fit.version} ({fit.digest[:12]}). {fit.notice}"]
            if fit
            else []
        )
        for text in (about, source, *overlay, self.decision.notice):
            for line in self._wrap(text):
                yield self._paint(line, DIM)

    def _heading(self, title: str) -> Iterator[str]:
        yield ""
        yield from (self._paint(line, BOLD) for line in self._wrap(title))

    def _paint(self, text: str, code: str) -> str:
        return f"{code}{text}{RESET}" if self.colour else text

    def _wrap(self, text: str, first: str = "", rest: str = "") -> list[str]:
        return textwrap.wrap(
            printable(text), self.width, initial_indent=first, subsequent_indent=rest or first
        )
