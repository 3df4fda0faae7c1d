"""The record: what is stated about one patient, checked, with nothing filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

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
from allstatus.record.percent import Percent, exact_number, read_percent
from allstatus.record.record_schema import AGE, BLASTS, DAY, described, one_fact
from allstatus.record.refusals import no_object, refusal_of
from allstatus.record.stated_value import StatedValue

Unknown = Literal["unknown"]
YesNo = StrictBool | Unknown | None
Marker = Literal["positive", "negative", "unknown"] | None
Treatment = Literal["none", "symptom_relief_only", "disease_directed", "unknown"] | None
CountWord = Literal["normal", "abnormal", "some_abnormal", "all_abnormal", "unknown"]
Cellularity = Literal["normocellular", "hypocellular", "hypercellular", "unknown"] | None
SignsWord = Literal["absent", "present", "present_other_cause", "unknown"]
Signs = SignsWord | tuple[StrictStr, ...] | None
Site = Literal["blood", "cns", "testes", "other"]


def _read_blasts(value: object) -> Percent | Unknown | None:
    if value is None:
        return None
    return "unknown" if isinstance(value, str) and value == "unknown" else read_percent(value)


_OF_ONE = re.compile(r"([<>]=?)?(.+) \(of 1\)")  # how `measurement` words a fraction of all cells


def write_blasts(value: Percent | Unknown | None) -> object:
    """A percentage as a record states it."""
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
    remedy = "give the age in years, from 0 to 130"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        problem = "is not a number"
    else:
        exact_number(value, "age_years", remedy)  # which is read only where something asks for it
        if 0 <= value <= 130:
            return value
        problem = "is not an age"
    raise InvalidRecord("age_years", problem, remedy)


def _read_day(value: object) -> object:
    """A date as it is written; a bare number is no date."""
    written = value.isoformat()[:10] if isinstance(value, date) else value  # NaT is a date, too
    if value is None or (isinstance(written, str) and _DAY.fullmatch(written)):
        return value
    raise ValueError


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Blasts = Annotated[
    Percent | Unknown | None,
    PlainValidator(_read_blasts),
    PlainSerializer(write_blasts),
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

    model_config = ConfigDict(json_schema_extra=described)
    site: Site | tuple[Site, ...]

    if TYPE_CHECKING:  # what can be given, of which a field has what was read

        def __init__(self, *, site: Site | list[Site] | tuple[Site, ...]) -> None: ...

    @property
    def sites(self) -> tuple[Site, ...]:
        """Every site, be it one or several."""
        return (self.site,) if isinstance(self.site, str) else self.site


class Biomarkers(StatedValue):
    """Results that decide whether a targeted treatment's stated use fits (not the status)."""

    model_config = ConfigDict(json_schema_extra=described)
    bcr_abl1: Marker = None
    kmt2a_rearranged: Marker = None
    cd19: Marker = None
    cd22: Marker = None


Count = Annotated[StrictInt, Field(ge=0)]
StatedPercent = Percent | str | float | Decimal | Mapping[str, Any] | None
Outside = Literal["absent", "present", "unknown"] | OutsideMarrow | Mapping[str, Any] | None


class Record(StatedValue):
    """What is stated about one patient. Every key is optional; one fact must be present.

    A yes/no fact takes true, false, "unknown" or null; null and an absent key mean not reported.

    >>> Record.read({"cbc": "normal", "marrow_blast_percent": "<5"}).cbc
    'normal'
    """

    model_config = ConfigDict(title="allstatus record", json_schema_extra=one_fact)
    id: StrictStr | StrictInt | None = None
    as_of: Day = None
    age_years: Age = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    diagnosis: StrictStr | None = None
    prior_treatment: Treatment = None
    prior_remission: YesNo = None
    relapse_since_remission: YesNo = None
    relapse_count: Count | None = None
    refractory: YesNo = None
    tki_failures: Count | None = None
    cbc: CountWord | CbcPanel | None = None
    marrow_blast_percent: Blasts = None
    marrow_cellularity: Cellularity = None
    signs_and_symptoms: Signs = None
    leukemia_outside_marrow: Literal["absent", "present", "unknown"] | OutsideMarrow | None = None
    biomarkers: Biomarkers | None = None
    lineage: Literal["B", "T", "unknown"] | None = None

    if TYPE_CHECKING:  # what can be given, of which a field has what was read

        def __init__(
            self,
            *,
            id: str | int | None = None,
            as_of: date | str | None = None,
            age_years: float | Decimal | None = None,
            sex: Literal["female", "male", "other", "unknown"] | None = None,
            diagnosis: str | None = None,
            prior_treatment: Treatment = None,
            prior_remission: bool | Unknown | None = None,
            relapse_since_remission: bool | Unknown | None = None,
            relapse_count: int | None = None,
            refractory: bool | Unknown | None = None,
            tki_failures: int | None = None,
            cbc: CountWord | CbcPanel | Mapping[str, Any] | None = None,
            marrow_blast_percent: StatedPercent = None,
            marrow_cellularity: Cellularity = None,
            signs_and_symptoms: SignsWord | list[str] | tuple[str, ...] | None = None,
            leukemia_outside_marrow: Outside = None,
            biomarkers: Biomarkers | Mapping[str, Any] | None = None,
            lineage: Literal["B", "T", "unknown"] | None = None,
        ) -> None: ...

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """What is stated, as JSON has it; a failing example is read by people."""
        yield from self.model_dump(exclude_none=True).items()

    @classmethod
    def read(cls, value: Mapping[str, Any] | Record) -> Record:
        """Check a mapping; raises InvalidRecord naming field, problem and remedy."""
        if not isinstance(value, dict):
            if isinstance(value, Record):
                return value
            if not isinstance(value, Mapping):
                raise no_object()
        try:
            checked: Record = cls.__pydantic_validator__.validate_python(value)
        except ValidationError as error:
            raise refusal_of(error, cls.model_fields) from None
        return checked
