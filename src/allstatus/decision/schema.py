"""JSON Schemas of what goes in and comes out: record, decision and rule files."""

from __future__ import annotations

from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT, _TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
_NUMBER = {"type": "number"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_CITE = {
    "type": "object",
    "properties": {"section": _TEXT, "sentence": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
    "required": ["section", "sentence"],
}
VERDICT = {"enum": ["true", "false", "unknown"]}


def schema_of(what: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record, a decision, or the rule files by name."""
    if what == "record":
        from allstatus.record.model import Record

        schema = Record.model_json_schema()
    elif what == "decision":
        schema = decision_schema()
    else:
        from allstatus.rules.rule_shapes import SHAPES

        parts = {
            name: shape.model_json_schema(ref_template=f"#/$defs/{name}/$defs/{{model}}")
            for name, shape in SHAPES.items()
        }
        schema = {"title": "allstatus rule files", "$defs": parts}
    return {"$schema": DIALECT, **schema}


def schema_files(what: str) -> dict[str, dict[str, Any]]:
    """Schemas by file name: one for a record or a decision, one for each kind of rule file."""
    if what != "rules":
        return {f"{what}.schema.json": schema_of(what)}
    from allstatus.rules.rule_shapes import SHAPES

    return {
        f"{name}.schema.json": {"$schema": DIALECT, **shape.model_json_schema()}
        for name, shape in SHAPES.items()
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def decision_schema() -> dict[str, Any]:
    """A decision's document; later versions only add to it."""
    counting = _object(
        cells_counted={"type": "integer"},
        low=_NUMBER,
        high=_NUMBER,
        spans_threshold={"type": "boolean"},
    )
    node = _object(
        kind={"enum": ["criterion", "all", "any", "not", "unless"]},
        criterion=_MAYBE_TEXT,
        verdict=VERDICT,
        decisive={"type": "boolean"},
        children=_TEXTS,
        expected=_MAYBE_TEXT,
        actual={},
        margin=_MAYBE_TEXT,
        at_threshold={"type": "boolean"},
        counting_error={"anyOf": [counting, {"type": "null"}]},
        reading={"enum": ["literal", "interpretation"]},
        cite=_CITE,
        note=_MAYBE_TEXT,
    )
    source_cite = {
        "type": "object",
        "properties": dict.fromkeys(
            ("title", "url", "section", "sentence", "not_checked"), _MAYBE_TEXT
        ),
        "required": ["title", "url", "section", "sentence"],
    }
    fits, ask = (
        {"enum": ["listed", "applies", "does_not_apply", "needs_data"]},
        _object(fact=_TEXT, question=_TEXT, answered_by=_TEXTS),
    )
    other_source = _object(
        says=_TEXT,
        applicability={"enum": ["applies", "does_not_apply", "needs_data", None]},
        needs=_TEXTS,
        cite=source_cite,
    )
    by_agent = _object(
        agent=_TEXT,
        title=_TEXT,
        applicability=fits,
        needs=_TEXTS,
        asks=_list(ask),
        because=_TEXT,
        note=_MAYBE_TEXT,
        reading={"enum": ["literal", "interpretation"]},
        cite=source_cite,
        other_sources=_list(other_source),
    )
    option = _object(
        id=_TEXT,
        title=_TEXT,
        category=_TEXT,
        agents=_TEXTS,
        phase=_TEXT,
        listed_by={"enum": ["page", "clinical_trials"]},
        qualifier={"type": ["object", "null"]},
        applicability=fits,
        needs=_TEXTS,
        asks=_list(ask),
        because=_TEXT,
        cite=_CITE,
        by_agent=_list(by_agent),
    )
    evidence = _object(
        source=_TEXT,
        code=_TEXT,
        title=_TEXT,
        date=_TEXT,
        sent=_TEXT,
        read=_TEXT,
        used={"type": "boolean"},
        because=_TEXT,
    )
    fact = _object(
        value={},
        state={"enum": ["given", "derived", "assumed", "unknown"]},
        evidence=_list({"anyOf": [_TEXT, evidence]}),
    )
    question = _object(
        fact=_TEXT,
        question=_TEXT,
        answered_by=_TEXTS,
        burdens={"const": "illustrative"},
        worst_burden=_NUMBER,
        mean_burden=_NUMBER,
        least_mean=_object(fact=_TEXT, mean_burden=_NUMBER),
        answers=_list(_object(region=_TEXT, possible=_TEXTS)),
    )
    change = {
        "type": "object",
        "properties": {"fact": _TEXT, "from": {}, "to_region": _TEXT},
        "required": ["fact", "from", "to_region"],
    }
    properties = {
        "schema_version": _TEXT,
        "id": {"type": ["string", "integer", "null"]},
        "outcome": {
            "enum": [
                "determined",
                "outside_definitions",
                "insufficient_data",
                "not_applicable",
                "conflicting_data",
            ]
        },
        "status": _MAYBE_TEXT,
        "possible": _TEXTS,
        "regions": _list(_object(id=_TEXT, sentence=_TEXT)),
        "missing": _list(_object(fact=_TEXT, question=_TEXT, answered_by=_TEXTS)),
        "irrelevant": _TEXTS,
        "ask_next": {"anyOf": [question, {"type": "null"}]},
        "conflicts": _list(_object(constraint=_TEXT, facts=_TEXTS, because=_TEXT)),
        "assumptions": _list(_object(fact=_TEXT, value={}, because=_TEXT, reading=_TEXT)),
        "warnings": _TEXTS,
        "options": _list(option),
        "applicability": {
            "anyOf": [
                _object(id=_TEXT, version=_TEXT, digest=_TEXT, notice=_TEXT),
                {"type": "null"},
            ]
        },
        "diagnoses": _list(
            _object(source=_TEXT, system=_TEXT, code=_TEXT, title=_TEXT, date=_TEXT)
        ),
        "facts": {"type": "object", "additionalProperties": fact},
        "trace": _object(
            statuses=_list(_object(status=_TEXT, verdict=VERDICT, clauses=_TEXTS)),
            nodes={"type": "object", "additionalProperties": node},
            remission_number={"type": ["integer", "null"]},
        ),
        "reasons": _list(_TEXTS),
        "elsewhere": _list(
            _object(
                about=_TEXT,
                here={"type": "boolean"},
                there={"type": "boolean"},
                asks=_TEXT,
                says=_TEXT,
                definitions=_list(_object(id=_TEXT, name=_TEXT, title=_TEXT, cite=source_cite)),
            )
        ),
        "why_not": _list(
            _object(status=_TEXT, failing=_TEXTS, together={"type": "boolean"}, waiting_for=_TEXTS)
        ),
        "counterfactuals": _list(
            _object(to=_TEXT, changes=_list(change), about={"enum": ["finding", "history"]})
        ),
        "ruleset": _object(
            id=_TEXT,
            version=_TEXT,
            digest=_TEXT,
            table_digest=_TEXT,
            effective_from=_TEXT,
            source=_object(title=_TEXT, url=_TEXT, last_reviewed=_TEXT),
        ),
        "engine": {"enum": ["durable", "builtin"]},
        "notice": _TEXT,
    }
    return {"title": "allstatus decision", **_object(**properties)}
