"""Which column says what: by its own name, or by a small mapping file.

prior_treatment: {column: tx, values: {"0": none, "1": disease_directed, "9": unknown}}
marrow_blast_percent: BLAST_PCT
cbc.wbc.value: WBC
cbc.wbc.high: WBC_HIGH
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from allstatus.bulk.cells import COUNT, Cells
from allstatus.errors import InvalidRecord, nearest
from allstatus.record.blood_count import COMPONENTS, Component
from allstatus.record.exact_json import parse_json
from allstatus.record.model import Record
from allstatus.record.percent import exact_number
from allstatus.record.yaml_file import Path_, YamlFile

CARRIED = ("id",)  # copied to the output, not read
PARTS = tuple(
    f"cbc.{component}.{part}" for component in COMPONENTS for part in Component.model_fields
)
PERCENT, UNITS = "marrow_blast_percent", ("fraction", "percent")
MEANINGS = {"true": True, "false": False, "null": None, "~": None, "": None}
READ = tuple(name for name in Record.model_fields if name not in CARRIED)
AS_JSON = (COUNT, "age_years", "refractory", "tki_failures")  # besides yes/no facts


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Where a key of the record comes from: a column and what its values say, or the columns of a
    blood count.
    """

    column: str
    values: Mapping[str, Any] | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    at: str = field(default="", compare=False, repr=False)  # file and line

    @property
    def whole(self) -> int:
        """What 100 % is written as in the column."""
        return 1 if self.unit == "fraction" else 100

    @property
    def numbers(self) -> dict[Fraction, Any]:
        """What the values mean that are spelled as numbers, for a column that holds numbers."""
        return {
            number: meant
            for said, meant in (self.values or {}).items()
            if (number := _as_number(said)) is not None
        }

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column read for the key."""
        return tuple(self.parts.values()) or (self.column,)


def _as_number(said: str) -> Fraction | None:
    try:
        return exact_number(said, "", "")
    except InvalidRecord:
        return None


class _Texts(YamlFile):
    """A YAML file whose values are texts, so that a column's `No` stays `No`."""

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> str:  # noqa: ARG002
        return str(node.value)


def read_mapping(path: Path, own: Sequence[str] = ()) -> dict[str, ColumnSource]:
    """The mapping file's keys with their columns: a record's, and those of the rules' `own`.

    Raises InvalidRecord naming the line and the key at fault.
    """
    file = _Texts(path, path)
    if file.problems:
        where, _, problem = file.problems[0].partition(": ")
        remedy = "write lines such as `cbc: CBC_RESULT`"
        raise InvalidRecord(where, f"cannot be read as YAML ({problem})", remedy)
    if not isinstance(file.data, dict):
        raise InvalidRecord(str(path), "is not a mapping", "write lines such as `cbc: CBC_RESULT`")
    keys = (*READ, *own)
    return {key: _source(file.place((key,)), key, entry, keys) for key, entry in file.data.items()}


def _source(at: str, key: str, entry: Any, keys: Sequence[str]) -> ColumnSource:
    if key not in (*keys, *CARRIED, *PARTS):
        hint = nearest(key, (*keys, *PARTS))
        raise InvalidRecord(
            f"{at}: {key}",
            f"is not a key of a record{hint}",
            "use a key of `allstatus schema record`",
        )
    said: dict[str, Any] = {"column": entry} if isinstance(entry, str) else entry
    kinds = {"column": str, "values": dict, "unit": str}
    known = isinstance(said, dict) and "column" in said and not set(said) - set(kinds)
    if not (known and all(isinstance(value, kinds[name]) for name, value in said.items())):
        raise InvalidRecord(
            f"{at}: {key}",
            "is not a column",
            "write its name, or {column: NAME, values: {SPELLING: VALUE}, unit: UNIT}",
        )
    unit, values = said.get("unit", ""), said.get("values")
    if "unit" in said and (key != PERCENT or unit not in UNITS):
        raise InvalidRecord(
            f"{at}: {key}",
            "has a unit that is not known here",
            f"say `unit: fraction` or `unit: percent`, of {PERCENT} only",
        )
    if values is not None and key in (*CARRIED, *PARTS):
        raise InvalidRecord(
            f"{at}: {key}", "has a table of values, which is not read here", "leave it out"
        )
    meant = {word: MEANINGS.get(str(value), value) for word, value in (values or {}).items()}
    return ColumnSource(said["column"], None if values is None else meant, unit=unit, at=at)


def read_text(name: str, kind: str, value: object) -> object:
    """A text as a record says it: as JSON where the key needs it."""
    if not isinstance(value, str):
        return value
    literal = value.casefold() if value.casefold() in ("true", "false") else value
    if value[:1] in ("{", "[") or kind == "yes_no" or name in AS_JSON:
        try:
            return parse_json(literal)
        except InvalidRecord:
            return value
    return value


def refuse_unsayable(cells: Cells, sources: Mapping[str, ColumnSource]) -> None:
    """Raise InvalidRecord for a table of values that gives what no record can hold."""
    for name, source in sources.items():
        states = cells.facts.get(name)
        kind = states.fact.kind if states else ""
        for said, meant in (source.values or {}).items():
            try:
                cells.check(name, read_text(name, kind, meant))
            except InvalidRecord as error:
                raise InvalidRecord(
                    f"{source.at}: {name}" if source.at else name,
                    f"gives '{said}' a meaning that {error.problem}",
                    error.remedy,
                ) from None


def known_columns(assigned: Mapping[str, ColumnSource]) -> frozenset[str]:
    """The names by which a header is told from the lines above it."""
    return frozenset({*READ, *PARTS, *(source.column for source in assigned.values())})


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
    for key, source in assigned.items():
        if source.column not in names:
            raise InvalidRecord(
                f"{source.at}: {key}" if source.at else key,
                f"has no column '{source.column}'{nearest(source.column, names)}",
                "correct the mapping file",
            )
    spelled = spelled_as(names)
    sources = {
        key: assigned.get(key, ColumnSource(spelled.get(key, key)))
        for key in (*keys, *PARTS)
        if key in assigned or key in spelled
    }
    panel = {key.removeprefix("cbc."): sources.pop(key).column for key in PARTS if key in sources}
    if panel and "cbc" in sources:
        raise InvalidRecord("cbc", "comes both whole and in components", "keep one of the two")
    if panel:
        sources["cbc"] = ColumnSource(", ".join(panel.values()), parts=panel)
    doubled = [
        name
        for name in set(names)
        if names.count(name) > 1 and any(name in source.columns for source in sources.values())
    ]
    if doubled:
        raise InvalidRecord(doubled[0], "is the name of two columns", "rename one of them")
    if not set(sources) & set(facts):
        raise InvalidRecord(
            "columns",
            "state no fact",
            f"name at least one {', '.join(facts)}, or give a mapping file with --columns",
        )
    return {key: sources[key] for key in keys if key in sources}


def spelled_as(names: list[str]) -> dict[str, str]:
    """The column of each key: the one of its name, else the only one of its name in other case."""
    other: dict[str, list[str]] = {}
    for name in names:
        other.setdefault(name.casefold(), []).append(name)
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
