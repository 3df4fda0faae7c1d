"""How a record that cannot be decided on is refused: which field, what is wrong, what to do.

A key that is not near one of a record's is never repeated: it may name somebody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError

from allstatus.errors import InvalidRecord, nearest

NEAR = 0.8  # how alike a key must be to a real one to be repeated
REMEDIES = {
    "id": "give text or a whole number",
    "as_of": "give a date as YYYY-MM-DD",
    "sex": 'use "female", "male", "other" or "unknown"',
    "diagnosis": 'give a code as text, such as "C91.00"',
    "prior_treatment": 'use "none", "symptom_relief_only", "disease_directed" or "unknown"',
    "relapse_count": "give a whole number from 0",
    "tki_failures": (
        "give the number of BCR::ABL1 tyrosine kinase inhibitors that failed or were not "
        "tolerated, from 0"
    ),
    "marrow_cellularity": 'use "normocellular", "hypocellular", "hypercellular" or "unknown"',
    "cbc": (
        'use "normal", "abnormal" (of its parts "some_abnormal" or "all_abnormal"), "unknown", '
        "or an object of components (wbc, neutrophils, hemoglobin, hematocrit, platelets), each "
        "{value, unit, low, high, flag}"
    ),
    "signs_and_symptoms": (
        'use "absent", "present", "present_other_cause", "unknown", or a list of findings as text'
    ),
    "leukemia_outside_marrow": (
        'use "absent", "present", "unknown" or {"site": "blood" | "cns" | "testes" | "other"}'
    ),
    "biomarkers": (
        'use {"bcr_abl1", "kmt2a_rearranged", "cd19", "cd22"}, each "positive", "negative" '
        'or "unknown"'
    ),
    "lineage": 'use "B", "T" or "unknown"',
}
_YES_NO = 'use true, false, "unknown" or null'
_WORDS = {
    "prior_treatment": ("none", "symptom_relief_only", "disease_directed", "unknown"),
    "cbc": ("normal", "abnormal", "some_abnormal", "all_abnormal", "unknown"),
    "marrow_cellularity": ("normocellular", "hypocellular", "hypercellular", "unknown"),
    "signs_and_symptoms": ("absent", "present", "present_other_cause", "unknown"),
    "leukemia_outside_marrow": ("absent", "present", "unknown"),
}


def no_object() -> InvalidRecord:
    """The refusal of what is no record at all."""
    return InvalidRecord("record", "is not an object", "give one JSON object for one patient")


def refusal_of(error: ValidationError, keys: Mapping[str, Any]) -> InvalidRecord:
    """The first problem of a record with these keys, as it is said everywhere."""
    problems = error.errors(include_url=False)
    first = problems[0]
    where = [str(part) for part in first["loc"]]
    field = where[0] if where else "record"
    said = next((p for p in map(_said, problems) if p and p[0] == first["loc"][:1]), None)
    if said is not None:
        return said[1]
    if first["type"] == "extra_forbidden" and len(where) == 1:
        return _unknown_key(field, keys)
    if field not in keys:
        return no_object()
    problem = f"is not one of the values it can take{_word_hint(field, first.get('input'))}"
    return InvalidRecord(field, problem, REMEDIES.get(where[0]) or _remedy(keys[where[0]]))


def _remedy(field: Any) -> str:
    """The words that a key takes, else that it is a yes/no fact."""
    parts = [word for part in get_args(field.annotation) for word in get_args(part)]
    words = [f'"{word}"' for word in parts if isinstance(word, str) and word != "unknown"]
    return f'use {", ".join(words)} or "unknown"' if words else _YES_NO


def _said(problem: Mapping[str, Any]) -> tuple[Any, InvalidRecord] | None:
    """What a reader of a value has said of it, and of which field."""
    error = problem.get("ctx", {}).get("error")
    return (problem["loc"][:1], error) if isinstance(error, InvalidRecord) else None


def _unknown_key(key: str, keys: Collection[str]) -> InvalidRecord:
    remedy = "remove it or use a key of `allstatus schema record`"
    spelled = re.sub(r"[\s-]+", "_", key.strip().casefold())
    hint = nearest(spelled, keys)
    if get_close_matches(spelled, keys, n=1, cutoff=NEAR):
        return InvalidRecord(key, f"is not a key of a record{hint}", remedy)
    problem = f"has a key that is not a key of a record{hint}"
    return InvalidRecord("record", problem, remedy)


def _word_hint(field: str, value: object) -> str:
    return nearest(value.casefold(), _WORDS.get(field, ())) if isinstance(value, str) else ""
