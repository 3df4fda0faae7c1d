"""What Spark's workers do with the lines of an export: the same readings as without Spark, batch by
batch.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeAlias

import pyarrow as pa
from pyspark import Broadcast

from allstatus.bulk.fhir_export.find_patients import told_in
from allstatus.bulk.fhir_export.identifiers import identifiers_in
from allstatus.bulk.fhir_export.line_scan import (
    IDENTIFIED_ONLY,
    NAMELESS,
    NotWhole,
    Scanned,
    identity,
    read_identity,
    tell_or_refuse,
    withdrawn_in,
)
from allstatus.bulk.fhir_export.links import known_in
from allstatus.bulk.fhir_export.ndjson_pieces import MARK
from allstatus.bulk.fhir_export.references import keys_of, told_apart_by
from allstatus.bulk.fhir_export.unclear import unclear_diagnoses
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.fhir.fhir_withdrawals import RECORDS

FOUND = "name string"
LINKED = "kind string, own string, other string"
ALIASED = "identified string, name string, file string, block long, place long"
KEYED = "key string, file string, block long, place long, line binary"
TOLD = (
    "what string, name string, file string, block long, place long, line binary, text string, "
    "lines long, passed long, patients long"
)
GONE, REJECT, SOMEBODY, TALLY, UNCLEAR = "gone", "reject", "somebody", "tally", "unclear"
NOT_WHOLE = "not whole"
Names: TypeAlias = Broadcast[frozenset[str]]
Called: TypeAlias = Broadcast[dict[str, str]]  # what each patient found is called
_TYPES = {"string": pa.string(), "long": pa.int64(), "binary": pa.binary()}


def find(options: ChartOptions, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Patients with a code of the disease by the tables of `options`, and what Patients say of
    being somebody else too, some more than once.
    """
    return _each(LINKED, batches, lambda batch: told_in(_lines(batch), options))


def find_known(wanted: Names, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Those of the wanted names that a Patient has."""
    return _each(FOUND, batches, lambda batch: zip(known_in(_lines(batch), wanted.value)))


def find_aliases(wanted: Names, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Which Patient has which of the wanted identifiers, and where that stands."""

    def rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
        for *place, line in _placed(batch):
            for identified, name in identifiers_in([line], wanted.value):
                yield identified, name, *place

    return _each(ALIASED, batches, rows)


def find_keyed(
    types: frozenset[str] | None, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Lines of these types (None: of all, by their id alone too) with what they may be referred to
    by.
    """

    def rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
        for *place, line in _placed(batch):
            told = identity(line)
            if (types is None or told[0] in types) and read_identity(line) == told:
                for key in keys_of(told)[: None if types is None else 1]:
                    yield key.decode(), *place, line

    return _each(KEYED, batches, rows)


def route(
    called: Called, options: ChartOptions, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The lines about these patients and those that wait to be placed, once for each patient and
    counted once, what is refused, and the counts of all.
    """
    return _each(TOLD, batches, partial(_routed, called.value, options))


def _routed(
    called: dict[str, str], options: ChartOptions, batch: pa.RecordBatch
) -> Iterator[tuple[Any, ...]]:
    lines, passed, patients = Counter[Any](), Counter[Any](), Counter[Any]()
    first: dict[Any, int] = {}
    somebody, people, unclear = set[str](), set[str | None](), unclear_diagnoses(options)
    for file, block, place, line in _placed(batch):
        at = file, block
        lines[at] += 1
        first.setdefault(at, place)
        try:
            told, problem = tell_or_refuse(line, called, options)
        except NotWhole as error:
            yield NOT_WHOLE, error.remedy, file, block, place, None, error.problem, 0, 0, 0
            continue
        patients[at] += told.type == "Patient"
        for key, sent in withdrawn_in(line) if told.type in RECORDS else ():
            yield GONE, key, None, None, None, None, sent, 0, 0, 0
        somebody |= {called.get(n, n) for n in told.somebody} if len(somebody) < 2 else set()
        if what := told.fate(called):
            known = told.type
            if what == NAMELESS:
                known = hashlib.sha256(told_apart_by(line)).hexdigest()
            for number, name in enumerate(_names(told, what, called)):
                yield what, name, file, block, place, line, known, int(not number), 0, 0
        elif problem:
            yield REJECT, None, file, block, place, None, problem, 0, 0, 0
        else:
            passed[at] += 1
            people.update(told.names if told.names and unclear.holds(told.type, line) else ())
    yield from ((SOMEBODY, name, None, None, None, None, None, 0, 0, 0) for name in somebody)
    yield from ((UNCLEAR, name, None, None, None, None, None, 0, 0, 0) for name in people)
    for at, count in lines.items():
        yield TALLY, None, *at, first[at], None, None, count, passed[at], patients[at]


def _names(told: Scanned, what: str, called: dict[str, str]) -> Iterable[str | None]:
    """Whom a line is about, once each; names that wait to be looked up as they stand."""
    if what == IDENTIFIED_ONLY:
        return dict.fromkeys(told.names)
    return dict.fromkeys(called[name] for name in told.names if name in called) or [None]


def _placed(batch: pa.RecordBatch) -> Iterator[tuple[str, int, int, bytes]]:
    files, blocks, places = (batch.column(name).to_pylist() for name in ("file", "block", "place"))
    return zip(files, blocks, places, _lines(batch), strict=True)


def _lines(batch: pa.RecordBatch) -> list[bytes]:
    return [line.rstrip(b"\r").removeprefix(MARK) for line in batch.column("line").to_pylist()]


def _each(
    columns: str,
    batches: Iterable[pa.RecordBatch],
    rows_of: Callable[[pa.RecordBatch], Iterable[tuple[Any, ...]]],
) -> Iterator[pa.RecordBatch]:
    """The rows that are made of each batch, of columns `name kind, name kind, ...`."""
    named = (column.split(" ") for column in columns.split(", "))
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in named])
    for batch in batches:
        made = list(zip(*rows_of(batch), strict=True)) or [()] * len(schema)
        arrays = [pa.array(some, f.type) for some, f in zip(made, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
