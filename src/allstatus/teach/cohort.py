"""A cohort in one picture: how many records have each status, and what becomes of the rest."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.errors import InvalidRecord
from allstatus.render.palette import shades
from allstatus.render.words import words
from allstatus.rules.ruleset import RuleSet
from allstatus.teach.exercise_words import choices
from allstatus.teach.exercises import answer_of
from allstatus.teach.pictures import QUIET, draw
from allstatus.teach.strings import PLOTS, fact_label, source_lines

REFUSED = "refused"
ROW, FOOT = 0.36, 1.5  # inches
WIDEST, LABEL = 182, 58  # characters


@dataclass
class CohortTally:
    """How many records had each answer; `parts` says for some answers of what kind: the region, the
    first fact to ask for.
    """

    answers: Counter[str] = field(default_factory=Counter)
    parts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, answer: str, part: str | None) -> None:
        """Count one more patient with this answer, and which part of it where it has parts."""
        self.answers[answer] += 1
        if part is not None:
            self.parts.setdefault(answer, Counter())[part] += 1


def tally(classifier: Classifier, records: Iterable[Any]) -> CohortTally:
    """Decide on each record and count; what is no record counts as refused."""
    counted = CohortTally()
    for value in records:
        try:
            if isinstance(value, InvalidRecord):
                raise value
            decision = classifier.classify(value)
        except InvalidRecord as error:
            counted.add(REFUSED, words(error.field))
        else:
            counted.add(answer_of(decision), _part(decision))
    return counted


def _part(decision: Decision) -> str | None:
    if decision.outcome == "outside_definitions":
        regions = decision.regions
        alone = len(regions) == 1 and not decision.possible_regions
        if not alone:
            return str(_said(decision.rules)["several"])
        said = decision.rules.regions[regions[0].id].sentence.partition(";")[0]
        return said[0].lower() + said[1:].removesuffix(".")
    if decision.ask_next is not None:
        fact = fact_label(decision.rules, decision.ask_next.fact)
        return str(_said(decision.rules)["ask"]).format(fact=fact)
    return None


def _said(rules: RuleSet) -> Any:
    return PLOTS.texts(rules.language)["cohort"]


def draw_cohort(classifier: Classifier, records: Iterable[Any], path: Path) -> CohortTally:
    """Draw the tally as bars, each answer with its parts below it; returns it. Raises InvalidRecord
    where there is no record.
    """
    counted = tally(classifier, records)
    if not counted.answers:
        raise InvalidRecord(
            "input", "holds no record", "give JSON records: an array, or one a line"
        )
    rows = list(_rows(classifier, counted))
    draw(
        path, (9.5, FOOT + ROW * len(rows)), lambda figure: _fill(figure, classifier, counted, rows)
    )
    return counted


def _rows(classifier: Classifier, counted: CohortTally) -> Iterator[tuple[str, str, int, bool]]:
    """(answer, words, count, whether it is a part) from top to bottom."""
    rules = classifier.ruleset
    for answer, title in {**choices(rules), REFUSED: _said(rules)["refused"]}.items():
        if count := counted.answers[answer]:
            yield answer, title, count, False
            for part, number in sorted(
                counted.parts.get(answer, {}).items(), key=lambda item: (-item[1], item[0])
            ):
                yield answer, part, number, True


def _share(count: int, total: int) -> str:
    """A share in whole percent; never none of something."""
    return f"{100 * count / total:.0f}" if 200 * count > total else "<1"


def _fill(
    figure: Any,
    classifier: Classifier,
    counted: CohortTally,
    rows: list[tuple[str, str, int, bool]],
) -> None:
    total, height = counted.answers.total(), FOOT + ROW * len(rows)
    axes = figure.add_axes((0.4, 0.85 / height, 0.5, ROW * len(rows) / height))
    colours: Any = shades(classifier.ruleset)
    for row, (answer, title, count, is_part) in enumerate(rows):
        shade = colours.get(answer)
        ground, ink, hatch = (
            (shade.ground, shade.ink, shade.hatch) if shade else ("#ffffff", "#8d949d", "")
        )
        axes.barh(
            row,
            count,
            height=0.4 if is_part else 0.74,
            facecolor=ground,
            edgecolor=ink,
            hatch=hatch,
            linewidth=0,
        )
        axes.barh(
            row,
            count,
            height=0.4 if is_part else 0.74,
            facecolor="none",
            edgecolor="#565f6b",
            linewidth=0.8,
        )
        axes.annotate(
            f"{count}  ({_share(count, total)} %)",
            (count, row),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
        style = (
            {"fontsize": 8, "color": QUIET} if is_part else {"fontsize": 10, "fontweight": "bold"}
        )
        axes.annotate(
            "\n".join(textwrap.wrap(title, LABEL)),
            (0, row),
            (-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            **style,
        )
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(count for _, _, count, _ in rows) * 1.02)
    axes.set_axis_off()
    axes.axvline(0, color="#565f6b", linewidth=1)
    figure.text(
        0.02,
        1 - 0.35 / height,
        _said(classifier.ruleset)["title"].format(total=total),
        fontsize=12,
        fontweight="bold",
        va="center",
    )
    rules = classifier.ruleset
    figure.text(0.02, 0.12 / height, source_lines(rules, WIDEST), fontsize=6.5, color=QUIET)
