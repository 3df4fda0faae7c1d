"""The shapes of what stands beside the rule sets: the applicability overlay and the comparisons."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from allstatus.rules.condition import Reading
from allstatus.rules.shape_parts import (
    Clauses,
    FactShape,
    Number,
    SaysShape,
    Shape,
    ThresholdShape,
)

Population = Annotated[list[str], Field(min_length=1, description="codes of diseases")]


class SourceCiteShape(Shape):
    """Where another source says it; without a sentence's fingerprint, why there is none."""

    title: str
    url: str
    section: str
    sentence: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            description="a sentence's SHA-256 in hexadecimal digits, or null",
        ),
    ]
    not_checked: str | None = None


class OverlayShape(Shape):
    """What the applicability overlay is."""

    id: str
    version: str
    title: str
    notice: str


class OverlayFactShape(FactShape):
    """A fact a condition asks for; its question is said alike to every reader."""

    says: SaysShape | None = None  # type: ignore[assignment]


class OverlayThresholdShape(ThresholdShape):
    """A named limit, by date, with the source it was read in."""

    cite: SourceCiteShape  # type: ignore[assignment]


class OverlayCriterionShape(Shape):
    """A condition on a fact; the agents' files say where it is asked for."""

    title: str
    otherwise: str
    condition: str


class OtherSourceShape(Shape):
    """Another source's condition (shown where it differs), or without one a statement (always
    shown).
    """

    says: str
    all: Clauses | None = None
    statuses: list[str] = []
    cite: SourceCiteShape


class AgentUseShape(Shape):
    """For whom an agent's stated use is: `all` must hold."""

    agent: str
    title: str
    population: Population
    all: Clauses
    reading: Reading
    cite: SourceCiteShape
    note: str | None = None
    other_sources: list[OtherSourceShape] = []


class MarrowLimitShape(Shape):
    """The share of blasts in the marrow that another definition asks for, in percent."""

    comparator: Literal["<", "<=", ">", ">="]
    percent: Number


class CountLimitShape(Shape):
    """A least count, in 10⁹/L."""

    comparator: Literal[">", ">="]
    value: Number


class CountsShape(Shape):
    """The least counts that another definition asks for."""

    neutrophils: CountLimitShape
    platelets: CountLimitShape


class ComparisonShape(Shape):
    """Another source's definition."""

    id: str
    name: str
    title: str
    kind: Literal["remission", "disease"]
    population: Population
    marrow: MarrowLimitShape
    counts: CountsShape | None = None
    blood: str | None
    also: str | None = None
    ruleset: str | None = None
    cite: SourceCiteShape


ComparisonsFile = RootModel[list[ComparisonShape]]
OverlayFactsFile = RootModel[dict[str, OverlayFactShape]]
OverlayThresholdsFile = RootModel[dict[str, OverlayThresholdShape]]
OverlayCriteriaFile = RootModel[dict[str, OverlayCriterionShape]]
