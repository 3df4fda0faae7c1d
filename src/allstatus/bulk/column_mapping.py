"""Which column says which key of a record: by its own name, or as a mapping file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from allstatus.bulk.cells import Cells
from allstatus.bulk.column_source import UNSAID, ColumnSource, as_number
from allstatus.errors import InvalidRecord, nearest
from allstatus.record.blood_count import COMPONENTS, Component
from allstatus.record.exact_json import parse_json
from allstatus.record.model import Record

CARRIED = ("id",)  # copied to the output, not read
PARTS = tuple(
    f"cbc.{component}.{part}" for component in COMPONENTS for part in Component.model_fields
)
PERCENT = "marrow_blast_percent"
READ = tuple(name for name in Record.model_fields if name not in CARRIED)


def _takes(key: str, value: object) -> bool:
    """Whether a record holds such a value under a key."""
    with suppress(InvalidRecord):
        return bool(Record.read({key: value}))
    return False


YES_NO = frozenset(key for key in READ if _takes(key, True))
COUNTED = frozenset(key for key in READ if _takes(key, 1)) - {PERCENT}
NUMBER_PARTS = tuple(part for part in PARTS if part.endswith((".value", ".low", ".high")))
NUMBERS = (*COUNTED, PERCENT, *NUMBER_PARTS)


def read_text(name: str, value: object, kind: str = "") -> object:
    """A cell's text as a record says it: as JSON where the key, or the `kind` of fact, needs it."""
    if not isinstance(value, str):
        return value
    literal = value.casefold() if value.casefold() in ("true", "false") else value
    if value[:1] in ("{", "[") or name in YES_NO or name in COUNTED or kind == "yes_no":
        try:
            return parse_json(literal)
        except InvalidRecord:
            return value
    return value


def refuse_unsayable(cells: Cells, sources: Mapping[str, ColumnSource]) -> None:
    """Raise InvalidRecord for a mapping that gives what no record can hold."""
    for name, source in sources.items():
        kind = cells.facts[name].fact.kind if name in cells.facts else ""
        _refuse_two_meanings(name, source)
        for said, meant in _meanings(source):
            _refuse_unsayable(cells, name, source.at, said, read_text(name, meant, kind))
        for place, part in source.parts.items():
            component, key = place.split(".")
            _refuse_two_meanings(f"{name}.{place}", part)
            for said, meant in _meanings(part):
                stated = {component: {key: meant}}
                _refuse_unsayable(cells, name, part.at, said, stated, f"{name}.{place}")


def _refuse_two_meanings(name: str, source: ColumnSource) -> None:
    """Raise InvalidRecord where spellings that a column does not tell apart (of one number, or but
    for case where that is ignored) mean different things.
    """
    known: dict[object, tuple[str, Any]] = {}
    listed = [*dict.fromkeys(source.spelling.null).items(), *(source.values or {}).items()]
    for said, meant in listed:
        number = as_number(said)
        folded = said.casefold() if source.spelling.ignore_case else said
        for key in [folded] if number is None else [folded, number]:
            other, before = known.setdefault(key, (said, meant))
            if (type(before), before) != (type(meant), meant):
                field = f"{source.at}: {name}" if source.at else name
                raise InvalidRecord(field, f"gives '{other}' and '{said}' two meanings", "keep one")


def _meanings(source: ColumnSource) -> Iterator[tuple[str, Any]]:
    """What a mapping gives a meaning to, and which."""
    for said, meant in (source.values or {}).items():
        yield f"'{said}'", meant
    for option in ("constant", "default", "any"):
        if (meant := getattr(source, option)) is not UNSAID:
            yield f"`{option}`", meant


def _refuse_unsayable(
    cells: Cells, name: str, at: str, said: str, meant: object, key: str = ""
) -> None:
    try:
        cells.check(name, meant)
    except InvalidRecord as error:
        raise InvalidRecord(
            f"{at}: {key or name}" if at else key or name,
            f"gives {said} a meaning that {error.problem}",
            error.remedy,
        ) from None


def known_columns(assigned: Mapping[str, ColumnSource]) -> frozenset[str]:
    """The names by which a header is told from the lines above it."""
    named = (name for source in assigned.values() for name in source.columns)
    return frozenset({*READ, *PARTS, *named})


def refuse_read_twice(names: list[str], read: Collection[str]) -> None:
    """Raise InvalidRecord for a column that is read and is there twice."""
    for name, times in Counter(names).items():
        if times > 1 and name in read:
            raise InvalidRecord(name, "is the name of two columns", "rename one of them")


def assign_columns(
    names: list[str],
    assigned: Mapping[str, ColumnSource],
    facts: tuple[str, ...],
    own: Sequence[str] = (),
) -> dict[str, ColumnSource]:
    """Where each key of the record is read from, those of the rules' own among them; raises
    InvalidRecord when no fact is.
    """
    keys = (*READ, *own)
    refuse_absent(names, assigned)
    spelled = spelled_as(names)
    sources = {
        key: assigned.get(key, ColumnSource(spelled.get(key, key)))
        for key in (*keys, *PARTS)
        if key in assigned or key in spelled
    }
    said = {key.partition(".")[0]: key in PARTS for key in assigned}
    if "cbc" in said:  # what a mapping says goes before columns of the keys' own names
        unsaid = ("cbc",) if said["cbc"] else PARTS
        sources = {key: s for key, s in sources.items() if key in assigned or key not in unsaid}
    panel = {key.removeprefix("cbc."): sources.pop(key) for key in PARTS if key in sources}
    if panel and "cbc" in sources:
        raise InvalidRecord("cbc", "comes both whole and in components", "keep one of the two")
    if panel:
        sources["cbc"] = ColumnSource("cbc", parts=panel)
    refuse_read_twice(names, [name for source in sources.values() for name in source.columns])
    if not set(sources) & set(facts):
        raise InvalidRecord(
            "columns",
            "state no fact",
            f"name at least one {', '.join(facts)}, or give a mapping",
        )
    return {key: sources[key] for key in keys if key in sources}


def refuse_absent(names: list[str], assigned: Mapping[str, ColumnSource]) -> None:
    """Raise InvalidRecord for a mapping that reads a column which is not there."""
    for key, source in assigned.items():
        for column in source.columns:
            if column not in names:
                raise InvalidRecord(
                    f"{source.at}: {key}" if source.at else key,
                    f"has no column '{column}'{nearest(column, names)}",
                    "correct the mapping file",
                )


def spelled_as(names: list[str]) -> dict[str, str]:
    """The column of each key: the one of its name, else the only one of its name in other case or
    between blanks.
    """
    other: dict[str, list[str]] = {}
    for name in names:
        other.setdefault(name.strip().casefold(), []).append(name)
    alone = {key: found[0] for key, found in other.items() if len(found) == 1}
    return alone | {name: name for name in names}


def ignored_columns(
    names: list[str], sources: Mapping[str, ColumnSource], kept: tuple[str, ...]
) -> Iterator[str]:
    """The columns that nothing reads, each with a hint where the name is close to one that would
    be.
    """
    used = {column for source in sources.values() for column in source.columns}
    for name in names:
        if name not in used and name not in kept and name.casefold() not in CARRIED:
            yield name + nearest(name, [key for key in READ if key not in sources])
