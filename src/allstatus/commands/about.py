"""`allstatus about`: intended use and the source attributes of this decision support
intervention.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from allstatus.commands.shared import app, run


@app.command()
def about(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Say what this is, for whom, its limits, and every source attribute."""
    run(lambda: _about(as_json))


def _about(as_json: bool) -> int:
    from allstatus.service.source_attributes import attributes

    found = attributes()
    print(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(_lines(found)))
    return 0


def _lines(value: Mapping[str, Any], indent: str = "") -> list[str]:
    lines: list[str] = []
    for name, item in value.items():
        title = f"{indent}{name.replace('_', ' ')}:"
        if isinstance(item, dict):
            lines += [title, *_lines(item, f"{indent}  ")]
        elif isinstance(item, list):
            lines.append(title)
            for one in item:
                lines += textwrap.wrap(
                    f"- {one}", 80, initial_indent=f"{indent}  ", subsequent_indent=f"{indent}    "
                )
        else:
            lines += textwrap.wrap(
                f"{title} {item}",
                80,
                initial_indent="",
                subsequent_indent=f"{indent}  ",
                break_long_words=False,
            )
    return lines
