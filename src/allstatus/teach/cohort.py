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
from allstatus.render.pictures import LINE, QUIET, draw
from allstatus.render.words import within_sentence, words
from allstatus.rules.ruleset import RuleSet, Shade
from allstatus.teach.exercise_words import choices
from allstatus.teach.exercises import answer_of
from allstatus.teach.strings import PLOTS, fact_label, source_lines

REFUSED = "refused"
ROW, FOOT = 0.36, 1.5  # inches
WIDEST, LABEL = 182, 58  # characters
BLANK = Shade("#ffffff", LINE, "")


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
        return within_sentence(said.removesuffix("."))
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
    rules, total, height = classifier.ruleset, counted.answers.total(), FOOT + ROW * len(rows)
    axes = figure.add_axes((0.4, 0.85 / height, 0.5, ROW * len(rows) / height))
    looks: Any = shades(rules)
    for row, (answer, title, count, is_part) in enumerate(rows):
        _bar(axes, row, count, looks.get(answer, BLANK), 0.4 if is_part else 0.74)
        _words_beside(axes, row, title, f"{count}  ({_share(count, total)} %)", is_part=is_part)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(count for _, _, count, _ in rows) * 1.02)
    axes.set_axis_off()
    axes.axvline(0, color=QUIET, linewidth=1)
    title = _said(rules)["title"].format(total=total)
    figure.text(0.02, 1 - 0.35 / height, title, fontsize=12, fontweight="bold", va="center")
    figure.text(0.02, 0.12 / height, source_lines(rules, WIDEST), fontsize=6.5, color=QUIET)


def _bar(axes: Any, row: int, count: int, shade: Shade, height: float) -> None:
    filled = {"facecolor": shade.ground, "edgecolor": shade.ink, "hatch": shade.hatch}
    axes.barh(row, count, height=height, linewidth=0, **filled)
    axes.barh(row, count, height=height, facecolor="none", edgecolor=QUIET, linewidth=0.8)


def _words_beside(axes: Any, row: int, title: str, count: str, *, is_part: bool) -> None:
    """What a bar stands for on its left, how many it has at its end."""
    place: Any = {"textcoords": "offset points", "va": "center"}
    end = axes.containers[-1][0].get_width()
    axes.annotate(count, (end, row), (5, 0), fontsize=9, **place)
    style = {"fontsize": 8, "color": QUIET} if is_part else {"fontsize": 10, "fontweight": "bold"}
    said = "\n".join(textwrap.wrap(title, LABEL))
    axes.annotate(said, (0, row), (-6, 0), ha="right", **place, **style)
