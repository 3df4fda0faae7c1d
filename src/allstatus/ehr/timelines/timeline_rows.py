"""The rows of a timeline's picture, one above the other over the same days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby, pairwise
from textwrap import fill
from typing import Any

from allstatus.ehr.dates import shifted
from allstatus.ehr.timelines.timeline_points import Point, Timeline
from allstatus.ehr.timelines.timeline_text import GAPS
from allstatus.record.model import OutsideMarrow
from allstatus.record.percent import HUNDRED, Percent, format_number
from allstatus.render.palette import shades
from allstatus.render.reader import Reader
from allstatus.render.words import short_titles
from allstatus.rules.ruleset import RuleSet
from allstatus.table.decision_table import OUTSIDE

INK, GREY, LIMIT = "#1a1a1a", "#6b6b6b", "#8a1c1c"
CANNOT_TELL = "cannot_tell"
COUNTS = {"normal": "o", "abnormal": "X"}
BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8}
ABOVE_IT = ("more", "or_fewer")  # what is said above a limit and below it
FROM_IT = ("or_more", "less")
LABEL = 14  # characters on a line of a status's label
NEAR = 0.07  # of the width: labels nearer than this are set apart


@dataclass(frozen=True)
class TimelineRows:
    """A timeline's dated points, drawn row by row; `unknown` is the mark of what is not known."""

    timeline: Timeline
    points: list[tuple[date, Point]]
    unknown: Any

    @cached_property
    def days(self) -> list[date]:
        """The days of the assessments."""
        return [day for day, _ in self.points]

    @cached_property
    def span(self) -> tuple[date, date]:
        """The first and last day of the picture, with room on both sides."""
        first = min([*self.days, *(item.when.last for item in self.timeline.treatments)])
        span = max((max(self.days) - first).days, 60)
        before, after = timedelta(days=span * 3 // 100), timedelta(days=span * 9 // 100)
        return shifted(first, -before), shifted(max(self.days), after)

    @property
    def end(self) -> date:
        """The last day of the picture."""
        return self.span[1]

    @property
    def width(self) -> int:
        """How many days the picture is wide."""
        return (self.span[1] - self.span[0]).days

    @property
    def rules(self) -> RuleSet:
        """The rules that all points were decided by."""
        return self.points[0][1].decision.rules

    @cached_property
    def reader(self) -> Reader:
        """Who looks at the picture."""
        return Reader(self.rules)

    def says(self, name: str, **parts: object) -> str:
        """A text of the picture."""
        return self.reader.says("timeline", "picture", name, **parts)

    def is_outside(self, point: Point) -> bool:
        """Whether a point finds something outside the marrow."""
        found = point.decision.facts.get("leukemia_outside_marrow")
        return found is not None and found.value == "present"

    def sites_of(self, point: Point) -> str:
        """Where a point finds something outside the marrow, in words."""
        found = point.decision.record.leukemia_outside_marrow
        sites = found.sites if isinstance(found, OutsideMarrow) else ()
        return ", ".join(map(self.reader.place, sites)) or self.says("found")

    @cached_property
    def bands(self) -> dict[str, tuple[str, str, str]]:
        """The colour, hatching and label of each status and of what is none."""
        looks = shades(self.rules)
        labels = dict(zip(self.rules.in_course, short_titles(self.rules), strict=True))
        labels |= {OUTSIDE: self.reader.says("outside"), CANNOT_TELL: self.says(CANNOT_TELL)}
        looks[CANNOT_TELL] = looks["insufficient_data"]
        return {n: (looks[n].ground, looks[n].hatch, label) for n, label in labels.items()}

    def blasts(self, axis: Any) -> None:
        """The percentage of blasts against each limit of the rules."""
        limits = self._limits(axis)
        root_and_square = (lambda value: abs(value) ** 0.5), (lambda value: value**2)
        axis.set_yscale("function", functions=root_and_square)
        axis.set_ylim(0, 104)
        ticks = sorted({0, 1, *limits, 25, 50, 100})
        axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.set_ylabel(self.says("blasts"))
        known: list[tuple[date, Any]] = [
            (day, point.decision.record.marrow_blast_percent) for day, point in self.points
        ]
        exact = [(day, value) for day, value in known if getattr(value, "exact", None) is not None]
        for (day, value), (later, other) in pairwise(exact):
            if self._one_side(value, other):  # on which day a limit was crossed nobody saw
                ends = [float(value.exact), float(other.exact)]
                axis.plot([day, later], ends, color=GREY, lw=1, ls=":", zorder=2)
        before: date | None = None
        for day, value in known:
            if hasattr(value, "low"):
                left = before is not None and (day - before).days < NEAR * self.width
                self._one_blast(axis, day, value, left=left)
                before = day

    def _limits(self, axis: Any) -> list[float]:
        """Draw the limits and what lies on either side; the remission's ground below its own."""
        rules, status = self.rules, self.rules.remission
        asked = {name for clause in status.clauses for name in clause.criteria()} if status else ()
        limits: list[float] = []
        for name in rules.criteria_of("marrow_blast_percent"):
            condition = rules.criteria[name].condition
            if condition.limit is None or float(condition.limit) in limits:
                continue
            limit, belongs_below = float(condition.limit), condition.operator in (">", "<=")
            limits.append(limit)
            if status and name in asked:
                axis.axhspan(0, limit, color=self.bands[status.name][0], alpha=0.45, lw=0)
            axis.axhline(limit, color=LIMIT, lw=1.6)
            sides = ABOVE_IT if belongs_below else FROM_IT
            for said, va, up in zip(sides, ("bottom", "top"), (4, -4), strict=True):
                shown = self.says(said, limit=f"{limit:g}")
                write_beside(axis, (self.end, limit), shown, (5, up), color=LIMIT, va=va)
        return limits

    def _one_blast(self, axis: Any, day: date, value: Any, *, left: bool) -> None:
        if value.exact is not None:
            axis.plot([day], [float(value.exact)], "o", color=INK, ms=7, zorder=3)
            label = f"{format_number(value.exact)} %"
        else:
            high = min(value.high, HUNDRED)
            bar = {"color": INK, "lw": 4, "alpha": 0.7, "solid_capstyle": "butt"}
            axis.plot([day, day], [float(value.low), float(high)], "-", zorder=3, **bar)
            label = f"{value.describe()} %"
        place: dict[str, Any] = {"ha": "right"} if left else {"va": "baseline"}
        style = {"fontsize": 9.5, "bbox": BOX, "zorder": 4, **place}
        at, offset = (day, float(value.high)), (-8, -1) if left else (7, 6)
        write_beside(axis, at, label, offset, color=INK, **style)

    def _one_side(self, one: Percent, other: Percent) -> bool:
        """Whether no limit of the rules lies between two percentages."""
        conditions = (
            self.rules.criteria[name].condition
            for name in self.rules.criteria_of("marrow_blast_percent")
        )
        limits = (condition for condition in conditions if condition.limit is not None)
        return all(limit.holds(one) is limit.holds(other) for limit in limits)

    def counts(self, axis: Any) -> None:
        """Whether the blood count is normal."""
        _strip(axis, self.says("blood_count"))
        for day, point in self.points:
            verdict = point.decision.facts["cbc"].value
            marker = COUNTS.get(verdict)
            fill = "white" if verdict == "normal" else INK
            shape: dict[str, Any] = (
                {"marker": marker, "ms": 9} if marker else {"marker": self.unknown, "ms": 13}
            )
            axis.plot([day], [0.5], color=INK, markerfacecolor=fill, clip_on=False, **shape)

    def outside(self, axis: Any) -> None:
        """Where something was found outside the marrow."""
        _strip(axis, self.says("outside_marrow"))
        for day, point in self.points:
            if self.is_outside(point):
                axis.plot([day], [0.5], "D", color=LIMIT, ms=7)
                write_beside(axis, (day, 0.5), self.sites_of(point), (8, 0), color=LIMIT)

    def treatments(self, axis: Any) -> None:
        """Each treatment where it was first given."""
        _strip(axis, self.says("treatment"))
        start, end = self.span
        names: dict[date, list[str]] = {}
        seen: set[str] = set()
        for item in self.timeline.treatments:
            if item.name not in seen and start <= item.when.last <= end:
                seen.add(item.name)
                names.setdefault(item.when.last, []).append(item.name)
        ends = [start] * 3
        for day, given in names.items():
            row = next((number for number in range(3) if ends[number] <= day), 2)
            label = ", ".join(given)
            ends[row] = day + (end - start) * (0.011 * len(label) + 0.02)
            axis.plot([day, day], [0, 1], color=GREY, lw=0.7)
            height = 0.84 - 0.32 * row
            axis.plot([day], [height], marker=">", color=INK, ms=5)
            write_beside(axis, (day, height), label, (6, 0))

    def status(self, axis: Any) -> None:
        """The status from each assessment to the next."""
        _strip(axis, self.says("status"))
        for (key, number), run in groupby(
            self.points, key=lambda entry: (band_of(entry[1]), entry[1].number)
        ):
            days = [day for day, _ in run]
            until = next((day for day in self.days if day > days[-1]), self.end)
            colour, hatch, label = self.bands[key]
            axis.axvspan(days[0], until, facecolor=colour, hatch=hatch, edgecolor=GREY, lw=0.8)
            axis.vlines(days[1:], 0, 0.12, color=INK, lw=0.8)
            label = (
                f"{label}\n{self.says('number', number=number)}" if number else fill(label, LABEL)
            )
            lasts = until - days[0]
            if lasts.days > 0.0085 * max(map(len, label.split("\n"))) * self.width:
                style = {"ha": "center", "va": "center", "fontsize": 9.5, "bbox": BOX}
                axis.annotate(label, (days[0] + lasts / 2, 0.5), **style)


def write_beside(
    axis: Any, at: tuple[date, float], text: str, offset: tuple[int, int], **style: Any
) -> None:
    """Write a text so many points away from where it belongs."""
    style = {"textcoords": "offset points", "ha": "left", "va": "center", "fontsize": 9, **style}
    axis.annotate(text, at, offset, **style)


def _strip(axis: Any, label: str) -> None:
    axis.set_ylim(0, 1)
    axis.set_yticks([])
    axis.set_ylabel(label, rotation=0, ha="right", va="center", labelpad=8)


def band_of(point: Point) -> str:
    """Which of the bands a point is in."""
    decision = point.decision
    return CANNOT_TELL if decision.outcome in GAPS else decision.status or decision.outcome
