"""`allstatus about`: intended use and the source attributes of this decision support
intervention.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Annotated, Any

from allstatus.commands.shared import Listing, ListingOption, RulesOption, app, print_report, run


@app.command()
def about(
    format: Annotated[Listing, ListingOption] = Listing.text,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Say what this is, for whom, its limits, and every source attribute."""
    run(lambda: _about(format, rules))


def _about(format: Listing, rules: str | None) -> int:
    from allstatus.rules.editions import find_rules
    from allstatus.rules.load import read_rules
    from allstatus.service.hooks.source_attributes import attributes

    found = attributes(read_rules(find_rules(rules)))
    print_report(found if format is Listing.json else "\n".join(_lines(found)) + "\n")
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
