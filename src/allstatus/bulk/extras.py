"""Whether the optional libraries are here."""

from __future__ import annotations

from importlib.util import find_spec

from allstatus.errors import MissingExtra


def need(extra: str, *libraries: str) -> None:
    """Raise MissingExtra for the first of the libraries that is not installed."""
    for library in libraries:
        if find_spec(library) is None:
            raise MissingExtra(library, extra)
