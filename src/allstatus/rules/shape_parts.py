"""The shapes that all kinds of rule files are made of: citations, clauses, facts, thresholds,
criteria.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from allstatus.rules.condition import CLAUSE_KINDS, Reading

Date = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="a date such as 2025-12-30")
]
Word = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="small letters, digits and underscores")
]
Number = Annotated[int | Decimal, WithJsonSchema({"type": "number"})]


class Shape(BaseModel):
    """A mapping in a rule file: no key but these, and no value of another type."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, strict=True)


class CiteShape(Shape):
    """Where on the page: the path of headings, and the sentence's fingerprint (SHA-256)."""

    section: str
    sentence: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{64}$", description="the sentence's SHA-256 in 64 hexadecimal digits"
        ),
    ]


class CitedShape(Shape):
    """What the page says, with its citation, whether it was read literally, and further sentences
    that it rests on.
    """

    reading: Reading
    cite: CiteShape
    also_cited: list[CiteShape] = []


class ClauseShape(CitedShape):
    """A clause: one of criterion / all / any / not, with its own citation when it differs."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [kind]} for kind in CLAUSE_KINDS]}
    )

    reading: Reading | None = None  # type: ignore[assignment]
    cite: CiteShape | None = None  # type: ignore[assignment]
    note: str | None = None
    criterion: str | None = None
    all: Clauses | None = None
    any: Clauses | None = None
    not_: ClauseOrName | None = Field(None, alias="not")


ClauseOrName = Annotated[
    Union[str, ClauseShape],
    Field(description="a criterion's name, or a clause with one of criterion / all / any / not"),
]
Clauses = Annotated[list[ClauseOrName], Field(min_length=1)]
ClauseShape.model_rebuild()


class PhraseShape(Shape):
    """A phrase that is said only where all clauses of `when` hold by what was stated, or where the
    value that the criterion `near` compares lies at its limit or within a point of it.
    """

    say: str
    when: Clauses | None = None
    near: Annotated[str | None, Field(description="the name of a criterion with a limit")] = None


Phrases = Annotated[
    Union[str, list[str | PhraseShape]],
    Field(description="a text, or phrases of which some are said only where they are so"),
]


class SaysShape(Shape):
    """What is said to each reader, in our own words; `{threshold}` stands for a threshold's value
    and unit.
    """

    clinician: Phrases
    student: Phrases
    plain: Phrases


class TitlesShape(Shape):
    """One title for each reader: for clinicians the field's own term."""

    clinician: str
    student: str
    plain: str


class AssumeShape(Shape):
    """What an unreported fact is taken to be; listed in every decision that uses it."""

    value: bool | str
    when: ClauseOrName | None = None
    because: str
    reading: Reading


class MemberShape(Shape):
    """A member of a set: what the set's texts call it (`{member}`), and its codes and words."""

    title: str
    codes: dict[str, list[str]] = {}
    words: list[str] = []


class FactShape(Shape):
    """A fact that a rule set asks about a patient; a set asks of each of its members whether it is
    there.
    """

    type: Literal["yes_no", "choice", "percent", "number", "set"]
    values: list[str] = []
    members: dict[Word, MemberShape] = {}
    record_key: Annotated[
        str | None,
        Field(description="the record's key, where it is not the fact's name: biomarkers.cd19"),
    ] = None
    read_by: Annotated[
        Literal["cbc_by_parts"] | None,
        Field(description="cbc_by_parts: normal in all parts, abnormal in some or in all"),
    ] = None
    own: Annotated[
        bool,
        Field(description="true: the record of these rules has this key, that of no other has"),
    ] = False
    question: str
    answered_by: list[str]
    about: Literal["history", "finding"]
    burden: int
    says: SaysShape
    codes: dict[str, list[str]] = {}
    words: Annotated[
        list[str],
        Field(description="words by which a phrase names the fact, for the check of `says`"),
    ] = []
    assume: AssumeShape | None = None


class DatedValue(Shape):
    """A value, in the threshold's unit, from a date on."""

    from_: Date = Field(alias="from")
    value: Number


class ThresholdShape(CitedShape):
    """A named limit with its unit, and its values by date."""

    title: str
    unit: Annotated[
        str,
        Field(
            min_length=1,
            description='"%" in quotes, years, months (of a fact in years), count, or g/dL as said',
        ),
    ]
    values: Annotated[list[DatedValue], Field(min_length=1)]


class CriterionShape(CitedShape):
    """A named yes/no condition on one fact, in words for when it holds and when not."""

    title: str
    otherwise: str
    condition: str


class ShadeShape(Shape):
    """How a status looks in pictures: ground and ink as #rrggbb, the hatching as matplotlib's."""

    ground: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="a colour as #rrggbb")]
    ink: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="a colour as #rrggbb")]
    hatch: Annotated[str, Field(pattern=r"^[-/\\|+x.oO*]*$", description="signs such as // or ..")]


class HistoryPointShape(Shape):
    """A moment of a history to be told: when it is, what happens, and the record of it."""

    when: str
    note: str
    record: dict[str, Any]


class HistoryShape(Shape):
    """A patient made up for the page of the rules, from one moment to the next."""

    title: str
    points: Annotated[list[HistoryPointShape], Field(min_length=1)]
