"""How a blood count is judged, as plain data for ports: what can be, the adult table, and units."""

from __future__ import annotations

from typing import Any

from allstatus.record.blood_count import COMPONENTS, NEEDED, PARTS
from allstatus.record.code_files import read_yaml
from allstatus.record.count_component import ABNORMAL, ADULT_FROM

CHECKED = ("plausible", "range_low", "range_high", "adult")
UNIT_OF = {"hemoglobin": "mass", "hematocrit": "ratio"}


def to_plain_count() -> dict[str, Any]:
    """The tables of `codes/blood-count.yaml` and `codes/units.yaml` without their sources; numbers
    are decimals as text.
    """
    table, units = read_yaml("blood-count"), read_yaml("units")
    return {
        "components": {
            name: {
                "quantity": UNIT_OF.get(name, "cells"),
                **{key: _texts(table[name][key]) for key in CHECKED},
            }
            for name in COMPONENTS
        },
        "parts": [list(part) for part in PARTS],
        "needed": [list(part) for part in NEEDED],
        "abnormal_flags": sorted(ABNORMAL),
        "adult_from_years": ADULT_FROM,
        "units": {
            "cells": {key: _spelled(units["cells"][key]) for key in ("number", "volume")},
            **{name: _spelled(units[name]) for name in ("mass", "amount", "ratio")},
        },
    }


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return str(value)


def _spelled(entries: list[dict[str, Any]]) -> dict[str, str]:
    """What each spelling is multiplied by."""
    return {word: str(entry["is"]) for entry in entries for word in entry["spelled"]}
