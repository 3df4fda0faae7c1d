"""What a JSON Schema can say of a record's values that their types do not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from allstatus.record.percent import MOST_CELLS

AGE = {"type": ["number", "null"], "minimum": 0, "maximum": 130}
DAY = {
    "anyOf": [
        {
            "type": "string",
            "format": "date",
            "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        },
        {"type": "null"},
    ]
}
NUMBER = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": r"^[^-]*[0-9]", "examples": ["4.5", "<0.1"]},
        {"type": "null"},
    ]
}
_UP_TO_100 = r"0*([0-9]{1,2}(\.[0-9]+)?|100(\.0+)?)"
_NUMBER = rf"(\+?{_UP_TO_100}|-0+(\.0+)?|[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{{1,4}})"
_SPELLINGS = (
    "unknown",
    r"\s*[0-9]{1,6}\s*/\s*[0-9]{1,6}\s*",
    rf"\s*{_UP_TO_100}\s*(-|–|to)\s*{_UP_TO_100}\s*%?\s*",
    rf"\s*(<=|>=|<|>|=|≤|≥)?\s*{_NUMBER}\s*%?\s*",
)


def _percentage(spellings: tuple[str, ...], examples: list[str]) -> dict[str, Any]:
    return {
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": 100},
            {"type": "string", "pattern": f"^({'|'.join(spellings)})$", "examples": examples},
            {
                "type": "object",
                "properties": {
                    "value": {
                        "type": ["number", "string"],
                        "description": "In the unit beside it.",
                        "minimum": 0,
                    },
                    "comparator": {
                        "enum": ["", "=", "<", "<=", ">", ">=", "≤", "≥", None],
                        "description": "On which side of the value it lies.",
                    },
                    "unit": {
                        "enum": ["%", "1", None],
                        "description": "Percent (%), or a fraction of all cells (1).",
                    },
                    "cells_counted": {
                        "type": ["integer", "null"],
                        "minimum": 1,
                        "maximum": MOST_CELLS,
                        "description": "How many cells were counted.",
                    },
                },
                "required": ["value"],
                "additionalProperties": False,
            },
            {"type": "null"},
        ],
    }


BLASTS = {
    "description": (
        "Blasts in the marrow, in percent of nucleated cells from 0 to 100: a number or a "
        "spelling; numbers are read as exact decimals."
    ),
    **_percentage(
        (_SPELLINGS[0], r"\s*[Mm][123]\s*", *_SPELLINGS[1:]),
        ["4.9", "<5", ">=5", "5-10", "5 %", "10/200", "M1", "unknown"],
    ),
}
PERCENT = _percentage(_SPELLINGS, ["4.9", "<5", ">=5", "5-10", "5 %", "10/200", "unknown"])
_ABOUT = ("id", "as_of", "age_years", "sex", "diagnosis", "biomarkers", "lineage", "tki_failures")


def described(schema: dict[str, Any], model: type[Any]) -> None:
    """Add what each key says, from descriptions.yaml."""
    for name, said in _descriptions().get(model.__name__, {}).items():
        schema["properties"][name]["description"] = said


@cache
def _descriptions() -> Any:
    from allstatus.record.yaml_file import YamlFile

    file = Path(__file__).parent / "descriptions.yaml"
    return YamlFile(file, file.parent).data


def one_fact(schema: dict[str, Any], model: type[Any]) -> None:
    """Of the keys that state a fact about the disease one must be there, and not null."""
    described(schema, model)
    schema["anyOf"] = [
        {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
        for name in schema["properties"]
        if name not in _ABOUT
    ]
