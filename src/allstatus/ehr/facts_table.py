"""A decision's facts as a table: each fact, and under it everything the chart says about it."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from allstatus.decision.decision import Decision
from allstatus.record.frozen import plain
from allstatus.table.facts import Evidence

COLUMNS = ("", "Date", "Source", "Code", "Sent", "Read as", "Because")
WIDTH = 140


def render_facts(decision: Decision, width: int = WIDTH) -> str:
    """The facts as text: counted evidence is marked ✓, what was set aside –."""
    table = Table(
        *(Column(title, overflow="fold") for title in COLUMNS),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    for name, fact in decision.facts.items():
        value = "not known" if fact.value is None else str(fact.value)
        table.add_section()
        table.add_row(
            "",
            Text(""),
            Text(f"{name}", style="bold"),
            "",
            "",
            Text(value, style="bold"),
            Text(fact.state, style="bold"),
        )
        for entry in fact.evidence:
            table.add_row(*map(Text, _row(entry)))
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=False, highlight=False)
    identity = "" if decision.record.id is None else f"{decision.record.id}: "
    status = f", {decision.status}" if decision.status else ""
    console.print(Text(f"{identity}{decision.outcome.replace('_', ' ')}{status}"))
    console.print(table)
    for warning in decision.warnings:
        console.print(Text(f"check: {warning}"))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def facts_document(decision: Decision) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "id": decision.record.id,
        "facts": plain(decision.facts),
        "warnings": list(decision.warnings),
        "diagnoses": plain(decision.diagnoses),
    }


def _row(entry: Evidence | str) -> tuple[str, ...]:
    if not isinstance(entry, Evidence):
        return ("✓", "", "", "", "", "", str(entry))
    mark = "✓" if entry.used else "–"
    return (
        mark,
        *(getattr(entry, key) for key in ("date", "source", "code", "sent", "read", "because")),
    )
