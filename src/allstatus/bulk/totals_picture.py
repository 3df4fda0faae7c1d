"""A picture of a run's totals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allstatus.render.pictures import UNDATED, draw

if TYPE_CHECKING:
    from allstatus.rules.ruleset import RuleSet

DRAWN = tuple(UNDATED)  # endings of what can be drawn


def draw_totals(rows: Mapping[str, int], total: int, what: str, rules: RuleSet, path: Path) -> None:
    """Bars of rows by outcome, out of a total of `what`, with the rule set and its source below.

    Written as SVG, PNG or PDF by the file's ending; raises MissingExtra without matplotlib.
    """
    source = f"Rules {rules.id} {rules.version}, digest {rules.digest[:12]}; {rules.source['url']}"
    foot = f"{source}\n{rules.notice}"
    title = f"{total:,} {what} by outcome"
    draw(
        path,
        (8, 4.5),
        lambda figure: _fill(figure, rows, total, title, foot),
        endings=DRAWN,
    )


def _fill(figure: Any, rows: Mapping[str, int], total: int, title: str, foot: str) -> None:
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    bars = axes.barh(
        [name.replace("_", " ") for name in rows], list(rows.values()), color="#4477aa"
    )
    axes.bar_label(
        bars,
        labels=[f"{count:,} ({count / max(total, 1):.1%})" for count in rows.values()],
        padding=4,
    )
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_title(title, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.supxlabel(foot, fontsize=7, wrap=True)
