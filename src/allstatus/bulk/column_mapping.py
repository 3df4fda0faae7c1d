"""Which column says what: by its own name, or by a small mapping file.

prior_treatment: {column: tx, values: {"0": none, "1": disease_directed, "9": unknown}}
marrow_blast_percent: BLAST_PCT
cbc.wbc.value: WBC
cbc.wbc.high: WBC_HIGH
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from allstatus.errors import InvalidRecord, nearest
from allstatus.record.blood_count import COMPONENTS, Component
from allstatus.record.model import Record
from allstatus.record.percent import exact_number
from allstatus.record.yaml_file import Path_, YamlFile

CARRIED = ("id",)  # copied to the output, not read
PARTS = tuple(
    f"cbc.{component}.{part}" for component in COMPONENTS for part in Component.model_fields
)
MEANINGS = {"true": True, "false": False, "null": None, "~": None, "": None}
READ = tuple(name for name in Record.model_fields if name not in CARRIED)


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Where a key of the record comes from: a column and what its values say, or the columns of a
    blood count.
    """

    column: str
    values: Mapping[str, Any] | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

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


class _MappingFile(YamlFile):
    """Texts only, so that a column's `No` stays `No`."""

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:  # noqa: ARG002
        return str(node.value)


def read_mapping(path: Path) -> dict[str, ColumnSource]:
    """The mapping file's keys with their columns; raises InvalidRecord naming the key at fault."""
    file = _MappingFile(path, path.parent)
    if file.problems:
        raise InvalidRecord(
            str(path),
            "cannot be read as YAML (" + "; ".join(file.problems) + ")",
            "write lines such as `cbc: CBC_RESULT`",
        )
    entries = file.data
    if not isinstance(entries, dict):
        raise InvalidRecord(str(path), "is not a mapping", "write lines such as `cbc: CBC_RESULT`")
    return {str(key): _source(path, str(key), entry) for key, entry in entries.items()}


def _source(path: Path, key: str, entry: Any) -> ColumnSource:
    if key not in (*READ, *CARRIED, *PARTS):
        hint = nearest(key, (*READ, *PARTS))
        raise InvalidRecord(
            f"{path}: {key}",
            f"is not a key of a record{hint}",
            "use a key of `allstatus schema record`",
        )
    if isinstance(entry, str):
        return ColumnSource(entry)
    match entry:
        case {"column": str(column), "values": dict(values)} if len(entry) == 2:
            return ColumnSource(
                column, {said: MEANINGS.get(str(meant), meant) for said, meant in values.items()}
            )
    raise InvalidRecord(
        f"{path}: {key}",
        "is not a column",
        "write its name, or {column: NAME, values: {SPELLING: VALUE}}",
    )


def assign_columns(
    names: list[str], assigned: Mapping[str, ColumnSource], facts: tuple[str, ...]
) -> dict[str, ColumnSource]:
    """Where each key of the record is read from; raises InvalidRecord when no fact is."""
    for key, source in assigned.items():
        if source.column not in names:
            raise InvalidRecord(
                key,
                f"has no column '{source.column}'{nearest(source.column, names)}",
                "correct the mapping file",
            )
    sources = {
        key: assigned.get(key, ColumnSource(key))
        for key in (*READ, *PARTS)
        if key in assigned or key in names
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
    return {key: sources[key] for key in READ if key in sources}


def ignored_columns(
    names: list[str], sources: Mapping[str, ColumnSource], kept: tuple[str, ...]
) -> Iterator[str]:
    """The columns that nothing reads, each with a hint where the name is close to one that would
    be.
    """
    used = {column for source in sources.values() for column in source.columns}
    for name in names:
        if name not in used and name not in (*CARRIED, *kept):
            yield name + nearest(name, [key for key in READ if key not in sources])
