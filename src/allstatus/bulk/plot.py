"""A picture of a run's totals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from allstatus.bulk.targets import writing
from allstatus.bulk.totals import by_outcome

if TYPE_CHECKING:
    from allstatus.bulk.results import Results
    from allstatus.bulk.run import Totals


def draw_totals(results: Results, totals: Totals, path: Path) -> None:
    """Bars of rows by outcome, with the rule set and its source below."""
    from matplotlib.figure import Figure

    rows, rules = by_outcome(results, totals), results.cells.ruleset
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([name.replace("_", " ") for name in rows], list(rows.values()), color="#4477aa")
    axes.bar_label(bars, labels=[f"{count:,} ({count / max(totals.rows, 1):.1%})" for count in rows.values()], padding=4)
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_title(f"{totals.rows:,} rows by outcome", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    source = f"Rules {rules.id} {rules.version}, digest {rules.digest[:12]}; {rules.source['url']}"
    figure.supxlabel(f"{source}\n{rules.notice}", fontsize=7, wrap=True)
    with writing(path):
        figure.savefig(path)
