"""The record: what is stated about one patient, checked, with nothing filled in."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
    WithJsonSchema,
)

from allstatus.errors import InvalidRecord, nearest
from allstatus.record.blood_count import CbcPanel
from allstatus.record.percent import Percent, read_percent

Unknown = Literal["unknown"]
YesNo = StrictBool | Unknown | None
Marker = Literal["positive", "negative", "unknown"] | None
Site = Literal["blood", "cns", "testes", "other"]


def _read_blasts(value: object) -> Percent | Unknown | None:
    return value if value is None or value == "unknown" else read_percent(value)


_OF_ONE = re.compile(r"([<>]=?)?(.+) \(of 1\)")  # how `measurement` words a fraction of all cells


def _write_blasts(value: Percent | Unknown | None) -> object:
    if not isinstance(value, Percent):
        return value
    cells = (
        {}
        if value.cells_counted is None or "/" in value.text
        else {"cells_counted": value.cells_counted}
    )
    if of_one := _OF_ONE.fullmatch(value.text):
        comparator = {"comparator": of_one[1]} if of_one[1] else {}
        return {"value": of_one[2], "unit": "1", **comparator, **cells}
    return {"value": value.text, **cells} if cells else value.text


def _read_age(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidRecord("age_years", "is not a number", "give the age in years, from 0 to 130")
    if not 0 <= value <= 130:  # NaN fails this too
        raise InvalidRecord("age_years", "is not an age", "give the age in years, from 0 to 130")
    return value


def _read_day(value: object) -> object:
    """A date as it is written; a bare number is no date."""
    if (
        value is None
        or isinstance(value, date)
        or (isinstance(value, str) and _DAY.fullmatch(value))
    ):
        return value
    raise ValueError


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
BLASTS_SCHEMA = {
    "description": (
        "A percentage from 0 to 100 as a number or a spelling; numbers are read as exact decimals."
    ),
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 100},
        {
            "type": "string",
            "examples": ["4.9", "<5", ">=5", "5-10", "5 %", "10/200", "M1", "unknown"],
        },
        {
            "type": "object",
            "properties": {
                "value": {"type": ["number", "string"]},
                "comparator": {"enum": ["<", "<=", ">", ">=", None]},
                "unit": {"enum": ["%", "1", None]},
                "cells_counted": {"type": ["integer", "null"], "minimum": 1},
            },
            "required": ["value"],
            "additionalProperties": False,
        },
        {"type": "null"},
    ],
}
Blasts = Annotated[
    Percent | Unknown | None,
    PlainValidator(_read_blasts),
    PlainSerializer(_write_blasts),
    WithJsonSchema(BLASTS_SCHEMA),
]
Day = Annotated[date | None, BeforeValidator(_read_day)]
Age = Annotated[
    int | float | Decimal | None,
    PlainValidator(_read_age),
    WithJsonSchema({"type": ["number", "null"], "minimum": 0, "maximum": 130}),
]


class OutsideMarrow(BaseModel):
    """Leukemia found outside the marrow, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    site: Site | list[Site]


class Biomarkers(BaseModel):
    """Results that decide whether a targeted treatment's stated use fits (not the status)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    bcr_abl1: Marker = None
    kmt2a_rearranged: Marker = None
    cd19: Marker = None
    cd22: Marker = None


Count = Annotated[StrictInt, Field(ge=0)]


class Record(BaseModel):
    """What is stated about one patient. Every key is optional; one fact must be present.

    A yes/no fact takes true, false, "unknown" or null; null and an absent key mean not reported.

    >>> Record.read({"cbc": "normal", "marrow_blast_percent": "<5"}).cbc
    'normal'
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, title="allstatus record"
    )
    id: StrictStr | StrictInt | None = None
    as_of: Day = None
    age_years: Age = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    diagnosis: StrictStr | None = None
    prior_treatment: (
        Literal["none", "symptom_relief_only", "disease_directed", "unknown"] | None
    ) = None
    prior_remission: YesNo = None
    relapse_since_remission: YesNo = None
    relapse_count: Count | None = None
    refractory: YesNo = None
    tki_failures: Count | None = None
    cbc: (
        Literal["normal", "abnormal", "some_abnormal", "all_abnormal", "unknown"] | CbcPanel | None
    ) = None
    marrow_blast_percent: Blasts = None
    marrow_cellularity: (
        Literal["normocellular", "hypocellular", "hypercellular", "unknown"] | None
    ) = None
    signs_and_symptoms: (
        Literal["absent", "present", "present_other_cause", "unknown"] | list[StrictStr] | None
    ) = None
    leukemia_outside_marrow: Literal["absent", "present", "unknown"] | OutsideMarrow | None = None
    biomarkers: Biomarkers | None = None
    lineage: Literal["B", "T", "unknown"] | None = None

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """What is stated, as JSON has it; a failing example is read by people."""
        yield from self.model_dump(exclude_none=True).items()

    @classmethod
    def read(cls, value: Mapping[str, Any] | Record) -> Record:
        """Check a mapping; raises InvalidRecord naming field, problem and remedy."""
        if isinstance(value, Record):
            return value
        if not isinstance(value, Mapping):
            raise InvalidRecord(
                "record", "is not an object", "give one JSON object for one patient"
            )
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            _refuse(error)


def record_keys() -> list[str]:
    """The keys at which a record may state a fact: its own and `biomarkers.cd19` and the like."""
    return [*Record.model_fields, *(f"biomarkers.{name}" for name in Biomarkers.model_fields)]


_IDENTIFIER = re.compile(r"[A-Za-z_]\w{0,40}")  # any other key may hold what should not be repeated
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


def _refuse(error: ValidationError) -> NoReturn:
    problem = error.errors(include_url=False, include_context=False)[0]
    where = [str(part) for part in problem["loc"]]
    field = where[0] if where else "record"
    if field not in Record.model_fields and problem["type"] == "extra_forbidden":
        shown = field if _IDENTIFIER.fullmatch(field) else "record"
        hint = nearest(field, Record.model_fields)
        raise InvalidRecord(
            shown,
            f"is not a key of a record{hint}",
            "remove it or use a key of `allstatus schema record`",
        ) from None
    if problem["type"] in ("extra_forbidden",) and len(where) > 1:
        field = ".".join([field, "(unknown key)"])
    remedy = REMEDIES.get(where[0], _YES_NO)
    hint = _word_hint(where[0], problem.get("input"))
    raise InvalidRecord(field, f"is not one of the values it can take{hint}", remedy) from None


def _word_hint(field: str, value: object) -> str:
    return nearest(value.casefold(), _WORDS.get(field, ())) if isinstance(value, str) else ""


def parse_json(text: str | bytes) -> Any:
    """JSON with exact decimals; refuses NaN, infinities and duplicate keys with InvalidRecord."""
    try:
        return _DECODER.decode(
            text if isinstance(text, str) else text.removeprefix(BOM_UTF8).decode()
        )
    except json.JSONDecodeError as error:
        raise InvalidRecord(
            "input",
            f"is not valid JSON at line {error.lineno} column {error.colno}",
            "check the quotes, commas and brackets there",
        ) from None
    except UnicodeDecodeError:
        raise InvalidRecord("input", "is not UTF-8 text", "save it as UTF-8") from None
    except RecursionError:
        raise InvalidRecord(
            "input", "is nested too deeply", "give a record as in `allstatus schema record`"
        ) from None
    except ValueError:  # an integer of more digits than Python reads
        raise InvalidRecord(
            "input", "holds a number of too many digits", "write at most 1000 digits"
        ) from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise InvalidRecord("record", "has the same key twice", "keep one of the two")
    return keys


def _no_constant(_: str) -> NoReturn:
    raise InvalidRecord(
        "input",
        "holds NaN or Infinity, which JSON does not know",
        'use a number, "unknown" or null',
    )


_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates
)
