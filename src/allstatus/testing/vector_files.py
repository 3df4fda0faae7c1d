"""The folder of vectors: JSON lines, tab-separated text, a JSON Schema, the rules and a README that
stands alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.schema import DIALECT
from allstatus.decision.stated_use import WORDS
from allstatus.record.whole_files import write_files
from allstatus.rules.indications import Indications
from allstatus.testing.answers import FIELDS, INVALID, AnswerLevel
from allstatus.testing.indication_values import patient_facts
from allstatus.testing.representatives import stated_at
from allstatus.testing.vector_groups import COUNT_FAMILY
from allstatus.testing.vectors import USES_FAMILY, VECTORS_FILE, Vector, one_line
from allstatus.translate.blood_count_json import to_plain_count
from allstatus.translate.indications_json import about_uses, to_plain_uses
from allstatus.translate.plain_json import about_rules, to_plain

FORMAT = "allstatus vectors 1"
Columns = list[tuple[str, Callable[[Vector], str]]]
SAID = tuple(WORDS.values())
_TEXTS = {"type": "array", "items": {"type": "string"}}


def write_vectors(folder: Path, classifier: Classifier, vectors: Sequence[Vector]) -> list[Path]:
    """Write the folder; the same rules give the same bytes."""
    of_uses = [vector for vector in vectors if vector.family == USES_FAMILY]
    others = [vector for vector in vectors if vector.family != USES_FAMILY]
    texts = {
        VECTORS_FILE: "".join(vector.to_json() + "\n" for vector in vectors),
        "vectors.tsv": _tsv(classifier.ruleset.facts, others),
        "vectors.schema.json": _json(vector_schema(classifier)),
        "manifest.json": _json(_manifest(classifier, vectors)),
        "rules.json": _json(to_plain(classifier.table)),
        "README.md": _readme(classifier, vectors),
    }
    if of_uses:
        texts |= {
            "applicability.tsv": _uses_tsv(classifier.applicability.overlay, of_uses),
            "applicability.json": _json(to_plain_uses(classifier.applicability)),
        }
    if any(vector.family == COUNT_FAMILY for vector in vectors):
        texts["blood-count.json"] = _json(to_plain_count())
    write_files({folder / name: text for name, text in texts.items()}, folder)
    return [folder / name for name in texts]


def vector_schema(classifier: Classifier) -> dict[str, Any]:
    """The JSON Schema of one line of `vectors.jsonl`."""
    statuses = list(classifier.ruleset.statuses)
    outcomes = "determined", "outside_definitions", "insufficient_data", "conflicting_data"
    expected = {
        "outcome": {"enum": [*outcomes, INVALID]},
        "status": {"enum": [*statuses, None]},
        "possible": {"type": "array", "items": {"enum": [*statuses, "outside_definitions"]}},
        "regions": _TEXTS,
        "possible_regions": _TEXTS,
        "options": _TEXTS,
        "missing": _TEXTS,
        "reasons": {"type": "array", "items": _TEXTS},
        "by_option": _by_name(_said("listed", *SAID)),
        "by_agent": _by_name(_said(*SAID, other_sources=_by_name({"enum": [*SAID, None]}))),
    }
    properties = {
        "id": {"type": "string"},
        "family": {"type": "string"},
        "level": {"enum": list(AnswerLevel)},
        "record": {"type": "object"},
        "expected": _closed(expected, FIELDS),
    }
    title = "one allstatus conformance vector"
    return {"$schema": DIALECT, "title": title, **_closed(properties, properties)}


def _closed(properties: dict[str, Any], required: Iterable[str]) -> dict[str, Any]:
    """An object of no other properties."""
    said = {"properties": properties, "required": list(required)}
    return {"type": "object", **said, "additionalProperties": False}


def _by_name(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": schema}


def _said(*words: str, **more: Any) -> dict[str, Any]:
    properties = {"applicability": {"enum": list(words)}, "needs": _TEXTS, **more}
    return _closed(properties, properties)


def _manifest(classifier: Classifier, vectors: Sequence[Vector]) -> dict[str, Any]:
    counts = Counter((vector.family, vector.level) for vector in vectors)
    families = [
        {"family": family, "level": level, "vectors": count}
        for (family, level), count in counts.items()
    ]
    uses = {}
    if any(vector.family == USES_FAMILY for vector in vectors):
        uses["applicability"] = about_uses(classifier.applicability)
    return {
        "format": FORMAT,
        "ruleset": about_rules(classifier.table),
        **uses,
        "vectors": len(vectors),
        "families": families,
    }


def _tsv(facts: Iterable[str], vectors: Sequence[Vector]) -> str:
    """The answers as text: a column for each fact, then what is answered."""
    columns: Columns = [
        ("level", lambda vector: vector.level),
        *((fact, partial(_reported, fact)) for fact in facts),
        ("outcome", lambda vector: vector.expected["outcome"]),
        ("status", lambda vector: vector.expected["status"] or ""),
        ("possible", lambda vector: " ".join(vector.expected["possible"])),
        ("missing", lambda vector: " ".join(vector.expected["missing"])),
    ]
    return _lines(columns, vectors)


def _uses_tsv(overlay: Indications, vectors: Sequence[Vector]) -> str:
    """Whom stated uses fit: a column for each fact and each agent, which says `applies`,
    `does_not_apply`, `needs_data` with the needs, or nothing where it is not listed.
    """
    columns: Columns = [
        ("status", lambda vector: vector.expected["status"]),
        *((fact.key, partial(_stated, fact.key)) for fact in patient_facts(overlay)),
        *((agent, partial(_use, agent)) for agent in overlay.agents),
    ]
    return _lines(columns, vectors)


def _lines(columns: Columns, vectors: Sequence[Vector]) -> str:
    """Tab-separated, nothing quoted: no value holds a tab or a line end, for JSON writes those as
    signs.
    """
    rows = [["id", *(name for name, _ in columns), "record"]]
    for vector in vectors:
        values = [said(vector) for _, said in columns]
        rows.append([vector.id, *values, one_line(vector.record)])
    return "".join("\t".join(row) + "\n" for row in rows)


def _reported(fact: str, vector: Vector) -> str:
    return _word(vector.record[fact]) if fact in vector.record else ""


def _stated(key: str, vector: Vector) -> str:
    value = stated_at(vector.record, key)
    return "" if value is None else _word(value)


def _use(agent: str, vector: Vector) -> str:
    said = vector.expected["by_agent"].get(agent)
    return "" if said is None else " ".join([said["applicability"], *said["needs"]])


def _word(value: Any) -> str:
    return value if isinstance(value, str) else one_line(value)


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _readme(classifier: Classifier, vectors: Sequence[Vector]) -> str:
    about = about_rules(classifier.table)
    source = about["source"]
    statuses = ", ".join(f"`{name}`" for name in classifier.ruleset.statuses)
    counts = Counter((vector.family, vector.level) for vector in vectors)
    rows = "\n".join(
        f"| {family} | {level} | {count} |" for (family, level), count in counts.items()
    )
    levels = Counter(vector.level for vector in vectors)
    text = files("allstatus.testing").joinpath("vectors_readme.md").read_text("utf-8")
    uses = about_uses(classifier.applicability)
    marks = {
        "ruleset": about["id"],
        "version": about["version"],
        "digest": about["digest"],
        "table_digest": about["table_digest"],
        "title": about["title"],
        "source": f"{source['title']}, {source['url']}, reviewed {source['last_reviewed']}",
        "notice": about["notice"],
        "rows": rows,
        "count": str(len(vectors)),
        "statuses": statuses,
        **{f"uses_{name}".removesuffix("_id"): words for name, words in uses.items()},
        **{level.replace("-", "_"): str(levels[level]) for level in AnswerLevel},
    }
    for name, value in marks.items():
        text = text.replace(f"<<{name}>>", value)
    return text
