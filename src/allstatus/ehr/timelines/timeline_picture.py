"""A timeline as a picture: blasts against the limit, blood counts, findings elsewhere, treatments,
and the status over time.

Needs matplotlib (extra `teach`). Statuses differ in hatching and label, not in colour alone.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import Any

from allstatus.ehr.evidence.lab_results import COUNT, MARROW, OUTSIDE
from allstatus.ehr.timelines.timeline_points import Timeline
from allstatus.ehr.timelines.timeline_rows import (
    COUNTS,
    GREY,
    INK,
    LIMIT,
    TimelineRows,
    band_of,
    write_beside,
)
from allstatus.errors import InvalidRecord
from allstatus.render.pictures import PLAIN, check_ending, draw, patch, sign_mark
from allstatus.rules.ruleset import RELAPSE

STYLE: Any = {**PLAIN, "font.size": 10, "text.parse_math": False, "hatch.linewidth": 0.6}
WIDTH, LINE = 190, 0.02  # of the notice: characters on a line, and how high one is
HEIGHTS = {"blasts": 5.2, "counts": 0.55, "outside": 0.55, "treatments": 1.15, "status": 1.0}
FACTS = {"blasts": MARROW, "counts": COUNT, "outside": OUTSIDE}  # rows of what the rules ask for


def draw_timeline(timeline: Timeline, path: Path, option: str = "--picture") -> None:
    """Write the picture as SVG or PNG by the file's ending; raises InvalidRecord, naming the
    option, for another or nothing to draw.
    """
    check_ending(path, option)
    points = [(point.day, point) for point in timeline.points if point.day is not None]
    if not points:
        raise InvalidRecord(
            option, "has no assessment to draw", "give a history with a dated marrow or finding"
        )
    draw(
        path,
        (13.33, 7.5),
        lambda figure: _Drawing(TimelineRows(timeline, points, sign_mark("?")), figure).draw(),
        style=STYLE,
    )


class _Drawing:
    def __init__(self, rows: TimelineRows, figure: Any) -> None:
        self.rows, self.figure = rows, figure
        self.notice = wrap(rows.rules.notice, WIDTH)
        self.raised = LINE * (len(self.notice) - 1)
        self.drawn = [name for name in HEIGHTS if self._has(name)]
        grid = figure.add_gridspec(
            len(self.drawn),
            1,
            height_ratios=[HEIGHTS[name] for name in self.drawn],
            hspace=0.09,
            left=0.115,
            right=0.895,
            top=0.9,
            bottom=0.165 + self.raised,
        )
        self.axes: list[Any] = []
        for row in range(len(self.drawn)):
            first = self.axes[0] if self.axes else None
            self.axes.append(figure.add_subplot(grid[row], sharex=first))

    def _has(self, row: str) -> bool:
        asked = FACTS.get(row)
        if asked is not None:
            return asked in self.rows.rules.facts
        return row != "treatments" or bool(self.rows.timeline.treatments)

    def draw(self) -> None:
        """Title, foot and all rows; that of treatments where there are any."""
        status = self.axes[-1]
        for name, axis in zip(self.drawn, self.axes, strict=True):
            getattr(self.rows, name)(axis)
            axis.set_xlim(*self.rows.span)
            last = axis is status
            axis.tick_params(axis="x", labelbottom=last, length=3 if last else 0)
            axis.spines[["top", "right"]].set_visible(False)
        self._relapses()
        self._legends()
        self._words()

    def _legends(self) -> None:
        used = {band_of(point) for _, point in self.rows.points}
        bands = [
            patch(facecolor=c, hatch=h * 2, edgecolor=GREY, label=text)
            for key, (c, h, text) in self.rows.bands.items()
            if key in used
        ]
        marks = [self._mark(marker, 8, verdict) for verdict, marker in COUNTS.items()]
        marks.append(self._mark(self.rows.unknown, 11, "not_known"))
        for handles, height in ((bands, 0.072), (marks, 0.045)):
            place = {"loc": "lower left", "bbox_to_anchor": (0.11, height + self.raised)}
            style = {"ncols": 5, "frameon": False, "fontsize": 9, "borderpad": 0}
            self.figure.legend(handles=handles, **place, **style)

    def _mark(self, marker: Any, size: int, verdict: str) -> Any:
        fill = "white" if marker == "o" else INK
        shape = {"marker": marker, "ms": size, "color": INK, "markerfacecolor": fill}
        label = self.rows.says(f"count_{verdict}")
        return self.axes[:2][-1].plot([], [], ls="none", label=label, **shape)[0]

    def _relapses(self) -> None:
        for day, point in self.rows.points if "blasts" in self.drawn else ():
            status = point.decision.rules.statuses.get(point.decision.status or "")
            if status is not None and point.changed and RELAPSE in status.asserts:
                for axis in self.axes[:-1]:
                    axis.axvline(day, color=LIMIT, lw=1.1, ls=(0, (4, 3)), zorder=1)
                outside = self.rows.is_outside(point)
                marrow = self.rows.reader.place("marrow")
                where = self.rows.sites_of(point) if outside else marrow
                said = self.rows.says("relapse", where=where, day=day)
                late = (self.rows.end - day).days < 0.12 * self.rows.width
                offset, side = ((-5, 0), "right") if late else ((5, 0), "left")
                style = {"fontsize": 9.5, "color": LIMIT, "fontweight": "bold"}
                write_beside(self.axes[0], (day, 102), said, offset, ha=side, va="top", **style)

    def _words(self) -> None:
        points, patient = self.rows.points, self.rows.timeline.patient
        rules, who = points[-1][1].decision.rules, "" if patient is None else f"{patient}: "
        title = self.rows.says("title", who=who, disease=self.rows.reader.disease)
        self.figure.text(0.115, 0.945, title, fontsize=15, color=INK)
        dates = {"first": points[0][0], "last": points[-1][0]}
        about = self.rows.says("about", count=len(points), **dates)
        self.figure.text(0.115, 0.915, about, fontsize=10, color=GREY)
        used = {"id": rules.id, "version": rules.version, "digest": rules.digest[:12]}
        page = {"page": rules.source["title"], "reviewed": rules.source["last_reviewed"]}
        foot = self.rows.says("foot", **used, **page)
        for number, line in enumerate((foot, *self.notice)):
            height = 0.032 + self.raised - LINE * number
            self.figure.text(0.115, height, line, fontsize=8, color=GREY)
