"""Write the pictures and generated tables of the documentation: `make docs`."""

from __future__ import annotations

from pathlib import Path

from read_aloud import write
from screenshots import take_stale
from way import draw_way

from allstatus.decision.classifier import load_rules
from allstatus.rules.comparisons import OtherDefinition, read_comparisons
from allstatus.teach.definition_plots import draw_definitions
from allstatus.teach.region_map import draw_regions

DOCS = Path(__file__).parent
BEGIN, END = "<!-- table: written by make docs -->\n", "<!-- end of table -->\n"


def main() -> None:
    """Everything generated below docs/."""
    draw_way(DOCS / "pictures" / "way.svg")
    draw_definitions(DOCS / "pictures" / "definitions.svg")
    draw_regions(load_rules(engine="builtin"), DOCS / "pictures" / "regions.svg")
    take_stale()
    write()
    document = DOCS / "other-definitions.md"
    document.write_text(with_table(document.read_text("utf-8")), "utf-8")


def with_table(text: str) -> str:
    """A document with its table of today between the two marks."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def table() -> str:
    """Every definition as a Markdown table."""
    head = "| definition | marrow blasts | blood counts | also | where |\n|---|---|---|---|---|\n"
    return head + "".join(_row(definition) for definition in read_comparisons())


def _row(definition: OtherDefinition) -> str:
    source = f"[{definition.cite['section']}]({definition.cite['url']})"
    return (
        f"| {definition.title} | {definition.marrow} % | {definition.blood or '–'} | "
        f"{definition.also or '–'} | {source} |\n"
    )


if __name__ == "__main__":
    main()
