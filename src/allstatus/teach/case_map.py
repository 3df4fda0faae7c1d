"""Where a case lies among those beside it: every combination of blood count, symptoms and marrow
with the case's other facts and what each is called, the case itself marked. SVG, by itself.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import product
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.render.palette import shades
from allstatus.rules.ruleset import HIGHEST, Shade
from allstatus.table.fact_domain import ValueClass
from allstatus.teach.exercise_words import choices
from allstatus.teach.exercises import answer_of
from allstatus.teach.strings import fact_label, texts, value_text

ROWS = ("cbc", "signs_and_symptoms")  # with the percentage they make the map
TITLES, WIDTH, HEIGHT, TOP = 240, 160, 56, 52  # of the rows' titles, a box, the columns' titles
DOWN = 2  # facts whose combinations are rows
LETTERS = 34  # of a row's title in a line
INK, EDGE = "#1e2530", "#868d96"
STROKES = {
    "..": "M4 4h0",
    "//": "M-2 2L2-2M0 8L8 0M6 10L10 6",
    "\\\\": "M-2 6L2 10M0 0L8 8M6-2L10 2",
    "--": "M0 4H8",
    "||": "M4 0V8",
    "++": "M0 4H8M4 0V8",
    "xx": "M0 8L8 0M0 0L8 8",
    "oo": "M2 4a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    "**": "M4 1V7M1 2.5L7 5.5M1 5.5L7 2.5",
}
_SIDE = re.compile(r"(<=|>=|<|>) (\S+)")


def draw_case(classifier: Classifier, record: Mapping[str, Any]) -> str | None:
    """The map around a record as SVG; None where the rules ask for none or several percentages, or
    not for blood count and symptoms.
    """
    facts = classifier.ruleset.facts
    percents = [fact.name for fact in facts.values() if fact.kind == "percent"]
    if len(percents) != 1 or not facts.keys() >= {*ROWS}:
        return None
    return _CaseMap(classifier, record, percents[0], ROWS).svg()


def draw_around(classifier: Classifier, record: Mapping[str, Any]) -> str:
    """The map around a record of any rules as SVG: of the facts that alone would change its answer
    a number along it, where there is one, and up to two others down it.
    """
    answer, classes = answer_of(classifier.classify(record)), classifier.resolver.classes
    turning = [
        name
        for name, values in classes.items()
        if any(answer_of(classifier.classify({**record, name: v.sample})) != answer for v in values)
    ]
    domains = classifier.table.domains
    column, *rows = sorted(turning or classes, key=lambda name: not domains[name].limits)
    return _CaseMap(classifier, record, column, rows[:DOWN]).svg()


class _CaseMap:
    def __init__(
        self,
        classifier: Classifier,
        record: Mapping[str, Any],
        column: str,
        rows: Sequence[str],
    ) -> None:
        self.classifier, self.rules, self.record = classifier, classifier.ruleset, record
        self.verdicts = classifier.classify(record).verdicts
        classes = classifier.resolver.classes
        self.rows, self.columns = [*product(*(classes[name] for name in rows))], classes[column]
        self.titles, self.said = choices(self.rules), texts(self.rules)

    def svg(self) -> str:
        """The whole picture."""
        size = f"{TITLES + WIDTH * len(self.columns)} {TOP + HEIGHT * len(self.rows)}"
        title = escape(self.said["page"]["map"])
        parts = "".join([*self._patterns(), *self._heads(), *self._boxes()])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" '
            f'font-family="sans-serif" font-size="13" fill="{INK}"><title>{title}</title>'
            f'<path d="M0 0h9999v9999H0z" fill="#fff"/>{parts}</svg>'
        )

    def _patterns(self) -> Iterator[str]:
        for name, shade in shades(self.rules).items():
            yield _pattern(name, shade)

    def _heads(self) -> Iterator[str]:
        middle = TITLES + WIDTH * len(self.columns) / 2
        yield _text(middle, 20, fact_label(self.rules, self.columns[0].fact), "middle", bold=True)
        for place, column in enumerate(self.columns):
            yield _text(TITLES + WIDTH * (place + 0.5), 42, self._side(column), "middle")

    def _side(self, column: ValueClass) -> str:
        if self.rules.facts[column.fact].kind != "percent":
            return self._value(column)
        sides = self.said["page"]["side"]
        found = _SIDE.findall(column.region)
        return ", ".join(sides[operator].format(limit=limit) for operator, limit in found)

    def _boxes(self) -> Iterator[str]:
        for number, row in enumerate(self.rows):
            top = TOP + HEIGHT * number
            lines = [line for one in row for line in textwrap.wrap(self._title(one), LETTERS)]
            for place, line in enumerate(lines):
                yield _text(4, top + HEIGHT / 2 + 16 * (place - len(lines) / 2) + 12, line, "start")
            for place, column in enumerate(self.columns):
                yield from self._box(TITLES + WIDTH * place, top, (*row, column))

    def _title(self, answer: ValueClass) -> str:
        return f"{fact_label(self.rules, answer.fact)}: {self._value(answer)}"

    def _value(self, answer: ValueClass) -> str:
        if self.rules.facts[answer.fact].kind in HIGHEST:
            return str(answer.value)
        return value_text(self.rules, answer.fact, answer.sample)

    def _box(self, left: float, top: float, answers: tuple[ValueClass, ...]) -> Iterator[str]:
        samples = {answer.fact: answer.sample for answer in answers}
        name = answer_of(self.classifier.classify({**self.record, **samples}))
        here = all(
            self.verdicts[criterion] in (held, None)
            for answer in answers
            for criterion, held in answer.verdicts.items()
        )
        edge = f'stroke="{INK}" stroke-width="4"' if here else f'stroke="{EDGE}"'
        yield (
            f'<rect x="{left + 3}" y="{top + 3}" width="{WIDTH - 6}" height="{HEIGHT - 6}" rx="5" '
            f'fill="url(#{name})" {edge}/>'
        )
        title = textwrap.wrap(self.titles[name], 18)
        lines = [*title, *([f"({self.said['page']['here']})"] if here else [])]
        for place, line in enumerate(lines):
            y = top + HEIGHT / 2 + 15 * (place - len(lines) / 2) + 12
            yield _text(left + WIDTH / 2, y, line, "middle", bold=place < len(title))


def _pattern(name: str, shade: Shade) -> str:
    strokes = STROKES.get(shade.hatch, "")
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="M0 0h8v8H0z" fill="{shade.ground}"/><path d="{strokes}" fill="none" '
        f'stroke="{shade.ink}" stroke-width="{2.4 if shade.hatch == ".." else 1}" '
        f'stroke-linecap="round"/></pattern>'
    )


def _text(x: float, y: float, text: str, anchor: str, *, bold: bool = False) -> str:
    """Text on a white rim, so that hatching never runs through it."""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{weight} stroke="#fff" stroke-width="5" '
        f'stroke-linejoin="round" paint-order="stroke">{escape(text)}</text>'
    )
