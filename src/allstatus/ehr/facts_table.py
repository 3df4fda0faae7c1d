"""A decision's facts as a table, or as a list where that is too wide: each fact, and under it
everything the chart says about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from allstatus.decision.decision import Decision
from allstatus.record.frozen import plain
from allstatus.render.printable import printable, wrapped
from allstatus.table.chart_context import Evidence

COLUMNS = ("", "Date", "Source", "Code", "Sent", "Read as", "Because")
WIDTH = 140
NARROWEST = 110  # columns of the table; where there are fewer, it is a list


def render_facts(decision: Decision, width: int = WIDTH) -> str:
    """The facts as text of at most `width` columns: counted evidence is marked ✓, what was set
    aside –.
    """
    table = _table(decision, width) if width >= NARROWEST else _list(decision, width)
    identity = "" if decision.record.id is None else f"{decision.record.id}: "
    status = f", {decision.status}" if decision.status else ""
    lines = [
        *wrapped(f"{identity}{decision.outcome.replace('_', ' ')}{status}", width),
        *table,
        *(line for said in decision.warnings for line in wrapped(f"check: {said}", width)),
        *(line for said in _account_lines(decision) for line in wrapped(said, width)),
    ]
    return "\n".join(lines) + "\n"


def _list(decision: Decision, width: int) -> Iterator[str]:
    for name, fact in decision.facts.items():
        yield ""
        yield from wrapped(f"{name}: {_value(fact.value)} ({fact.state})", width, "", "  ")
        for entry in fact.evidence:
            mark, day, source, code, sent, read, because = _row(entry)
            yield from wrapped(" ".join(filter(None, (mark, day, because))), width, "  ", "    ")
            values = (
                f"{name}: {said}" for name, said in (("sent", sent), ("read as", read)) if said
            )
            for line in filter(None, ("; ".join(values), ", ".join(filter(None, (source, code))))):
                yield from wrapped(line, width, "    ", "      ")
    yield ""


def _table(decision: Decision, width: int) -> Iterator[str]:
    table = Table(
        *(Column(title, overflow="fold") for title in COLUMNS),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    for name, fact in decision.facts.items():
        table.add_section()
        bold = [_text(told, style="bold") for told in (name, _value(fact.value), fact.state)]
        table.add_row("", "", bold[0], "", "", *bold[1:])
        for entry in fact.evidence:
            table.add_row(*map(_text, _row(entry)))
    out = StringIO()
    Console(file=out, width=width, force_terminal=False, highlight=False).print(table)
    for line in out.getvalue().splitlines():
        yield line.rstrip()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not known" if value is None else str(value)


def _text(value: str, style: str = "") -> Text:
    return Text(printable(value), style=style)


def _account_lines(decision: Decision) -> Iterator[str]:
    """Where the chart's statements went, and the codes that no table names."""
    numbers = decision.accounted
    if numbers is None:
        return
    parts = ("counted", "set_aside", "about_something_else", "not_understood")
    came = "1 statement" if numbers.came_in == 1 else f"{numbers.came_in} statements"
    yield f"{came} came in: " + ", ".join(
        f"{getattr(numbers, name)} {name.replace('_', ' ')}" for name in parts
    )
    for code in _account(decision)["not_understood"]:
        named = f"{code['system']} {code['code']} {code['display']}".strip() or "no code"
        yield f"not understood: {named} ({code['count']})"
    if decision.codes is not None:
        yield f"codes of {decision.codes.folder}, digest {decision.codes.digest[:12]}"


def facts_document(decision: Decision) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "id": decision.record.id,
        "facts": plain(decision.facts),
        "warnings": list(decision.warnings),
        "diagnoses": plain(decision.diagnoses),
        "accounted": plain(decision.accounted),
        "codes": plain(decision.codes),
        **_account(decision),
    }


def _account(decision: Decision) -> dict[str, Any]:
    """What was set aside by fact and reason, and which codes were not understood."""
    account = None if decision.chart is None else decision.chart.account
    if account is None:
        return {"set_aside": [], "not_understood": []}
    aside = [{"fact": f, "because": why, "count": n} for f, why, n in account.reasons]
    return {"set_aside": aside, "not_understood": [dict(code) for code in account.codes]}


def _row(entry: Evidence | str) -> tuple[str, ...]:
    if not isinstance(entry, Evidence):
        return ("✓", "", "", "", "", "", str(entry))
    mark = "✓" if entry.used else "–"
    return (
        mark,
        *(getattr(entry, key) for key in ("date", "source", "code", "sent", "read", "because")),
    )
