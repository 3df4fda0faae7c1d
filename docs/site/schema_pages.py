"""The reference of what goes in and what comes out, made from the JSON Schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pieces import code, table

from allstatus.decision.decision import Decision
from allstatus.decision.schema import schema_of
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules

SIDEBAR = (
    ("Reference", "Record <reference/record>"),
    ("Reference", "Decision <reference/decision>"),
)
RECORD = """# Record

What is stated about one patient. Every key is optional; one fact must be present. An absent key
and `null` mean *not reported*; `"unknown"` means *asked and not known*, and is never assumed away.
Any other key is refused. Made from `allstatus schema record`, which prints the whole JSON Schema.

"""
DECISION = """# Decision

What `allstatus classify --format json` prints, one object a record. Keys are only ever added. Made
from `allstatus schema decision`, which prints the whole JSON Schema.

"""
WORDS = {
    "string": "text",
    "boolean": "`true` · `false`",
    "null": "`null`",
    "object": "an object",
    "integer": "whole number",
}
ELSEWHERE = {"counterfactuals": "changes"}  # what the library calls by another name
SAID = {
    "schema_version": "The version of this document; keys are only added.",
    "id": "The record's own id, or the patient's of a chart.",
    "outcome": "What kind of answer it is; the five never overlap, so branch on this.",
}
Schema = Mapping[str, Any]


def pages() -> Iterator[tuple[str, str]]:
    """Both pages, by their places."""
    yield "reference/record.md", RECORD + _record(schema_of("record"))
    yield "reference/decision.md", DECISION + _decision(schema_of("decision"))


def _record(schema: Schema) -> str:
    facts = read_rules(find_rules()).facts
    asked = {fact.record_key or name: fact.question for name, fact in facts.items()}
    rows = [
        (code(key), kinds(entry, schema), asked.get(key) or _described(entry, schema))
        for key, entry in schema["properties"].items()
    ]
    parts = [table(("key", "takes", "answers"), rows)]
    for name, entry in schema["$defs"].items():
        inner = [
            (code(key), kinds(part, schema)) for key, part in entry.get("properties", {}).items()
        ]
        parts.append(
            f"\n## {name}\n\n{entry.get('description', '')}\n\n{table(('key', 'takes'), inner)}"
        )
    return "\n".join(parts)


def _described(entry: Schema, schema: Schema) -> str:
    parts = (entry, *entry.get("anyOf", ()))
    resolved = (
        schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        for part in parts
    )
    return next((str(part["description"]) for part in resolved if "description" in part), "")


def _decision(schema: Schema) -> str:
    rows = [
        (code(key), kinds(entry, schema), _said(key)) for key, entry in schema["properties"].items()
    ]
    parts = [table(("key", "holds", ""), rows)]
    for key, entry in schema["properties"].items():
        inner = list(_inside(entry, schema))
        if inner:
            parts.append(f"\n## {key}\n\n{table(('key', 'holds'), inner)}")
    return "\n".join(parts)


def _said(key: str) -> str:
    """The first sentence of what the library says of it."""
    text = getattr(getattr(Decision, ELSEWHERE.get(key, key), None), "__doc__", None) or SAID.get(
        key, ""
    )
    return text.partition("\n\n")[0].replace("None", "null")


def _inside(entry: Schema, schema: Schema, above: str = "") -> Iterator[tuple[str, str]]:
    """The keys of the objects within an entry, each with its way from the entry."""
    for part in (entry, *entry.get("anyOf", ())):
        for way, inner in (("[]", part.get("items")), (".*", part.get("additionalProperties"))):
            if isinstance(inner, Mapping):
                yield from _inside(inner, schema, above + way)
        for key, inner in part.get("properties", {}).items():
            name = f"{above}.{key}".removeprefix(".")
            yield code(name), kinds(inner, schema)
            yield from _inside(inner, schema, name)


def kinds(entry: Schema, schema: Schema) -> str:
    """What an entry can be, in a few words."""
    if "$ref" in entry:
        name = entry["$ref"].rpartition("/")[2]
        return f"an object: [{name}](#{name.lower()})"
    if "anyOf" in entry:
        return " · ".join(dict.fromkeys(kinds(part, schema) for part in entry["anyOf"]))
    if "enum" in entry or "const" in entry:
        return " · ".join(
            code("null" if value is None else value)
            for value in entry.get("enum", [entry.get("const")])
        )
    types = entry.get("type")
    return " · ".join(
        _kind(str(name), entry, schema)
        for name in ([types] if isinstance(types, str) else types or ["any value"])
    )


def _kind(name: str, entry: Schema, schema: Schema) -> str:
    if name == "string" and "examples" in entry:
        return "text: " + ", ".join(code(example) for example in entry["examples"])
    if name == "array":
        return f"a list: {kinds(entry.get('items', {}), schema)}"
    return WORDS.get(name, name)
