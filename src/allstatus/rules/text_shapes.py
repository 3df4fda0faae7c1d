"""The shape of a file of texts in another language."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from allstatus.rules.shape_parts import Shape


class TermShape(Shape):
    """A term of the field in both languages; `source` is the page in this language on which it was
    read. One that was read nowhere is not `verified`, and readers are told so.
    """

    term: str
    means: str
    source: str | None = None
    verified: Annotated[Literal["yes", "no"], Field(description='in quotes: "yes" or "no"')] = "yes"


class SaidShape(Shape):
    """A text in another language; `of` is the digest of the English it translates."""

    of: Annotated[
        str, Field(pattern=r"^[0-9a-f]{8}$", description="8 hexadecimal digits, in quotes")
    ]
    say: str


class TextsShape(Shape):
    """A language's file: what is told of the translation as a whole (`{terms}`: those that are not
    verified), its terms, and its texts by their paths; `same` lists those that are as in English.
    """

    language: str
    name: str
    notice: str
    terms: list[TermShape] = []
    same: list[str] = []
    texts: dict[str, SaidShape]
