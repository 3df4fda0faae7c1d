"""The family `blood count`: counts by their components, in every form that a record states them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, get_args

from allstatus.record.blood_count import COMPONENTS, Flag
from allstatus.testing.representatives import Record

FACT = "cbc"
Part = Mapping[str, Any]
WITHIN: Mapping[str, Part] = {
    "wbc": {"value": "6.0", "unit": "10*9/L", "low": "4.0", "high": "11.0"},
    "neutrophils": {"value": "3.2", "unit": "10*9/L", "low": "2.0", "high": "7.5"},
    "hemoglobin": {"value": "14.0", "unit": "g/dL", "low": "12.0", "high": "15.5"},
    "hematocrit": {"value": "42.0", "unit": "%", "low": "36.0", "high": "46.0"},
    "platelets": {"value": "230.0", "unit": "10*9/L", "low": "150.0", "high": "400.0"},
}
OTHER_UNITS: Mapping[str, Mapping[str, Part]] = {
    "wbc": {
        "K/uL": {"value": "6.0", "unit": "K/uL", "low": "4.0", "high": "11.0"},
        "/uL": {"value": 6000, "unit": "/uL"},
        "without a unit": {"value": "6.0", "low": "4.0", "high": "11.0"},
        "not known, with a range": {"value": "6.0", "unit": "x", "low": "4.0", "high": "11.0"},
        "not known, without a range": {"value": "6.0", "unit": "x"},
    },
    "hemoglobin": {
        "g/L": {"value": 140, "unit": "g/L"},
        "mmol/L, with a range": {"value": "8.7", "unit": "mmol/L", "low": "7.4", "high": "9.6"},
        "mmol/L, without a range": {"value": "8.7", "unit": "mmol/L"},
    },
    "hematocrit": {"L/L": {"value": "0.42", "unit": "L/L"}},
}
NO_COUNTS: Mapping[str, Any] = {
    "negative": {"wbc": {"value": "-1"}},
    "text": {"wbc": {"value": "many"}},
    "a comma": {"wbc": {"value": "4,5"}},
    "true": {"wbc": {"value": True}},
    "backwards": {"wbc": {"value": "5", "low": "11", "high": "4"}},
    "another key": {"wbc": {"value": "5", "of": "10"}},
    "another component": {"blasts": {"value": "5"}},
    "another flag": {"wbc": {"flag": "X"}},
    "a list": [{"value": "5"}],
}
PEOPLE: Mapping[str, Record] = {
    "a woman": {"sex": "female", "age_years": 40},
    "a man": {"sex": "male", "age_years": 40},
    "of unknown sex": {},
    "of 17 years": {"sex": "female", "age_years": 17},
    "of 18 years": {"sex": "female", "age_years": 18},
}


def count_records(record: Record) -> Iterator[tuple[str, Record]]:
    """A record with counts in the place of its own, each with its name."""
    for name, count in _counts():
        yield name, {**record, FACT: count}
    for whom, person in PEOPLE.items():
        for what, hemoglobin in (("12.5", "12.5"), ("14.0", "14.0"), ("11.9", "11.9")):
            count = _bare({"hemoglobin": hemoglobin})
            yield f"adult table, {whom}, hemoglobin {what}", {**record, **person, FACT: count}


def refused_counts(record: Record) -> Iterator[tuple[str, Record]]:
    """The same with what is no count."""
    for name, count in NO_COUNTS.items():
        yield f"{FACT}/{name}", {**record, FACT: count}


def _counts() -> Iterator[tuple[str, Any]]:
    yield "all in range", dict(WITHIN)
    yield "JSON numbers", {name: _numbers(part) for name, part in WITHIN.items()}
    yield "nothing sent", {}
    yield "nothing but null", dict.fromkeys(COMPONENTS)
    keys = ("value", "unit", "low", "high", "flag")
    yield "null parts", {name: dict.fromkeys(keys) for name in COMPONENTS}
    for name in COMPONENTS:
        yield f"without {name}", {key: part for key, part in WITHIN.items() if key != name}
        yield f"{name} null", {**WITHIN, name: None}
        for what, part in _variants(WITHIN[name]):
            yield f"{name} {what}", {**WITHIN, name: part}
        for what, part in OTHER_UNITS.get(name, {}).items():
            yield f"{name} in another unit: {what}", {**WITHIN, name: part}
    for flag in get_args(Flag):
        yield f"flagged {flag} throughout", {name: {"flag": flag} for name in COMPONENTS}
    yield (
        "needed ones only",
        {name: WITHIN[name] for name in ("wbc", "hematocrit", "platelets")},
    )
    yield "no ranges", _bare({})


def _variants(part: Part) -> Iterator[tuple[str, Part]]:
    """A component at, beside and beyond its limits, with one limit, exclusive ones, and flags."""
    low, high = part["low"], part["high"]
    yield "at low", {**part, "value": low}
    yield "at high", {**part, "value": high}
    yield "a hair below low", {**part, "value": str(Decimal(low) - Decimal("1e-18"))}
    yield "a hair above high", {**part, "value": str(Decimal(high) + Decimal("1e-18"))}
    yield "at exclusive low", {**part, "value": low, "low": f">{low}"}
    yield "at exclusive high", {**part, "value": high, "high": f"<{high}"}
    yield "limit, other side", {**part, "low": f"<{low}"}
    yield "high only", {key: value for key, value in part.items() if key != "low"}
    yield "low only", {**part, "high": None}
    yield "below low, uncounted", {**part, "value": f"<{low}"}
    yield "flagged alike", {**part, "flag": "N"}
    yield "flagged otherwise", {**part, "flag": "L"}
    yield "implausible", {**part, "value": str(Decimal(part["value"]) * 1000)}


def _numbers(part: Part) -> Part:
    numbers = {key: Decimal(part[key]) for key in ("value", "low", "high")}
    return {**part, **numbers}


def _bare(values: Mapping[str, str]) -> Record:
    """Values without a range and without a flag."""
    return {
        name: {"value": values.get(name, part["value"]), "unit": part["unit"]}
        for name, part in WITHIN.items()
        if name != "hematocrit"
    }
