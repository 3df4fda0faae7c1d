"""What other definitions ask of the marrow, as a picture; the same definitions give the same bytes
with one version of matplotlib.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from allstatus.errors import RulesError
from allstatus.record.percent import format_number
from allstatus.render.pictures import PLAIN, QUIET, draw
from allstatus.rules.comparisons import (
    SIGNS,
    OtherDefinition,
    comparisons_path,
    read_comparisons,
)
from allstatus.rules.language_texts import ENGLISH
from allstatus.rules.ruleset import RuleSet
from allstatus.teach.strings import PLOTS

COLOURS = {"remission": "#0072b2", "disease": "#d55e00"}  # told apart by the colour-blind too
AXIS_END, ROW_INCHES = 31, 0.3
SETTINGS: Any = {**PLAIN, "font.size": 9}


def draw_definitions(path: Path, language: str = ENGLISH, rules: RuleSet | None = None) -> None:
    """Every definition's limit on one axis of marrow blasts, of all diseases or of the rule set's,
    as SVG or PNG, its words in a language; raises MissingExtra without matplotlib, RulesError
    where no definition is of the disease.
    """
    definitions, said = _definitions(rules), PLOTS.texts(language)["definitions"]
    digest = hashlib.sha256(comparisons_path().read_bytes()).hexdigest()
    source = said["source"].format(digest=digest[:12])
    draw(
        path,
        (9, ROW_INCHES * (len(definitions) + 6)),
        lambda figure: _draw(figure, definitions, said, source),
        style=SETTINGS,
        about={"Title": said["title"], "Description": f"comparisons.yaml {digest}"},
        dpi=100,
    )


def _definitions(rules: RuleSet | None) -> Sequence[OtherDefinition]:
    found = [d for d in read_comparisons() if rules is None or rules.is_about(d.population)]
    if not found and rules is not None:
        place = f"{comparisons_path().name}:1"
        raise RulesError([f"{place}: defines nothing of {rules.disease}; add a source that does"])
    return found


def _draw(figure: Any, definitions: Sequence[OtherDefinition], said: Any, source: str) -> None:
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    figure.suptitle(said["title"], x=0.01, ha="left", fontsize=12, fontweight="bold")
    figure.supxlabel(source, x=0.01, ha="left", fontsize=6.5, color=QUIET)
    here = float(definitions[0].marrow.value)
    axes.axvline(here, color="0.6", linestyle=":", linewidth=1, zorder=0)
    rows = range(len(definitions), 0, -1)
    for row, definition in zip(rows, definitions, strict=True):
        _draw_limit(axes, row, definition, said["limits"])
    axes.set_yticks(list(rows), [definition.name for definition in definitions])
    axes.set_ylim(0.3, len(definitions) + 0.7)
    axes.set_xlim(-0.5, AXIS_END)
    axes.set_xlabel(said["axis"])
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    for kind, colour in COLOURS.items():
        axes.plot([], [], color=colour, linewidth=5, alpha=0.5, label=said[kind])
    axes.plot([], [], "o", color="0.3", label=said["included"])
    axes.plot(
        [],
        [],
        "o",
        markeredgecolor="0.3",
        markerfacecolor="white",
        label=said["excluded"],
    )
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, 1.14), ncols=2, frameon=False)


def _draw_limit(axes: Any, row: int, definition: OtherDefinition, said: Any) -> None:
    colour, limit = COLOURS[definition.kind], float(definition.marrow.value)
    end = 0 if "<" in definition.marrow.comparator else AXIS_END
    axes.plot([end, limit], [row, row], color=colour, linewidth=5, alpha=0.5, solid_capstyle="butt")
    sign = SIGNS[definition.marrow.comparator].replace(" ", "_")
    filled = colour if "=" in definition.marrow.comparator else "white"
    axes.plot([limit], [row], "o", markeredgecolor=colour, markerfacecolor=filled, markersize=7)
    axes.annotate(
        said[sign].format(limit=format_number(definition.marrow.value)),
        (limit, row),
        (8 if end == 0 else -8, 0),
        textcoords="offset points",
        va="center",
        ha="left" if end == 0 else "right",
        fontsize=8,
        color="0.25",
    )
