"""Draws the way of the data, from what comes in to what goes out, as an SVG of plain boxes, words
and arrows.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

INK, QUIET, LINE, GROUND = "#1e2530", "#565f6b", "#565f6b", "#ffffff"
KINDS = {  # told apart by their border and their words, not by colour alone
    "outside": {"fill": "#ffffff", "stroke-dasharray": "5 3"},
    "step": {"fill": "#eef4f9", "stroke-dasharray": "none"},
    "rules": {"fill": "#f7efdd", "stroke-dasharray": "none", "stroke-width": "2.2"},
}
WIDTH, HEIGHT = 1000, 420


@dataclass(frozen=True, slots=True)
class Box:
    """A box with a title, lines below it, and its place (pixels)."""

    kind: str
    title: str
    lines: tuple[str, ...]
    x: int
    y: int
    width: int = 160
    height: int = 84


BOXES = {
    "inputs": Box(
        "outside",
        "What comes in",
        ("record (JSON, NDJSON)", "FHIR R4, HL7 v2,", "dated results,", "columns"),
        20,
        64,
        164,
        112,
    ),
    "facts": Box("step", "Facts", ("with evidence,", "or “not known”"), 222, 78, 136),
    "verdicts": Box(
        "step", "Criteria", ("compared exactly: true,", "false or unknown"), 396, 78, 168
    ),
    "cell": Box(
        "step", "Cell of the table", ("the complete cases", "still possible"), 602, 78, 160
    ),
    "decision": Box(
        "step",
        "Decision",
        ("status, or why none;", "trace, reasons,", "what to ask next"),
        802,
        70,
        178,
        100,
    ),
    "outputs": Box(
        "outside",
        "What goes out",
        ("text, JSON, HTML,", "FHIR, CDS cards,", "columns, the audit"),
        802,
        284,
        178,
        100,
    ),
    "yaml": Box(
        "rules",
        "Rules",
        ("definitions in YAML,", "each with its citation", "and examples"),
        20,
        284,
        164,
        100,
    ),
    "cases": Box("step", "Every case", ("all combinations of", "true and false"), 222, 292, 150),
    "engine": Box("step", "Engine", ("builtin or durable:", "two-valued logic"), 412, 292, 150),
    "table": Box(
        "rules", "Decision table", ("every case’s answer,", "locked by its digest"), 602, 292
    ),
}
ARROWS = (
    ("inputs", "facts"),
    ("facts", "verdicts"),
    ("verdicts", "cell"),
    ("cell", "decision"),
    ("decision", "outputs"),
    ("yaml", "cases"),
    ("cases", "engine"),
    ("engine", "table"),
    ("table", "cell"),
)
NOTES = (
    (20, 36, "For each patient", "an assumption is made only by name, and listed"),
    (20, 256, "Once, when the rules are loaded", "no rule ever sees something unknown"),
)
TITLE = "The way of the data"
TEXT = (
    "For each patient: what comes in is read into facts; facts make each criterion true, false or "
    "unknown; that is a cell of the "
    "decision table; the cell gives the decision, which goes out. Once, when the rules are loaded: "
    "the rules in YAML make every "
    "complete case; an engine fires each; their answers are the decision table."
)


def draw_way(path: Path) -> None:
    """Write the picture; the same bytes each time."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="t d" '
        'font-family="DejaVu Sans, Verdana, sans-serif">',
        f'<title id="t">{TITLE}</title>',
        f'<desc id="d">{escape(TEXT)}</desc>',
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
        'markerHeight="8" orient="auto-start-reverse">'
        f'<path d="M0 0 10 5 0 10z" fill="{INK}"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{GROUND}"/>',
        *(_note(*note) for note in NOTES),
        *map(_box, BOXES.values()),
        *(_arrow(*arrow) for arrow in ARROWS),
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", "utf-8", newline="\n")


def _note(x: int, y: int, title: str, text: str) -> str:
    words = (
        f'<tspan font-weight="bold" fill="{INK}">{escape(title)}</tspan>'
        f'<tspan dx="10">{escape(text)}</tspan>'
    )
    return f'<text x="{x}" y="{y}" font-size="14" fill="{QUIET}">{words}</text>'


def _box(box: Box) -> str:
    style = " ".join(
        f'{name}="{value}"' for name, value in ({"stroke-width": "1.2"} | KINDS[box.kind]).items()
    )
    middle = box.x + box.width / 2
    first = box.y + box.height / 2 - 8.5 * len(box.lines) + 4
    lines = [
        f'<text x="{middle:g}" y="{first:g}" font-size="15" font-weight="bold" fill="{INK}">'
        f"{escape(box.title)}</text>"
    ]
    lines += [
        f'<text x="{middle:g}" y="{first + 19 + 17 * row:g}" font-size="12.5" fill="{INK}">'
        f"{escape(line)}</text>"
        for row, line in enumerate(box.lines)
    ]
    rect = (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="8" '
        f'stroke="{LINE}" {style}/>'
    )
    return f'{rect}<g text-anchor="middle">{"".join(lines)}</g>'


def _arrow(start: str, end: str) -> str:
    """An arrow between two boxes: to the right where they lie side by side, else down or up."""
    x1: float
    y1: float
    x2: float
    y2: float
    a, b = BOXES[start], BOXES[end]
    if b.x > a.x + a.width:
        y = _middle(a.y, a.height, b.y, b.height)
        x1, y1, x2, y2 = a.x + a.width + 3, y, b.x - 3, y
    else:
        x = _middle(a.x, a.width, b.x, b.width)
        x1, x2, (y1, y2) = (
            x,
            x,
            (a.y + a.height + 3, b.y - 3) if b.y > a.y else (a.y - 3, b.y + b.height + 3),
        )
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{INK}" '
        'stroke-width="1.8" marker-end="url(#tip)"/>'
    )


def _middle(a: int, along: int, b: int, other: int) -> float:
    return (max(a, b) + min(a + along, b + other)) / 2
