"""How far something that takes long has come: bars on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Advance = Callable[[str, int, int | None], None]
Item = TypeVar("Item")


@contextmanager
def progress(*, shown: bool = True) -> Iterator[Advance]:
    """`advance(what, more, total)`: a bar for each `what`, with time left, on standard error."""
    if not (shown and sys.stderr.isatty()):
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    parts = [
        TextColumn("{task.description:<22}"),
        MofNCompleteColumn(separator=" of "),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
    ]
    with Progress(*parts, console=Console(file=sys.__stderr__), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, more: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.advance(tasks[what], more)

        yield advance


def followed(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The items, with a bar that follows how many there were."""
    known = len(items) if total is None and isinstance(items, Sequence) else total
    with progress() as advance:
        advance(what, 0, known)
        for item in items:
            yield item
            advance(what, 1, known)
