"""Where an audit is kept: a file, or the URL of a PostgreSQL database, which is never shown
whole.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

SCHEME = re.compile("postgres(?:ql)?:")
SHOWN = re.compile(
    r"(postgres(?:ql)?://)([^:@/?#]*)(?::[^@/?#]*)?(@[^@/?#]*(?:/[^@?#]*)?)(?:\?[^@]*)?"
)  # all but password and parameters
NO_USER = re.compile(r"(postgres(?:ql)?://[^@/?#]*(?:/[^@?#]*)?)(?:\?[^@]*)?")
STATE = ".state.db"  # beside an audit: what its service need not keep for long
FILE_REMEDY = "give a path in a folder this user may write to"
URL_REMEDY = "try `psql` with the same URL and user, and see docs/serving.md"


class DatabaseUrl:
    """As text it shows a URL without password and parameters; `address` is the URL as given."""

    def __init__(self, given: str | os.PathLike[str]) -> None:
        self.address = os.fspath(given)
        self.file = None if SCHEME.match(self.address) else Path(self.address)
        match = SHOWN.fullmatch(self.address) or NO_USER.fullmatch(self.address)
        url = (
            "".join(match.groups()) if match else "postgresql://…"
        )  # what is not written as it should be could show the password
        self._shown = url if self.file is None else self.address

    @property
    def remedy(self) -> str:
        """What to do when it cannot be used."""
        return URL_REMEDY if self.file is None else FILE_REMEDY

    def beside(self, suffix: str) -> Path:
        """Where what belongs to a file lies unless it is named: beside it, with another ending."""
        file = self.file or Path()
        return file.parent / f"{file.stem}{suffix}"

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"Place({self._shown!r})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """In settings it is text; written for the worker processes it is whole."""
        whole = core_schema.plain_serializer_function_ser_schema(lambda place: place.address)
        return core_schema.no_info_plain_validator_function(_read, serialization=whole)


def _read(value: Any) -> DatabaseUrl:
    if isinstance(value, DatabaseUrl):
        return value
    if not isinstance(value, str | os.PathLike) or not Path(value).name:
        raise ValueError("is not a path or the URL of a PostgreSQL database")
    return DatabaseUrl(value)
