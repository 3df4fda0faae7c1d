"""One record in the forms it may take: spellings of a number, lists, and what stands beside the
facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from allstatus.record.fact_keys import fact_keys
from allstatus.record.model import Site
from allstatus.record.percent import format_number
from allstatus.rules.ruleset import RuleSet
from allstatus.testing.representatives import HAIR, UNKNOWN, Record

MOST_CELLS = 999_999
COUNTED = "relapse_count"
SITES: Mapping[str, list[str]] = {"absent": [], "present": ["cns"]}


def number_spellings(number: Fraction) -> Iterator[Any]:
    """Ways in which laboratories write one percentage."""
    text = format_number(number)
    decimal = text if "." in text else f"{text}.0"
    yield from (text, decimal, f"{decimal}00", f"{text} %", f"{text}%", f"={text}", f" {text} ")
    yield {"value": text}
    yield {"value": text, "unit": "%"}
    yield {"value": text, "unit": None, "comparator": None, "cells_counted": 200}
    yield {"value": as_number(number), "cells_counted": None}
    for comparator in ("", "="):
        yield {"value": text, "comparator": comparator}
    yield {"value": format_number(number / 100), "unit": "1"}
    cells = 200 * number.denominator
    if cells <= MOST_CELLS:
        yield f"{number * cells / 100}/{cells}"
    if number.denominator == 1:
        yield int(number)


def number_neighbours(number: Fraction) -> Iterator[Any]:
    """Values that begin or end at a number, and one a hair above it, as JSON has it."""
    for comparator in ("≤", "≥", "<=", ">=", "<", ">"):
        yield {"value": format_number(number), "comparator": comparator}
    yield Decimal(format_number(number + HAIR))


def as_number(number: Fraction) -> Decimal | int:
    """A number as JSON has it: exact, and whole where it is."""
    return int(number) if number.denominator == 1 else Decimal(format_number(number))


def respelled(record: Record) -> Iterator[tuple[str, Record]]:
    """The same facts in the record's other forms: findings as a list, leukemia outside the marrow
    by its sites.
    """
    signs, outside = record.get("signs_and_symptoms"), str(record.get("leukemia_outside_marrow"))
    if signs in ("absent", "present"):
        yield (
            "findings listed",
            {**record, "signs_and_symptoms": ["fever"] if signs == "present" else []},
        )
    if record.get("cbc") == "abnormal":
        yield "all of the count", {**record, "cbc": "all_abnormal"}
        yield "some of the count", {**record, "cbc": "some_abnormal"}
    if signs == "absent":
        yield "of another cause", {**record, "signs_and_symptoms": "present_other_cause"}
    if outside in SITES:
        yield "sites listed", {**record, "leukemia_outside_marrow": {"site": SITES[outside]}}
    for site in get_args(Site) if outside == "present" else ():
        yield f"site {site}", {**record, "leukemia_outside_marrow": {"site": site}}
        yield f"site {site} listed", {**record, "leukemia_outside_marrow": {"site": [site, site]}}
    if record.get("prior_treatment") == "none":
        yield "symptoms relieved", {**record, "prior_treatment": "symptom_relief_only"}


def beside(rules: RuleSet) -> Mapping[str, list[Any]]:
    """What else a record may say in each of its forms, none of which changes these answers, and
    facts that are null.
    """
    markers = [key.partition(".")[2] for key in fact_keys() if key.startswith("biomarkers.")]
    words = {
        key: [*statable.words, UNKNOWN, None]
        for key, statable in fact_keys().items()
        if statable.kind == "choice" and "." not in key and key not in rules.facts
    }
    return {
        "id": ["case-1", 7, None],
        "as_of": ["2026-01-05", None],
        "diagnosis": [rules.population["icd10cm"][0], None],
        **words,
        **{key: [None] for key in ("refractory", "tki_failures", "age_years", COUNTED)},
        "biomarkers": [None, dict.fromkeys(markers)],
        **{key: [None] for key in rules.facts},
    }


def word(value: Any) -> str:
    """A value as it stands in a vector's name."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if value == value.strip() else repr(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return f"number {value}"
