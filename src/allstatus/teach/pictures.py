"""Pictures of the rules and of many records (extra `teach`: matplotlib): SVG or PNG, readable in
print and without colour.

The same input gives the same bytes with the same version of matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from allstatus.errors import InvalidRecord, MissingExtra
from allstatus.record.whole_files import write_files

ENDINGS = (".svg", ".png")
INK, QUIET, LINE = "#1e2530", "#565f6b", "#8d949d"
STYLE: Any = {
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "text.parse_math": False,
    "hatch.linewidth": 0.7,
    "svg.hashsalt": "allstatus",
    "svg.fonttype": "none",
    "axes.edgecolor": LINE,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": QUIET,
    "ytick.color": INK,
}


def draw(path: Path, size: tuple[float, float], fill: Callable[[Any], None]) -> None:
    """Make a figure of `size` inches, let `fill` draw on it, and write it by the file's ending.

    Raises InvalidRecord for another ending or a file that cannot be written, MissingExtra without
    matplotlib.
    """
    check_ending(path)
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise MissingExtra("matplotlib", "teach") from None
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size, dpi=150)
        fill(figure)
        save(figure, path)


def check_ending(path: Path) -> None:
    """Raise InvalidRecord for a file that is neither SVG nor PNG by its name."""
    if path.suffix.lower() not in ENDINGS:
        raise InvalidRecord(
            "-o", "is neither an .svg nor a .png file", "give a file name that ends in .svg or .png"
        )


def save(figure: Any, path: Path, **about: str) -> None:
    """Write a figure by the file's ending, without a date; raises InvalidRecord where it cannot be
    written.
    """
    kind = path.suffix.lower()[1:]
    drawn, undated = BytesIO(), {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(drawn, format=kind, metadata={**about, **undated})
    write_files({path: drawn.getvalue()})


def label(axes: Any, at: tuple[float, float], text: str, **more: Any) -> None:
    """Text on a ground of its own, so that hatching never runs through it."""
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.88, "pad": 1.6}
    axes.text(*at, text, ha=more.pop("ha", "center"), va="center", bbox=box, **more)
