"""The record: what is stated about one patient, checked, with nothing filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
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

from allstatus.errors import InvalidRecord
from allstatus.record.blood_count import CbcPanel
from allstatus.record.percent import Percent, read_percent
from allstatus.record.record_schema import AGE, BLASTS, DAY, one_fact
from allstatus.record.refusals import refusal_of
from allstatus.record.stated_value import StatedValue

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
Blasts = Annotated[
    Percent | Unknown | None,
    PlainValidator(_read_blasts),
    PlainSerializer(_write_blasts),
    WithJsonSchema(BLASTS),
]
Day = Annotated[date | None, BeforeValidator(_read_day), WithJsonSchema(DAY)]
Age = Annotated[
    int | float | Decimal | None,
    PlainValidator(_read_age),
    WithJsonSchema(AGE),
]


class OutsideMarrow(StatedValue):
    """Leukemia found outside the marrow, and where."""

    site: Annotated[
        Site | tuple[Site, ...], Field(description="Where it was found: one site or several.")
    ]

    @property
    def sites(self) -> tuple[Site, ...]:
        """Every site, be it one or several."""
        return (self.site,) if isinstance(self.site, str) else self.site


class Biomarkers(StatedValue):
    """Results that decide whether a targeted treatment's stated use fits (not the status)."""

    bcr_abl1: Annotated[Marker, Field(description="The Philadelphia chromosome (BCR::ABL1).")] = (
        None
    )
    kmt2a_rearranged: Annotated[Marker, Field(description="A rearrangement of KMT2A.")] = None
    cd19: Annotated[Marker, Field(description="CD19 on the leukemia cells.")] = None
    cd22: Annotated[Marker, Field(description="CD22 on the leukemia cells.")] = None


Count = Annotated[StrictInt, Field(ge=0)]


class Record(StatedValue):
    """What is stated about one patient. Every key is optional; one fact must be present.

    A yes/no fact takes true, false, "unknown" or null; null and an absent key mean not reported.

    >>> Record.read({"cbc": "normal", "marrow_blast_percent": "<5"}).cbc
    'normal'
    """

    model_config = ConfigDict(title="allstatus record", json_schema_extra=one_fact)
    id: Annotated[
        StrictStr | StrictInt | None,
        Field(description="What the caller calls the record; it is repeated in the decision."),
    ] = None
    as_of: Annotated[Day, Field(description="The day the record is about, YYYY-MM-DD.")] = None
    age_years: Annotated[Age, Field(description="Age in years, from 0 to 130.")] = None
    sex: Annotated[
        Literal["female", "male", "other", "unknown"] | None,
        Field(description="Sex; it picks the adult range of a blood count without a range."),
    ] = None
    diagnosis: Annotated[
        StrictStr | None,
        Field(description="A code of the disease (ICD-10-CM or SNOMED CT), such as C91.00."),
    ] = None
    prior_treatment: Annotated[
        Literal["none", "symptom_relief_only", "disease_directed", "unknown"] | None,
        Field(description="The most that was ever given against the leukemia."),
    ] = None
    prior_remission: Annotated[
        YesNo, Field(description="Whether the leukemia was ever in remission.")
    ] = None
    relapse_since_remission: Annotated[
        YesNo, Field(description="Whether it came back after the last remission.")
    ] = None
    relapse_count: Annotated[
        Count | None, Field(description="How many relapses there were (a count).")
    ] = None
    refractory: Annotated[
        YesNo, Field(description="Whether the leukemia did not respond to its treatment.")
    ] = None
    tki_failures: Annotated[
        Count | None,
        Field(
            description="How many BCR::ABL1 tyrosine kinase inhibitors failed or were not "
            "tolerated (a count)."
        ),
    ] = None
    cbc: Annotated[
        Literal["normal", "abnormal", "some_abnormal", "all_abnormal", "unknown"] | CbcPanel | None,
        Field(description="The complete blood count: a word, or its components."),
    ] = None
    marrow_blast_percent: Blasts = None
    marrow_cellularity: Annotated[
        Literal["normocellular", "hypocellular", "hypercellular", "unknown"] | None,
        Field(description="How many cells the marrow has for the patient's age."),
    ] = None
    signs_and_symptoms: Annotated[
        Literal["absent", "present", "present_other_cause", "unknown"]
        | tuple[StrictStr, ...]
        | None,
        Field(description="Signs or symptoms of the leukemia: a word, or a list of findings."),
    ] = None
    leukemia_outside_marrow: Annotated[
        Literal["absent", "present", "unknown"] | OutsideMarrow | None,
        Field(description="Leukemia found outside the bone marrow now: a word, or where."),
    ] = None
    biomarkers: Annotated[
        Biomarkers | None,
        Field(description="Results on which stated uses of treatments depend, not the status."),
    ] = None
    lineage: Annotated[
        Literal["B", "T", "unknown"] | None, Field(description="The cells it arose from.")
    ] = None

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
            raise refusal_of(error, cls.model_fields) from None
