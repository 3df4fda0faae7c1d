"""The mapping file: which column says what, in YAML, refused with the line of the key at fault.

null: [NULL, "."]
prior_treatment: {column: tx, values: {"0": none, "1": disease_directed, "9": unknown}}
marrow_blast_percent: {column: BLAST_PCT, unit: fraction, decimal: ","}
signs_and_symptoms: {column: [FEVER, BLEEDING], values: {Y: present, N: absent}, any: present}
cbc.wbc.value: WBC
cbc.wbc.unit: {constant: 10*9/L}

A file that names `patient`, `date` and `code` is of results, one a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError

from allstatus.bulk.column_mapping import CARRIED, NUMBERS, PARTS, PERCENT, READ, spelled_as
from allstatus.bulk.column_source import UNSAID, ColumnSource, Spelling
from allstatus.bulk.remark_columns import COMMENT
from allstatus.ehr.lab_table import COLUMNS
from allstatus.errors import InvalidRecord, nearest
from allstatus.record.regular_file import refuse_no_file
from allstatus.record.yaml_file import Path_, YamlFile, shown

UNITS = ("fraction", "percent")
MEANINGS = {"true": True, "false": False, "null": None, "~": None, "": None}
LONG_NEEDED = ("patient", "date", "code")
LONG_NUMBERS = ("value", "low", "high")
EXAMPLE = "write lines such as `cbc: CBC_RESULT`"
REMEDY = "write a column's name, {column: NAME} or {constant: VALUE}"
NO_COLUMN = "is not a column"
Some = Annotated[list[str], BeforeValidator(lambda said: [said] if isinstance(said, str) else said)]


class _Spelled(BaseModel, extra="forbid"):
    """How cells are written; said of the whole file or of one key."""

    null: Some = []
    trim: bool = False
    ignore_case: bool = False
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", "'", "’", " ", "\u00a0", "\u202f"] = ""

    @property
    def spelling(self) -> Spelling:
        return Spelling(**{**self.model_dump(), "null": tuple(self.null)})


class _Entry(_Spelled):
    """Where one key comes from."""

    column: Some | None = None
    constant: str | None = None
    values: dict[str, str] | None = None
    default: str | None = None
    any: str | None = None
    unit: str | None = None


class _Texts(YamlFile):
    """A YAML file whose values are texts, so that a column's `No` stays `No`."""

    def scalar(self, text: str, kind: str, path: Path_) -> str:  # noqa: ARG002
        """The text, whatever YAML takes it for."""
        return text


def read_mapping(path: Path, own: Sequence[str] = ()) -> dict[str, ColumnSource]:
    """The mapping file's keys with where they are read from: a record's, and those of the rules'
    `own`; or those of a table of results. Raises InvalidRecord naming the line and the key at
    fault.
    """
    refuse_no_file(path, "YAML")
    file = _Texts(path, path)
    if file.problems:
        where, _, problem = file.problems[0].partition(": ")
        raise InvalidRecord(where, f"cannot be read as YAML ({problem})", EXAMPLE)
    if not isinstance(file.data, dict):
        raise InvalidRecord(str(path), "is not a mapping", EXAMPLE)
    general = {key: value for key, value in file.data.items() if key in _Spelled.model_fields}
    for key, value in general.items():
        _validated(_Spelled, f"{file.place((key,))}: {key}", {key: value})
    entries = {key: entry for key, entry in file.data.items() if key not in general}
    long = is_of_results(entries)
    for needed in LONG_NEEDED:
        if long and needed not in entries:
            remedy = f"a mapping of results says {', '.join(LONG_NEEDED)}"
            raise InvalidRecord(str(path), f"does not say '{needed}'", remedy)
    keys = COLUMNS if long else (*READ, *own, *CARRIED, *PARTS, COMMENT)
    return {
        key: _source(file.place((key,)), key, entry, general, keys)
        for key, entry in entries.items()
    }


def is_of_results(mapping: Mapping[str, Any]) -> bool:
    """Whether a mapping is of results, one a row, and not of patients."""
    return "code" in mapping


def named_as_results(names: Sequence[str]) -> dict[str, ColumnSource]:
    """A mapping by the columns' own names, where they are those of a table of results and none is
    a key of a record's facts.
    """
    spelled = spelled_as(list(names))
    is_table = set(LONG_NEEDED) <= set(spelled) and not ({*READ, *PARTS} - {"sex"}) & set(spelled)
    return {key: ColumnSource(spelled[key]) for key in COLUMNS if is_table and key in spelled}


def _source(
    at: str, key: str, entry: Any, general: dict[str, Any], keys: tuple[str, ...]
) -> ColumnSource:
    where, long = f"{at}: {key}", keys is COLUMNS
    if key not in keys:
        of = "a table of results" if long else "a record"
        known = "of " + ", ".join(COLUMNS) if long else "a key of `allstatus schema record`"
        raise InvalidRecord(where, f"is not a key of {of}{nearest(key, keys)}", f"use {known}")
    said = {"column": entry} if isinstance(entry, str | list) else entry
    read = _validated(_Entry, where, said)
    _check(where, key, read, long=long)
    in_numbers = ("decimal", "thousands") if key in (LONG_NUMBERS if long else NUMBERS) else ()
    taken = {k: v for k, v in general.items() if k in ("null", "trim", "ignore_case", *in_numbers)}
    spelled = _validated(_Spelled, where, taken | read.model_dump(include=_stated(read)))
    column, *more = read.column or [""]
    values = read.values
    return ColumnSource(
        column,
        None if values is None else {word: _meaning(value) for word, value in values.items()},
        unit=read.unit or "",
        at=at,
        more=tuple(more),
        any=_meaning(read.any),
        constant=_meaning(read.constant),
        default=_meaning(read.default),
        spelling=spelled.spelling,
    )


_Read = TypeVar("_Read", bound=_Spelled)


def _stated(read: _Entry) -> set[str]:
    return read.model_fields_set & set(_Spelled.model_fields)


def _meaning(said: str | None) -> Any:
    """What a value in the file means: true, false and null are not texts."""
    return UNSAID if said is None else MEANINGS.get(said, said)


def _validated(model: type[_Read], where: str, said: Any) -> _Read:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        known = ", ".join(key for key in model.model_fields if key not in ("column", "constant"))
        at_fault = f" ({shown(name)})" if name else ""
        hint = at_fault + ("" if name in model.model_fields else nearest(name, model.model_fields))
        raise InvalidRecord(where, f"{NO_COLUMN}{hint}", f"{REMEDY}; options: {known}") from None


def _check(where: str, key: str, read: _Entry, *, long: bool) -> None:
    """Raise InvalidRecord for what does not go together."""
    several, options = len(read.column or "") > 1, read.model_fields_set
    if (read.column is None) == (read.constant is None) or read.column == []:
        raise InvalidRecord(where, NO_COLUMN, REMEDY)
    if read.unit is not None and (long or key != PERCENT or read.unit not in UNITS):
        remedy = f"say `unit: fraction` or `unit: percent`, of {PERCENT} only"
        raise InvalidRecord(where, "has a unit that is not known here", remedy)
    blank = [meant for said, meant in (read.values or {}).items() if not said.strip()]
    wrong = (
        (key in CARRIED and (options != {"column"} or several), "is copied as it stands"),
        (several and (long or key in PARTS), "is read from one column"),
        (key == COMMENT and not long and options - {"column", "constant"}, "is only heard"),
        (read.any is not None and not several, "has an `any` without several columns"),
        (any(_meaning(meant) is not None for meant in blank), "gives a blank cell a meaning"),
        (read.decimal == read.thousands, "has `decimal` and `thousands` alike"),
    )
    for is_wrong, problem in wrong:
        if is_wrong:
            raise InvalidRecord(where, problem, REMEDY)
