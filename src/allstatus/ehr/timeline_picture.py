"""A timeline as a picture: blasts against the limit, blood counts, findings elsewhere, treatments,
and the status over time.

Needs matplotlib (extra `teach`). Statuses differ in hatching and label, not in colour alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from allstatus.ehr.timeline import Point, Timeline
from allstatus.ehr.timeline_text import GAPS
from allstatus.errors import InvalidRecord, MissingExtra
from allstatus.record.model import OutsideMarrow
from allstatus.record.percent import HUNDRED, format_number

STYLE: Any = {
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "allstatus",
    "svg.fonttype": "none",
}
FORMATS = (".svg", ".png")
ROWS = (5.2, 0.55, 0.55, 1.15, 1.0)
INK, GREY, LIMIT = "#1a1a1a", "#6b6b6b", "#8a1c1c"
CANNOT_TELL = "cannot tell"
BANDS: dict[str, tuple[str, str, str]] = {  # colour, hatching, label
    "untreated": ("#f3d9a4", "..", "untreated"),
    "in_remission": ("#cfe3f2", "", "in remission"),
    "recurrent": ("#e8b7a8", "//", "recurrent"),
    "outside_definitions": ("#e3e3e3", "\\\\", "not described by the page"),
    CANNOT_TELL: ("#ffffff", "xx", "cannot tell"),
}
COUNTS = {"normal": ("o", "normal"), "abnormal": ("X", "abnormal")}
BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8}
NEAR = 0.07  # of the width: labels nearer than this are set apart


def draw_timeline(timeline: Timeline, path: Path, option: str = "--picture") -> None:
    """Write the picture as SVG or PNG by the file's ending; raises InvalidRecord, naming the
    option, for another or nothing to draw.
    """
    if path.suffix.lower() not in FORMATS:
        raise InvalidRecord(
            option,
            "is neither an .svg nor a .png file",
            "give a file name that ends in .svg or .png",
        )
    points = [(point.day, point) for point in timeline.points if point.day is not None]
    if not points:
        raise InvalidRecord(
            option, "has no assessment to draw", "give a history with a dated marrow or finding"
        )
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "teach") from None
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(13.33, 7.5), dpi=150)
        _Drawing(timeline, points, figure).draw()
        kind = path.suffix.lower()[1:]
        try:
            figure.savefig(
                path, format=kind, metadata={"Date": None} if kind == "svg" else {"Software": None}
            )
        except OSError as error:
            problem, remedy = (
                f"cannot be written ({error.strerror})",
                "give a path in a folder that exists and is yours",
            )
            raise InvalidRecord(option, problem, remedy) from None


class _Drawing:
    def __init__(self, timeline: Timeline, points: list[tuple[date, Point]], figure: Any) -> None:
        self.timeline, self.points, self.figure = timeline, points, figure
        self.days = [day for day, _ in points]
        first = min([*self.days, *(item.when.last for item in timeline.treatments)])
        span = max((max(self.days) - first).days, 60)
        self.start, self.end = (
            first - timedelta(days=span * 3 // 100),
            max(self.days) + timedelta(days=span * 9 // 100),
        )
        grid = figure.add_gridspec(
            len(ROWS),
            1,
            height_ratios=ROWS,
            hspace=0.09,
            left=0.115,
            right=0.895,
            top=0.9,
            bottom=0.165,
        )
        self.width = (self.end - self.start).days
        self.axes: list[Any] = []
        for row in range(len(ROWS)):
            self.axes.append(
                figure.add_subplot(grid[row], sharex=self.axes[0] if self.axes else None)
            )

    def draw(self) -> None:
        """All rows, title and foot."""
        blasts, counts, outside, treatments, status = self.axes
        self._blasts(blasts)
        self._counts(counts)
        self._outside(outside)
        self._treatments(treatments)
        self._status(status)
        for axis in self.axes:
            axis.set_xlim(self.start, self.end)
            axis.tick_params(
                axis="x", labelbottom=axis is status, length=3 if axis is status else 0
            )
            for side in ("top", "right"):
                axis.spines[side].set_visible(False)
        self._relapses()
        self._legends()
        self._words()

    def _blasts(self, axis: Any) -> None:
        rules = self.points[0][1].decision.rules
        limit = float(rules.thresholds["blast_threshold"].value)
        axis.set_yscale(
            "function", functions=(lambda value: abs(value) ** 0.5, lambda value: value**2)
        )
        axis.set_ylim(0, 104)
        axis.set_yticks([0, 1, limit, 25, 50, 100], ["0", "1", f"{limit:g}", "25", "50", "100"])
        axis.axhspan(0, limit, color=BANDS["in_remission"][0], alpha=0.45, lw=0)
        axis.axhline(limit, color=LIMIT, lw=1.6)
        text = {"color": LIMIT, "fontsize": 9, "ha": "left", "textcoords": "offset points"}
        axis.annotate(f"more than {limit:g} %", (self.end, limit), (5, 4), va="bottom", **text)
        axis.annotate(
            f"{limit:g} % itself is on\nremission's side",
            (self.end, limit),
            (5, -4),
            va="top",
            **text,
        )
        axis.set_ylabel("Blasts in the\nbone marrow, %")
        known: list[tuple[date, Any]] = [
            (day, point.decision.record.marrow_blast_percent) for day, point in self.points
        ]
        exact = [(day, value) for day, value in known if getattr(value, "exact", None) is not None]
        axis.plot(
            [day for day, _ in exact],
            [float(value.exact) for _, value in exact],
            color=GREY,
            lw=1,
            ls=":",
            zorder=2,
        )
        before: date | None = None
        for day, value in known:
            if hasattr(value, "low"):
                self._one_blast(
                    axis, day, value, left=before is not None and self._near(before, day)
                )
                before = day

    def _one_blast(self, axis: Any, day: date, value: Any, *, left: bool) -> None:
        if value.exact is not None:
            axis.plot([day], [float(value.exact)], "o", color=INK, ms=7, zorder=3)
            label = f"{format_number(value.exact)} %"
        else:
            high = min(value.high, HUNDRED)
            axis.plot(
                [day, day],
                [float(value.low), float(high)],
                "-",
                color=INK,
                lw=4,
                alpha=0.7,
                zorder=3,
                solid_capstyle="butt",
            )
            label = f"{value.describe()} %"
        place: dict[str, Any] = (
            {"xytext": (-8, -1), "ha": "right", "va": "center"}
            if left
            else {"xytext": (7, 6), "ha": "left"}
        )
        axis.annotate(
            label,
            (day, float(value.high)),
            textcoords="offset points",
            fontsize=9.5,
            color=INK,
            bbox=BOX,
            zorder=4,
            **place,
        )

    def _near(self, one: date, other: date) -> bool:
        return abs((other - one).days) < NEAR * self.width

    def _counts(self, axis: Any) -> None:
        _strip(axis, "Blood count")
        for day, point in self.points:
            verdict = point.decision.facts["cbc"].value
            marker, _ = COUNTS.get(verdict, (None, ""))
            fill = "white" if verdict == "normal" else INK
            shape: dict[str, Any] = (
                {"marker": marker, "ms": 9} if marker else {"marker": _question_mark(), "ms": 13}
            )
            axis.plot([day], [0.5], color=INK, markerfacecolor=fill, clip_on=False, **shape)

    def _outside(self, axis: Any) -> None:
        _strip(axis, "Outside\nthe marrow")
        for day, point in self.points:
            if point.decision.facts["leukemia_outside_marrow"].value == "present":
                axis.plot([day], [0.5], "D", color=LIMIT, ms=7)
                axis.annotate(
                    _sites(point),
                    (day, 0.5),
                    (8, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=9,
                    color=LIMIT,
                )

    def _treatments(self, axis: Any) -> None:
        _strip(axis, "Treatment\n(first given)")
        names: dict[date, list[str]] = {}
        seen: set[str] = set()
        for item in self.timeline.treatments:
            if item.name not in seen and self.start <= item.when.last <= self.end:
                seen.add(item.name)
                names.setdefault(item.when.last, []).append(item.name)
        ends = [self.start] * 3
        for day, given in names.items():
            row = next((number for number in range(3) if ends[number] <= day), 2)
            label = ", ".join(given)
            ends[row] = day + (self.end - self.start) * (0.011 * len(label) + 0.02)
            axis.plot([day, day], [0, 1], color=GREY, lw=0.7)
            axis.plot([day], [0.84 - 0.32 * row], marker=">", color=INK, ms=5)
            axis.annotate(
                label,
                (day, 0.84 - 0.32 * row),
                (6, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )

    def _status(self, axis: Any) -> None:
        _strip(axis, "Status by\nthe page")
        for (key, number), run in groupby(
            self.points, key=lambda entry: (_band(entry[1]), entry[1].number)
        ):
            days = [day for day, _ in run]
            until = next((day for day in self.days if day > days[-1]), self.end)
            colour, hatch, label = BANDS[key]
            axis.axvspan(days[0], until, facecolor=colour, hatch=hatch, edgecolor=GREY, lw=0.8)
            axis.vlines(days[1:], 0, 0.12, color=INK, lw=0.8)
            label = (
                f"{label}\nno. {number}"
                if number
                else label.replace(" by the page", "\nby the page")
            )
            if (until - days[0]).days > 0.0085 * max(map(len, label.split("\n"))) * self.width:
                axis.annotate(
                    label,
                    (days[0] + (until - days[0]) / 2, 0.5),
                    ha="center",
                    va="center",
                    fontsize=9.5,
                    bbox=BOX,
                )

    def _legends(self) -> None:
        from matplotlib.patches import Patch

        used = {_band(point) for _, point in self.points}
        bands = [
            Patch(facecolor=c, hatch=h * 2, edgecolor=GREY, label=text)
            for key, (c, h, text) in BANDS.items()
            if key in used
        ]
        marks = [_mark(self.axes[1], marker, text) for marker, text in COUNTS.values()] + [
            _mark(self.axes[1], None, "not known")
        ]
        for handles, height in ((bands, 0.072), (marks, 0.045)):
            place = {
                "loc": "lower left",
                "bbox_to_anchor": (0.11, height),
                "ncols": 5,
                "frameon": False,
                "fontsize": 9,
            }
            self.figure.legend(handles=handles, borderpad=0, **place)

    def _relapses(self) -> None:
        for day, point in self.points:
            if point.decision.status == "recurrent" and point.changed:
                for axis in self.axes[:-1]:
                    axis.axvline(day, color=LIMIT, lw=1.1, ls=(0, (4, 3)), zorder=1)
                where = (
                    _sites(point)
                    if point.decision.facts["leukemia_outside_marrow"].value == "present"
                    else "marrow"
                )
                late = (self.end - day).days < 0.12 * self.width
                place: dict[str, Any] = (
                    {"xytext": (-5, 0), "ha": "right"} if late else {"xytext": (5, 0), "ha": "left"}
                )
                style = {
                    "textcoords": "offset points",
                    "va": "top",
                    "fontsize": 9.5,
                    "color": LIMIT,
                    "fontweight": "bold",
                }
                self.axes[0].annotate(f"relapse: {where}\n{day}", (day, 102), **place, **style)

    def _words(self) -> None:
        decision = self.points[-1][1].decision
        rules, who = (
            decision.rules,
            "" if self.timeline.patient is None else f"{self.timeline.patient}: ",
        )
        self.figure.text(
            0.115,
            0.945,
            f"{who}acute lymphoblastic leukemia over time, by the page's definitions",
            fontsize=15,
            color=INK,
        )
        about = (
            f"{len(self.points)} assessments, {self.days[0]} to {self.days[-1]}. A status is shown "
            f"until the next assessment."
        )
        self.figure.text(0.115, 0.915, about, fontsize=10, color=GREY)
        foot = (
            f"Rules {rules.id} {rules.version} ({rules.digest[:12]}). {rules.source['title']}, "
            f"reviewed {rules.source['last_reviewed']}."
        )
        self.figure.text(0.115, 0.032, foot, fontsize=8, color=GREY)
        self.figure.text(0.115, 0.012, rules.notice, fontsize=8, color=GREY)


def _strip(axis: Any, label: str) -> None:
    axis.set_ylim(0, 1)
    axis.set_yticks([])
    axis.set_ylabel(label, rotation=0, ha="right", va="center", labelpad=8)


def _question_mark() -> Any:
    """A bold question mark about its own middle, as a mark to plot with."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    path = TextPath(
        (0, 0), "?", size=10, prop=FontProperties(family=STYLE["font.family"], weight="bold")
    )
    box = path.get_extents()
    return path.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))


def _mark(axis: Any, marker: str | None, label: str) -> Any:
    fill = "white" if marker == "o" else INK
    shape: dict[str, Any] = (
        {"marker": marker, "ms": 8} if marker else {"marker": _question_mark(), "ms": 11}
    )
    return axis.plot(
        [], [], color=INK, markerfacecolor=fill, ls="none", label=f"blood count {label}", **shape
    )[0]


def _band(point: Point) -> str:
    decision = point.decision
    return CANNOT_TELL if decision.outcome in GAPS else decision.status or decision.outcome


def _sites(point: Point) -> str:
    found = point.decision.record.leukemia_outside_marrow
    sites = (
        []
        if not isinstance(found, OutsideMarrow)
        else [found.site]
        if isinstance(found.site, str)
        else found.site
    )
    return ", ".join("CNS" if site == "cns" else site for site in sites) or "found"
