"""What is wrong with a rule file's shape, in plain words: place, offending text, nearest name,
remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from allstatus.errors import nearest
from allstatus.record.yaml_file import YamlFile, shown

Place = tuple[str | int, ...]
WORDS = {
    "string": "text (in quotes where it looks like a number)",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "null",
}


def shape_problems(file: YamlFile, shape: str) -> list[str]:
    """Every place at which a file's data does not fit its shape, in the order of lines.

    A file that is shipped was looked at when this version was made; the shapes, which take a fifth
    of a start to build, are not loaded for it.
    """
    if file.data is None or file.shape == shape:
        return []
    return look_again(file, shape)


def look_again(file: YamlFile, shape: str) -> list[str]:
    """The same of a file whether it is shipped or not."""
    from allstatus.rules.rule_shapes import SHAPES

    try:
        SHAPES[shape].model_validate(file.data)
    except ValidationError as error:
        return _problems(file, SHAPES[shape], error)
    return []


def _problems(file: YamlFile, model: type[BaseModel], error: ValidationError) -> list[str]:
    schema = model.model_json_schema()
    found: dict[Place, str] = {}
    for problem in error.errors(include_url=False, include_context=False):
        place, value = _walk(file.data, problem["loc"])
        unknown, missing = problem["type"] == "extra_forbidden", problem["type"] == "missing"
        if unknown:
            found[place] = _unknown_key(place, schema)
        elif missing:
            found[(*place, problem["loc"][-1])] = (
                f"{_name(place)} has no key '{problem['loc'][-1]}'; add it"
            )
        elif not (
            isinstance(value, dict | list) and problem["loc"][-1:] == ("str",)
        ):  # a mapping or list was meant, and is looked at as one
            found[place] = _unfit(place, value, schema)
    return [file.at(place, found[place]) for place in sorted(found, key=file.line)]


def _walk(data: Any, loc: Place) -> tuple[Place, Any]:
    """The part of pydantic's location that stands in the file (it also names branches), and the
    value there.
    """
    place: Place = ()
    for part in loc:
        keys = (
            data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        )
        if part in keys:
            place, data = (*place, part), data[part]
    return place, data


def _name(place: Place) -> str:
    return (
        f"'{'.'.join(str(part + 1 if isinstance(part, int) else part) for part in place)}'"
        if place
        else "the file"
    )


def _unknown_key(place: Place, schema: dict[str, Any]) -> str:
    keys = [key for node in _nodes(place[:-1], schema) for key in node.get("properties", ())]
    return f"unknown key '{place[-1]}'{nearest(str(place[-1]), keys)}; keys here: {', '.join(keys)}"


def _unfit(place: Place, value: object, schema: dict[str, Any]) -> str:
    nodes = list(_nodes(place, schema))
    words = [
        word
        for node in nodes
        for word in node.get("enum", [node["const"]] if "const" in node else ())
    ]
    hint = nearest(value, words) if isinstance(value, str) else ""
    wanted = dict.fromkeys(_wanted(node) for node in nodes)
    if re.fullmatch(r"0\d+", str(value)) and WORDS["number"] in wanted:
        hint = " (a leading zero)"
    return f"{_name(place)} is {shown(value)}{hint}; write {' or '.join(wanted)}"


def _wanted(node: dict[str, Any]) -> str:
    if node.get("description"):
        return str(node["description"])
    if "enum" in node or "const" in node:
        return " or ".join(node.get("enum", [node.get("const")]))
    if "properties" in node:
        return f"the keys {', '.join(node['properties'])}"
    return WORDS[node["type"]] + (" with at least one entry" if node.get("minItems") else "")


def _nodes(place: Place, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The plain schemas (no reference, no choice) that may hold at a place."""
    nodes = list(_plain(root, root))
    for part in place:
        children = []
        for node in nodes:
            child = (
                node.get("items")
                if isinstance(part, int)
                else node.get("properties", {}).get(part, node.get("additionalProperties"))
            )
            children += list(_plain(child, root)) if isinstance(child, dict) else []
        nodes = children
    yield from nodes


def _plain(node: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in node:
        named = root["$defs"][node["$ref"].rpartition("/")[2]]
        yield {**named, "description": node.get("description")}
    elif "anyOf" in node:
        for branch in node["anyOf"]:
            if not (branch == {"type": "null"} and "default" in node):  # a key that may be left out
                yield from _plain(
                    {**branch, **{key: node[key] for key in ("description",) if key in node}}, root
                )
    else:
        yield node
