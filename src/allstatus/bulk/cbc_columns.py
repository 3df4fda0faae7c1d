"""A blood count in several columns, or in one of structs: each component's distinct results are
judged once, by the record's own reader, with the sex and age beside them.

Rows whose components say the same share one panel, in which a flag stands for what was judged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types
from pydantic import ValidationError

from allstatus.bulk.distinct import Codes, as_read, coded, indices, joined, plain
from allstatus.errors import InvalidRecord
from allstatus.record.blood_count import COMPONENTS, CbcPanel, Component
from allstatus.record.count_component import Person, is_adult
from allstatus.record.exact_json import parse_json
from allstatus.record.model import Record

Parts = dict[str, pa.Array]
SEXES = ("female", "male")
AS_SENT = "as sent"  # nothing was sent, or what no record can say: left for the record's reader
FLAGS = {True: "N", False: "A"}


@dataclass(frozen=True, slots=True)
class People:
    """Whose blood each row is: indices into a few kinds of person."""

    rows: Codes
    kinds: tuple[Person, ...]

    @classmethod
    def of(cls, sex: Codes, adult: Codes, *, adult_ranges: bool) -> People:
        """From the place of each row's sex in `SEXES` (else their number), and 1 for an adult."""
        kinds = (Person(s, bool(a), adult_ranges) for s in (*SEXES, None) for a in (0, 1))
        return cls(sex * 2 + adult, tuple(kinds))


def panel_column(components: Mapping[str, Parts], people: People) -> tuple[pa.Array, Any]:
    """The panels of a batch as indices into those that differ, and the rows (as booleans) in which
    the adult table decided on a component.
    """
    judged = {name: _Judged(name, parts, people) for name, parts in components.items()}
    alike, by_default = np.zeros(len(people.rows), np.int64), np.zeros(len(people.rows), np.bool_)
    for component in judged.values():
        alike = joined(alike, component.rows)
        by_default |= component.by_default[component.rows]
    _, first, panel = np.unique(alike, return_index=True, return_inverse=True)
    structs = {name: component.shown(first) for name, component in judged.items()}
    panels = pa.StructArray.from_arrays(list(structs.values()), list(structs))
    indices = pa.array(panel.astype(np.int32))
    return pa.DictionaryArray.from_arrays(indices, panels), by_default


def panel_texts(column: pa.Array, people: People) -> tuple[pa.Array, Any]:
    """The same for a column of text, in which a panel may stand as JSON beside plain words."""
    words = coded(plain(column))
    alike = joined(people.rows, indices(words))
    _, first, each = np.unique(alike, return_index=True, return_inverse=True)
    texts = as_read(words.take(pa.array(first)))
    kinds = [people.kinds[kind] for kind in people.rows[first]]
    judged = [_judged_text(text, person) for text, person in zip(texts, kinds, strict=True)]
    shown = pa.array([text for text, _ in judged], words.type.value_type)
    by_default = np.array([by_default for _, by_default in judged], np.bool_)[each]
    return pa.DictionaryArray.from_arrays(pa.array(each.astype(np.int32)), shown), by_default


def parts_of(columns: Mapping[str, pa.Array]) -> dict[str, Parts]:
    """The components in columns of their own, each named `wbc.value` and so on."""
    components: dict[str, Parts] = {}
    for key, column in columns.items():
        component, part = key.split(".")
        components.setdefault(component, {})[part] = plain(column)
    return components


def fields_of(column: pa.Array) -> dict[str, Parts] | None:
    """The components in a column of structs; None where it holds anything else."""
    components: dict[str, Parts] = {}
    for name, component in _fields(column).items():
        if name not in COMPONENTS or not types.is_struct(component.type):
            return None
        components[name] = {part: plain(field) for part, field in _fields(component).items()}
        if not set(components[name]) <= set(Component.model_fields):
            return None
    return components or None


def holds_panels(column: pa.Array) -> bool:
    """Whether a column of text holds an object."""
    texts = column.dictionary if types.is_dictionary(column.type) else column
    if not (types.is_string(texts.type) or types.is_large_string(texts.type)):
        return False
    return bool(pc.any(pc.starts_with(texts, "{")).as_py())


def sex_code(sex: Any) -> int:
    """The place of a sex in `SEXES`, or their number for any other."""
    return SEXES.index(sex) if sex in SEXES else len(SEXES)


def adult_code(age: Any) -> int:
    """1 for an adult's age in years; what is no age is refused elsewhere."""
    number = isinstance(age, int | float | Decimal)
    return int(is_adult(age if number else None))


class _Judged:
    """One component of all rows: which of a few outcomes each row has."""

    def __init__(self, name: str, parts: Parts, people: People) -> None:
        self._parts = {part: _text(c) if part == "flag" else c for part, c in parts.items()}
        codes = people.rows
        for column in self._parts.values():
            codes = joined(codes, indices(coded(column)))
        _, first, each = np.unique(codes, return_index=True, return_inverse=True)
        found = [
            _outcome(name, sent, people.kinds[kind])
            for sent, kind in zip(self._sent(first), people.rows[first], strict=True)
        ]
        self._outcomes = list(dict.fromkeys(found))
        places = {outcome: place for place, outcome in enumerate(self._outcomes)}
        self.rows: Codes = np.array([places[outcome] for outcome in found], np.int64)[each]
        self.by_default = np.array([by_default for _, by_default in self._outcomes])

    def shown(self, rows: Codes) -> pa.StructArray:
        """The component in these rows: as sent, or a flag for what was judged, or a value without a
        unit for what cannot be relied on.
        """
        columns: dict[str, list[Any]] = {part: [] for part in (*self._parts, "flag")}
        for sent, outcome in zip(self._sent(rows), self.rows[rows], strict=True):
            said = self._outcomes[outcome][0]
            kept = sent if isinstance(said, str) else {"flag": FLAGS.get(said)}
            if said is None:
                kept = {"value": sent.get("value")}
            for part, values in columns.items():
                values.append(kept.get(part))
        kinds = {part: column.type for part, column in self._parts.items()} | {"flag": pa.string()}
        arrays = [pa.array(values, kinds[part]) for part, values in columns.items()]
        return pa.StructArray.from_arrays(arrays, list(columns))

    def _sent(self, rows: Codes) -> list[dict[str, Any]]:
        taken = {part: as_read(c.take(pa.array(rows))) for part, c in self._parts.items()}
        return [{part: values[row] for part, values in taken.items()} for row in range(len(rows))]


def _outcome(name: str, sent: Mapping[str, Any], person: Person) -> tuple[Any, bool]:
    """(normal, not normal, None for unknown, or text for what stays as sent; whether the adult
    table decided).
    """
    stated = {part: value for part, value in sent.items() if value is not None}
    try:
        component = getattr(Record.read({"cbc": {name: stated}}).cbc, name)
    except InvalidRecord as error:
        return str(error), False
    if not component.sent:
        return f"{AS_SENT}: {'' if stated else 'nothing'}", False
    verdict = component.judge(name, person)
    return verdict.normal, verdict.by_default


def _judged_text(text: Any, person: Person) -> tuple[Any, bool]:
    """A panel in JSON with a flag for each component judged; any other text as it is."""
    if not isinstance(text, str) or not text.startswith("{"):
        return text, False
    try:
        panel = CbcPanel.model_validate(parse_json(text))
    except (InvalidRecord, ValidationError):
        return text, False
    judged = {name: part.judge(name, person) for name, part in panel.components() if part.sent}
    shown = {
        name: {"value": 1} if found.normal is None else {"flag": FLAGS[found.normal]}
        for name, found in judged.items()
    }
    return json.dumps(shown), any(found.by_default for found in judged.values())


def _fields(column: pa.StructArray) -> dict[str, pa.Array]:
    """A struct's fields, null where the struct is."""
    names = [column.type.field(place).name for place in range(column.type.num_fields)]
    return dict(zip(names, column.flatten(), strict=True))


def _text(column: pa.Array) -> pa.Array:
    return column.cast(pa.string())
