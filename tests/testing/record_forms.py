"""Every form that a record's JSON Schema allows, as a place in a record and a schema of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema

Schema = dict[str, Any]
Path = tuple[str, ...]
EACH = "*"  # each item of a list


@dataclass(frozen=True)
class Form:
    """What may stand at a place: a value, a type, or text that a schema's example shows."""

    place: Path
    schema: Schema

    def __str__(self) -> str:
        return f"{'.'.join(self.place)}: {self.schema}"

    def is_in(self, record: Any) -> bool:
        """Whether a record has this form at the place."""
        valid = jsonschema.Draft202012Validator(self.schema).is_valid
        return any(valid(value) for value in values_at(record, self.place))


def values_at(value: Any, place: Path) -> Iterator[Any]:
    """What stands at a place."""
    if not place:
        yield value
    elif place[0] == EACH and isinstance(value, list):
        for item in value:
            yield from values_at(item, place[1:])
    elif isinstance(value, dict) and place[0] in value:
        yield from values_at(value[place[0]], place[1:])


def forms(schema: Schema, root: Schema, place: Path = ()) -> Iterator[Form]:
    """Each branch of a schema, each word of an enumeration, each example of a text."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema and place:
        for branch in schema["anyOf"]:
            yield from forms(branch, root, place)
    elif "enum" in schema:
        yield from (Form(place, {"const": word}) for word in schema["enum"])
    elif isinstance(schema.get("type"), list):
        for kind in schema["type"]:
            yield from forms({**schema, "type": kind}, root, place)
    elif schema.get("type") == "object":
        for name, part in schema["properties"].items():
            yield from forms(part, root, (*place, name))
    elif schema.get("type") == "array":
        yield Form(place, {"type": "array", "maxItems": 0})
        yield from forms(schema["items"], root, (*place, EACH))
    elif schema.get("type") == "boolean":
        yield from (Form(place, {"const": word}) for word in (True, False))
    elif "examples" in schema and schema.get("type") == "string":
        yield from (
            Form(place, {"pattern": like(text), "type": "string"}) for text in schema["examples"]
        )
    else:
        yield Form(
            place, {key: schema[key] for key in ("type", "const", "pattern") if key in schema}
        )


def like(example: str) -> str:
    """Texts of the shape of an example: digits for digits, all else as it stands."""
    return "^" + re.sub(r"[0-9]+", "[0-9]+", re.escape(example)) + "$"
