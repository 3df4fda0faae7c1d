"""Where a sentence was read, as decisions cite it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from allstatus.record.value_class import value_class

Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@value_class
class PageCite:
    """A sentence of the page: the path of its headings and its SHA-256."""

    section: str
    sentence: Fingerprint


@value_class
class SourceCite:
    """A sentence of another source; `not_checked` says why there is no fingerprint of it."""

    title: str
    url: str
    section: str
    sentence: Fingerprint | None
    not_checked: str | None = None
