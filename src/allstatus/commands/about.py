"""`allstatus about`: intended use and the source attributes of this decision support intervention."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from allstatus.commands.app import app, run


@app.command()
def about(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Say what this is, for whom, its limits, and every source attribute."""
    run(lambda: _about(as_json))


def _about(as_json: bool) -> int:
    from allstatus.service.about import attributes

    found = attributes()
    print(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(_lines(found)))
    return 0


def _lines(value: dict[str, Any], indent: str = "") -> list[str]:
    lines: list[str] = []
    for name, item in value.items():
        title = f"{indent}{name.replace('_', ' ')}:"
        if isinstance(item, dict):
            lines += [title, *_lines(item, f"{indent}  ")]
        elif isinstance(item, list):
            lines += [title, *(f"{indent}  - {one}" for one in item)]
        else:
            lines.append(f"{title} {item}")
    return lines
