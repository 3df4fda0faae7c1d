"""The schemas say of every part what it is; a decision's are made from its types."""

from typing import Any

import jsonschema
import pytest

from allstatus.decision.document import PARTS
from allstatus.decision.schema import DIALECT, schema_files, schema_of
from shipped import RULES

SCHEMA = schema_of("decision")


def objects(value: Any) -> list[dict[str, Any]]:
    """Every schema of an object within a schema."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    here = [value] if isinstance(value, dict) and "properties" in value else []
    return here + [found for part in parts for found in objects(part)]


@pytest.mark.parametrize("what", ["record", "decision", "rules"])
def test_it_is_a_schema_of_its_dialect(what: str) -> None:
    for schema in schema_files(what).values():
        assert schema["$schema"] == DIALECT
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_parts_of_a_decision_are_all_there_in_order_and_said_what_they_are() -> None:
    assert tuple(SCHEMA["properties"]) == PARTS == tuple(SCHEMA["required"])
    assert all(part.get("description") for part in SCHEMA["properties"].values())


def test_every_key_of_an_entry_is_always_written() -> None:
    for entry in objects(SCHEMA):
        assert set(entry["required"]) == set(entry["properties"])


def test_a_decision_that_lacks_a_part_or_has_another_status_is_refused() -> None:
    decision = RULES.classify({"cbc": "normal"}).to_dict()
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert validator.is_valid(decision)
    for name in PARTS:
        assert not validator.is_valid({key: decision[key] for key in PARTS if key != name})
    assert not validator.is_valid(decision | {"outcome": "probably"})
