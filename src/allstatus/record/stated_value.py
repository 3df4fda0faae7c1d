"""What a record and its parts share: frozen, exact, and never what no record can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import is_plain, parse_json, unstatable


class StatedValue(BaseModel):
    """A frozen model that is checked however it is made.

    `model_validate_json` reads decimals exactly and refuses a key twice, NaN and infinities;
    `model_copy` and `model_construct` check as `model_validate` does. All raise ValueError.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, revalidate_instances="always"
    )

    @model_validator(mode="before")
    @classmethod
    def _can_be_repeated(cls, value: Any) -> Any:
        """Refuse what no output could repeat, whoever states it."""
        if isinstance(value, (dict, Mapping)) and not all(map(is_plain, value.values())):
            for name in cls.model_fields:
                given = value.get(name)
                if not is_plain(given) and (found := unstatable(given)) is not None:
                    raise InvalidRecord(name, *found[1:])
        return value

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **how: Any) -> Self:
        """Read JSON exactly."""
        text = json_data if isinstance(json_data, str) else bytes(json_data)
        return cls.model_validate(parse_json(text), **how)

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """The same as `model_validate`: nothing is taken unchecked."""
        return cls.model_validate(values)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002
        """A copy with some fields otherwise, checked."""
        stated = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self).model_validate({**stated, **(update or {})})
