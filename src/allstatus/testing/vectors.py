"""Conformance vectors: a record, the answer it must get, and the level at which that is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import read_text
from allstatus.testing.answers import Answer, AnswerLevel, answer_of
from allstatus.testing.indication_vectors import use_records
from allstatus.testing.vector_groups import Families

Follow = Callable[[list[Any]], Iterable[Any]]  # passes on what is to be worked through
VECTORS_FILE = "vectors.jsonl"
USES_FAMILY = "applicability"
NUMBER = "\x00"  # marks a decimal within JSON text, where no other text can hold it
_NUMBERS = re.compile(r'"\\u0000([^"]+)"')


@dataclass(frozen=True, slots=True)
class Vector:
    """One question with its answer. `id` is `family/name`; `level` is the least claim that includes
    it.
    """

    id: str
    family: str
    level: AnswerLevel
    record: dict[str, Any]
    expected: Answer

    def to_json(self) -> str:
        """The vector as one line."""
        document = {
            "id": self.id,
            "family": self.family,
            "level": self.level,
            "record": self.record,
            "expected": self.expected,
        }
        return one_line(document)


def make_vectors(classifier: Classifier | None = None, follow: Follow = iter) -> list[Vector]:
    """All vectors of a rule set (default: the shipped one), in an order that depends on the rules
    alone. `follow` passes the records to be answered on, to tell how far it has come.
    """
    classifier = classifier or load_rules(engine="builtin")
    families = Families(classifier.table).all().items()
    records = [(family, *one) for family, asked in families for one in asked]
    asked = [
        Vector(f"{family}/{name}", family, level, record, answer_of(classifier, record))
        for family, name, level, record in follow(records)
    ]
    return asked + [
        Vector(
            f"{USES_FAMILY}/{name}",
            USES_FAMILY,
            AnswerLevel.applicability,
            record,
            answer_of(classifier, record, uses=True),
        )
        for name, record in follow(list(use_records(classifier)))
    ]


def within(vectors: Iterable[Vector], level: AnswerLevel) -> list[Vector]:
    """The vectors a claim of this level includes."""
    return [vector for vector in vectors if level.takes_in(vector.level)]


def read_vectors(path: Path) -> list[Vector]:
    """Vectors from a JSONL file, or from the folder that holds `vectors.jsonl`; raises
    InvalidRecord when they are none.
    """
    file = path / VECTORS_FILE if path.is_dir() else path
    remedy = "write vectors with `allstatus vectors -o DIR`"
    lines = read_text(str(file), "JSONL").split("\n")
    try:
        vectors = [_read(parse_json(line)) for line in lines if line.strip()]
    except (ValueError, KeyError, TypeError):
        raise InvalidRecord(str(file), "holds a line that is no vector", remedy) from None
    if not vectors:
        raise InvalidRecord(str(file), "holds no vector", remedy)
    return vectors


def _read(entry: dict[str, Any]) -> Vector:
    return Vector(
        entry["id"],
        entry["family"],
        AnswerLevel(entry["level"]),
        entry["record"],
        entry["expected"],
    )


def one_line(document: Any) -> str:
    """JSON on one line, the same bytes every time; decimals as numbers, digit by digit."""
    text = json.dumps(
        document,
        ensure_ascii=False,
        separators=(",", ":"),
        default=lambda number: f"{NUMBER}{number:f}",
    )
    return _NUMBERS.sub(r"\1", text)
