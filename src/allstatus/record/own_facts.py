"""A record with facts of a rule set's own, beside those that every record can state."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache, partial
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, create_model

from allstatus.errors import InvalidRecord
from allstatus.record.model import Record, Unknown, YesNo, write_blasts
from allstatus.record.percent import Percent, exact_number, read_percent
from allstatus.record.record_schema import NUMBER, PERCENT


class OwnFact(NamedTuple):
    """A fact that only one rule set's record has; `words` are those of a choice."""

    name: str
    kind: str  # yes_no, choice, percent or number
    words: tuple[str, ...]
    question: str
    highest: Fraction | None = None


@cache
def _base() -> type[Record]:
    """The model of a record whose rule set declares facts of its own, which most sets do not."""

    class RecordWithOwnFacts(Record):
        own_facts: ClassVar[tuple[OwnFact, ...]] = ()

        def __reduce__(self) -> tuple[Callable[..., Record], tuple[Any, ...]]:
            return _restore, (self.own_facts, self.__dict__, self.model_fields_set)

    return RecordWithOwnFacts


@lru_cache(maxsize=64)
def record_with(own: tuple[OwnFact, ...]) -> type[Record]:
    """The record of a rule set that declares these facts.

    >>> made = record_with((OwnFact("npm1", "choice", ("mutated", "wild_type"), "Is it?"),))
    >>> made.read({"npm1": "mutated"}).npm1
    'mutated'
    """
    if not own:
        return Record
    fields: dict[str, Any] = {
        fact.name: (Annotated[_type(fact), Field(description=fact.question)], None) for fact in own
    }
    made = create_model("Record", __base__=_base(), **fields)
    setattr(made, "own_facts", own)  # noqa: B010
    return made


def _restore(own: tuple[OwnFact, ...], values: dict[str, Any], stated: set[str]) -> Record:
    return record_with(own).model_construct(**{name: values[name] for name in stated})


def _type(fact: OwnFact) -> Any:
    if fact.kind == "yes_no":
        return YesNo
    if fact.kind == "choice":
        return Literal[(*fact.words, "unknown")] | None
    read, schema = (_percent, PERCENT) if fact.kind == "percent" else (_number, NUMBER)
    return Annotated[
        Percent | Unknown | None,
        PlainValidator(partial(read, fact)),
        PlainSerializer(write_blasts),
        WithJsonSchema(schema),
    ]


def _percent(fact: OwnFact, value: object) -> Percent | Unknown | None:
    return value if value is None or value == "unknown" else read_percent(value, fact.name)


def _number(fact: OwnFact, value: object) -> Percent | Unknown | None:
    """A plain number from 0, as an interval of that one value."""
    if value is None or value == "unknown" or isinstance(value, Percent):
        return value
    remedy = f"give a number from 0 to {fact.highest}"
    number = exact_number(value, fact.name, remedy)
    if number < 0 or (fact.highest is not None and number > fact.highest):
        raise InvalidRecord(fact.name, "is not within its bounds", remedy)
    return Percent(number, number, text=str(value))
