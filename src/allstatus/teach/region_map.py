"""The decision regions: what every combination of history, blood count, symptoms and marrow is
called.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.errors import RulesError
from allstatus.record.percent import HUNDRED, ZERO, format_number, read_percent
from allstatus.render.palette import shades
from allstatus.render.pictures import INK, LINE, QUIET, draw, label
from allstatus.table.decision_table import OUTSIDE
from allstatus.teach.case_map import ROWS
from allstatus.teach.exercise_words import choices
from allstatus.teach.exercises import answer_of
from allstatus.teach.strings import PLOTS, fact_label, source_lines, value_text

MARROW = "marrow_blast_percent"
PANELS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("never_treated", {"prior_treatment": "none"}),
    (
        "never_in_remission",
        {"prior_treatment": "disease_directed", "prior_remission": False},
    ),
    (
        "remission_before",
        {"prior_treatment": "disease_directed", "prior_remission": True},
    ),
)
ELSEWHERE = {"leukemia_outside_marrow": "absent", "relapse_since_remission": False}
SIZE = (12.0, 5.2)
WIDEST, ROW_TITLE = 205, 30  # characters
ABOVE_SOURCE, LINE_OF_SOURCE = (
    0.13,
    0.024,
)  # of the picture's height: the axis, and a line of source


def draw_regions(classifier: Classifier, path: Path) -> None:
    """One panel a history, one row a blood count and symptoms, blasts along the axis; nothing
    outside the marrow, no relapse recorded.
    """
    asked = {MARROW, *ROWS, *ELSEWHERE, "prior_treatment", "prior_remission"}
    if missing := asked - set(classifier.ruleset.facts):
        raise RulesError(
            [
                f"{classifier.ruleset.id}: the picture needs facts that these rules do not ask: "
                f"{', '.join(sorted(missing))}"
            ]
        )
    draw(path, SIZE, _Regions(classifier).fill)


class _Regions:
    def __init__(self, classifier: Classifier) -> None:
        self.classifier, self.rules = classifier, classifier.ruleset
        self.said = PLOTS.texts(self.rules.language)["regions"]
        self.titles, self.shades = choices(self.rules), shades(self.rules)
        conditions = (
            self.rules.criteria[name].condition for name in self.rules.criteria_of(MARROW)
        )
        self.limits = sorted(
            {condition.limit for condition in conditions if condition.limit is not None}
        )
        values = [self.rules.facts[name].values[:2] for name in ROWS]
        self.rows = [
            dict(zip(ROWS, (first, second), strict=True))
            for first in values[0]
            for second in values[1]
        ]

    def fill(self, figure: Any) -> None:
        source = source_lines(self.rules, WIDEST)
        bottom = max(0.2, ABOVE_SOURCE + LINE_OF_SOURCE * len(source.splitlines()))
        grid = figure.add_gridspec(
            1, len(PANELS), left=0.205, right=0.985, top=0.85, bottom=bottom, wspace=0.1
        )
        for number, (panel, history) in enumerate(PANELS):
            axes = figure.add_subplot(grid[number])
            axes.set_title(self.said["panels"][panel], fontsize=11, fontweight="bold", pad=8)
            for row, findings in enumerate(self.rows):
                self._row(axes, row, {**ELSEWHERE, **history, **findings})
            self._frame(axes, named=number == 0)
        figure.text(0.01, 0.015, source, fontsize=7, color=QUIET)
        figure.text(0.01, 0.955, self.said["title"], fontsize=13, fontweight="bold", va="center")
        figure.text(
            0.205,
            0.955,
            f"{self.said['setting']} {' '.join(self._sides())}",
            fontsize=9,
            color=QUIET,
            va="center",
        )

    def _row(self, axes: Any, row: int, record: dict[str, Any]) -> None:
        for left, right, blasts in self._stretches():
            answer = answer_of(self.classifier.classify(record | {MARROW: blasts}))
            shade = self.shades[answer]
            box: Any = {"y": row, "width": right - left, "left": left, "height": 0.94}
            axes.barh(
                **box, facecolor=shade.ground, edgecolor=shade.ink, hatch=shade.hatch, linewidth=0
            )
            axes.barh(**box, facecolor="none", edgecolor=LINE, linewidth=0.8)
            called = self.said["outside"] if answer == OUTSIDE else self.titles[answer]
            title = "\n".join(textwrap.wrap(called, 10, break_long_words=False))
            label(axes, ((left + right) / 2, row), title, fontsize=8, fontweight="bold")

    def _sides(self) -> Iterator[str]:
        """On which side of the line each limit itself is."""
        criteria = [self.rules.criteria[name].condition for name in self.rules.criteria_of(MARROW)]
        for limit, (below, _) in zip(
            self.limits, pairwise([sample for *_, sample in self._stretches()]), strict=True
        ):
            text = format_number(limit)
            like_below = all(
                condition.holds(read_percent(text)) is condition.holds(read_percent(below))
                for condition in criteria
            )
            yield self.said["side"]["left" if like_below else "right"].format(limit=text)

    def _stretches(self) -> Iterator[tuple[float, float, str]]:
        """Each stretch between limits: where it is drawn, and a percentage in the middle of it."""
        for low, high in pairwise([ZERO, *self.limits, HUNDRED]):
            yield self._place(float(low)), self._place(float(high)), format_number((low + high) / 2)

    def _place(self, percent: float) -> float:
        """Twice the first limit lies in the middle of the axis, so that both its sides have
        room.
        """
        middle = 2 * float(self.limits[0])
        return (
            50 * percent / middle
            if percent <= middle
            else 50 + 50 * (percent - middle) / (100 - middle)
        )

    def _frame(self, axes: Any, *, named: bool) -> None:
        axes.set_xlim(0, 100)
        axes.set_ylim(len(self.rows) - 0.45, -0.55)
        ticks = sorted(
            {0.0, *(float(limit) for limit in self.limits), 2 * float(self.limits[0]), 50.0, 100.0}
        )
        axes.set_xticks([self._place(tick) for tick in ticks], [f"{tick:g}" for tick in ticks])
        axes.set_xlabel(self.said["axis"])
        axes.set_yticks(
            range(len(self.rows)), [self._row_title(row) if named else "" for row in self.rows]
        )
        axes.tick_params(length=0)
        for limit in self.limits:
            axes.axvline(self._place(float(limit)), color=INK, linewidth=2)
        for side in axes.spines.values():
            side.set_visible(False)

    def _row_title(self, row: dict[str, Any]) -> str:
        said = (
            f"{fact_label(self.rules, name)}: {value_text(self.rules, name, value)}"
            for name, value in row.items()
        )
        return "\n".join(line for text in said for line in textwrap.wrap(text, ROW_TITLE))
