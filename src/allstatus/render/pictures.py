"""Where pictures are drawn (extra `teach`: matplotlib): a figure made, filled and written as SVG or
PNG, readable in print and without colour.

The same input gives the same bytes with the same version of matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from allstatus.errors import InvalidRecord, MissingExtra
from allstatus.record.whole_files import write_files

UNDATED: Mapping[str, Any] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
ENDINGS = (".svg", ".png")
INK, QUIET, LINE = "#1e2530", "#565f6b", "#8d949d"
PLAIN: Any = {"font.family": "DejaVu Sans", "svg.hashsalt": "allstatus", "svg.fonttype": "none"}
STYLE: Any = {
    **PLAIN,
    "font.size": 10,
    "text.parse_math": False,
    "hatch.linewidth": 0.7,
    "axes.edgecolor": LINE,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": QUIET,
    "ytick.color": INK,
}


def draw(
    path: Path,
    size: tuple[float, float],
    fill: Callable[[Any], None],
    *,
    style: Any = STYLE,
    about: Mapping[str, str] | None = None,
    endings: tuple[str, ...] = ENDINGS,
    dpi: int = 150,
) -> None:
    """Make a figure of `size` inches, let `fill` draw on it, and write it by the file's ending,
    without a date, with what it is `about` where that is given.

    Raises InvalidRecord for another ending or a file that cannot be written, MissingExtra without
    matplotlib.
    """
    ending, drawn = path.suffix.lower(), BytesIO()
    if ending not in endings:
        check_ending(path)
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise MissingExtra("matplotlib", "teach") from None
    with mpl.rc_context(style):
        figure = Figure(figsize=size, dpi=dpi)
        fill(figure)
        figure.savefig(drawn, format=ending[1:], metadata={**(about or {}), **UNDATED[ending]})
    write_files({path: drawn.getvalue()})


def check_ending(path: Path, option: str = "-o") -> None:
    """Raise InvalidRecord, naming the option, for a file that is neither SVG nor PNG by its
    name.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InvalidRecord(
            option,
            "is neither an .svg nor a .png file",
            "give a file name that ends in .svg or .png",
        )


def patch(**look: Any) -> Any:
    """A piece of ground with a colour and hatching, for a legend."""
    from matplotlib.patches import Patch

    return Patch(**look)


def sign_mark(sign: str) -> Any:
    """A bold sign about its own middle, as a mark to plot with."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    prop = FontProperties(family=PLAIN["font.family"], weight="bold")
    path = TextPath((0, 0), sign, size=10, prop=prop)
    box = path.get_extents()
    return path.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))


def label(axes: Any, at: tuple[float, float], text: str, **more: Any) -> None:
    """Text on a ground of its own, so that hatching never runs through it."""
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.88, "pad": 1.6}
    axes.text(*at, text, ha=more.pop("ha", "center"), va="center", bbox=box, **more)
