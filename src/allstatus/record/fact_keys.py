"""What a record can state at each of its keys: the facts that a rule set may ask about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from allstatus.record.model import Biomarkers, Record
from allstatus.record.percent import Percent
from allstatus.record.value_class import value_class

Kind = Literal["yes_no", "choice", "percent", "number"]
ABOUT_THE_RECORD = ("id", "as_of", "diagnosis")
COARSE: Mapping[str, str] = MappingProxyType(
    {"some_abnormal": "abnormal", "all_abnormal": "abnormal"}
)  # what a count's parts say of it as a whole


@value_class
class Statable:
    """The kind of a key's values, and the words among them but for "unknown"."""

    kind: Kind
    words: tuple[str, ...] = ()

    def as_read(self, read_by: str | None) -> tuple[str, ...]:
        """The words as a fact has them: of a blood count as a whole, or by its parts."""
        if read_by is None:
            return tuple(dict.fromkeys(COARSE.get(word, word) for word in self.words))
        return tuple(word for word in self.words if word not in COARSE.values())


@cache
def fact_keys() -> Mapping[str, Statable]:
    """Each key at which a record states a fact (`cbc`, `biomarkers.cd19`), and what it can state.

    >>> fact_keys()["lineage"]
    Statable(kind='choice', words=('B', 'T'))
    """
    fields = {**Record.model_fields, **_within("biomarkers", Biomarkers)}
    return MappingProxyType(
        {
            key: _statable(list(_parts(field.annotation)))
            for key, field in fields.items()
            if key not in (*ABOUT_THE_RECORD, "biomarkers")
        }
    )


def _within(key: str, model: type[BaseModel]) -> dict[str, Any]:
    return {f"{key}.{name}": field for name, field in model.model_fields.items()}


def _statable(parts: list[Any]) -> Statable:
    if Percent in parts:
        return Statable("percent")
    if bool in parts:
        return Statable("yes_no")
    if int in parts or Decimal in parts:
        return Statable("number")
    words = [part for part in parts if isinstance(part, str) and part != "unknown"]
    return Statable("choice", tuple(words))


def _parts(annotation: Any) -> Iterator[Any]:
    """The types and words of an annotation that itself may be values; not those within objects."""
    if get_origin(annotation) is tuple or not get_args(annotation):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _parts(part)
