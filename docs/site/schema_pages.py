"""The reference of what goes in and what comes out, made from the JSON Schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pieces import code, table

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
    return "\n".join([table(("key", "takes", "answers"), rows), *_objects(schema, "takes")])


def _described(entry: Schema, schema: Schema) -> str:
    parts = (entry, *entry.get("anyOf", ()))
    resolved = (
        schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        for part in parts
    )
    said = next((str(part["description"]) for part in resolved if "description" in part), "")
    return said.replace("None", "null")


def _decision(schema: Schema) -> str:
    rows = [
        (code(key), kinds(entry, schema), _described(entry, schema))
        for key, entry in schema["properties"].items()
    ]
    return "\n".join([table(("key", "holds", ""), rows), *_objects(schema, "holds")])


def _objects(schema: Schema, heading: str) -> Iterator[str]:
    """A section for each kind of object in it."""
    for name, entry in schema["$defs"].items():
        rows = [
            (code(key), kinds(part, schema)) for key, part in entry.get("properties", {}).items()
        ]
        described = entry.get("description", "")
        yield f"\n## {name}\n\n{described}\n\n{table(('key', heading), rows)}"


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
    if isinstance(entry.get("additionalProperties"), Mapping):
        return f"by name, {kinds(entry['additionalProperties'], schema)}"
    return WORDS.get(name, name)
