"""Values that stay as they are, so that what one caller is given can be given to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any, Generic, NoReturn, TypeVar

from pydantic_core import to_json

T = TypeVar("T")


class FrozenDict(dict[Any, Any]):
    """A mapping that refuses every change; `dict(...)` of it is a copy of one's own to change.

    >>> FrozenDict(a=1)["a"]
    1
    """

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping cannot be changed; change a copy: dict(...)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __copy__(self) -> FrozenDict:
        return self

    def __deepcopy__(self, _: object) -> FrozenDict:
        return self

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[Any, Any]]]:
        return FrozenDict, (dict(self),)


class _Keys(dict[type, tuple[tuple[str, str], ...]]):
    """The fields of each dataclass, with their keys in JSON, found once; none of other types."""

    def __missing__(self, kind: type) -> tuple[tuple[str, str], ...]:
        named = fields(kind) if is_dataclass(kind) else ()
        self[kind] = found = tuple((field.name, field.name.rstrip("_")) for field in named)
        return found


_KEYS = _Keys()
_LISTS, _PLAIN = (list, tuple), (str, int, float)  # a union would be made anew each time
_FROZEN = frozenset({FrozenDict, str, int, bool, type(None)})


class Frozen:
    """A frozen dataclass of which what it holds is frozen too."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, _ in _KEYS[type(self)]:
            value = getattr(self, name)
            if type(value) not in _FROZEN and (frozen := freeze(value)) is not value:
                object.__setattr__(self, name, frozen)


class WrittenOnce(Generic[T]):
    """Entries that many decisions share (`entries`), the same as JSON, and what is `said` of them
    alone by whoever puts them into words, each once.
    """

    def __init__(self, entries: Iterable[T] = ()) -> None:
        self.entries = tuple(entries)

    @cached_property
    def json(self) -> bytes:
        """As they stand in a document."""
        return to_json(self.entries)

    @cached_property
    def said(self) -> dict[Any, Any]:
        """What was made of them, by what it is called."""
        return {}


def freeze(value: Any) -> Any:
    """The same with every mapping as a FrozenDict and every list as a tuple, all the way down."""
    if type(value) in _FROZEN or _KEYS[type(value)]:  # a frozen dataclass
        return value
    if isinstance(value, _LISTS):
        return tuple(value if _are_frozen(value) else [freeze(item) for item in value])
    if isinstance(value, Mapping):
        frozen = _are_frozen(value.values())
        return FrozenDict(value if frozen else {key: freeze(v) for key, v in value.items()})
    return value


def _are_frozen(values: Iterable[Any]) -> bool:
    """Whether each of them is of a kind that nobody can change, as most are."""
    return all(kind in _FROZEN or _KEYS[kind] for kind in set(map(type, values)))


def plain(value: Any) -> Any:
    """The same as new dicts and lists, as JSON has them; a field `from_` is the key "from"."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if keys := _KEYS[type(value)]:
        return {key: plain(getattr(value, name)) for name, key in keys}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, _LISTS) else value
