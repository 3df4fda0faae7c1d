"""A picture of a run's totals."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from allstatus.record.whole_files import write_files

if TYPE_CHECKING:
    from allstatus.rules.ruleset import RuleSet


def draw_totals(rows: Mapping[str, int], total: int, what: str, rules: RuleSet, path: Path) -> None:
    """Bars of rows by outcome, out of a total of `what`, with the rule set and its source below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
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
    axes.set_title(f"{total:,} {what} by outcome", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    source = f"Rules {rules.id} {rules.version}, digest {rules.digest[:12]}; {rules.source['url']}"
    figure.supxlabel(f"{source}\n{rules.notice}", fontsize=7, wrap=True)
    drawn = BytesIO()
    figure.savefig(drawn, format=path.suffix[1:].lower())
    write_files({path: drawn.getvalue()})
