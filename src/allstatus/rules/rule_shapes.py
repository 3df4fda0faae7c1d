"""The shape of each rule file, as pydantic models: checked at load, published as JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, RootModel

from allstatus.record.model import Site
from allstatus.rules.indication_shapes import (
    AgentUseShape,
    ComparisonsFile,
    OverlayCriteriaFile,
    OverlayFactsFile,
    OverlayShape,
    OverlayThresholdsFile,
)
from allstatus.rules.ruleset import CATEGORIES, Asserted
from allstatus.rules.shape_parts import (
    CitedShape,
    ClauseOrName,
    Clauses,
    CriterionShape,
    Date,
    FactShape,
    HistoryShape,
    SaysShape,
    ShadeShape,
    Shape,
    ThresholdShape,
    TitlesShape,
    Word,
)
from allstatus.rules.text_shapes import TextsShape


class SourceShape(Shape):
    """The page a rule set was read from, and when the page was last reviewed."""

    title: str
    url: str
    last_reviewed: Date


class PopulationShape(Shape):
    """Whom the page is about; a record with another diagnosis is refused."""

    diagnosis: str
    icd10cm: list[str]
    snomed: list[str]
    adult_from_age_years: int


class RulesetShape(Shape):
    """The head of a rule set: its name, the page it reads, and from when it is in force; the
    statuses as the disease runs (`course`), and the categories of its options and agents.
    """

    id: Annotated[
        str, Field(pattern=r"^[a-z0-9-]+$", description="small letters, digits and hyphens")
    ]
    version: str
    title: str
    effective_from: Date
    effective_to: Date | None
    supersedes: str | None
    source: SourceShape
    population: PopulationShape
    notice: str
    course: list[str] = []
    categories: Annotated[list[Word], Field(min_length=1)] = list(CATEGORIES)


class ConstraintShape(CitedShape):
    """What cannot be: where `if` holds, `then` must hold too."""

    if_: ClauseOrName = Field(alias="if")
    then: ClauseOrName
    because: str
    says: SaysShape


class RegionShape(Shape):
    """Cases that no status fits, with the sentence that names them."""

    sentence: str
    where: Clauses
    says: SaysShape


class ExampleShape(Shape):
    """A record with the outcome that it must have."""

    name: str
    facts: dict[str, Any]
    outcome: Literal["determined", "outside_definitions", "insufficient_data", "conflicting_data"]
    status: str | None = None
    possible: list[str] | None = None


class StatusShape(CitedShape):
    """A status: the clauses that must all hold, unless another status does; `asserts` are the
    coded statuses that agree with it, by which a history is carried forward too.
    """

    status: str
    title: str
    all: Clauses
    says: SaysShape
    unless: list[str] = []
    asserts: list[Asserted] = []
    shade: ShadeShape | None = None
    examples: list[ExampleShape]


class QualifierShape(Shape):
    """A limit the page puts on an option without saying who is meant."""

    who: str
    also: str | None = None
    also_for: str | None = None
    text: str


class OptionShape(CitedShape):
    """One treatment that the page lists for a status."""

    id: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9_-]+$", description="small letters, digits, hyphens and underscores"
        ),
    ]
    title: Annotated[
        Union[str, TitlesShape],
        Field(description="a title, or one each for clinician, student and plain"),
    ]
    category: Word
    agents: list[str]
    elements: list[str]
    routes: list[Word]
    radiation: Literal["none", "with_or_without", "required"]
    followed_by: Word
    choice: Literal["all", "any"]
    listed_by: Literal["page", "clinical_trials"]
    qualifier: QualifierShape | None
    purpose: str | None
    phase: Annotated[
        str, Field(description="the phase of this option, where it is not the file's")
    ] = ""


class OptionsShape(CitedShape):
    """What the page lists for a status in one phase of treatment."""

    status: str
    phase: str
    options: list[OptionShape]


class GuidanceShape(CitedShape):
    """What the page says of a thing, and of which statuses, facts or outcomes; with `sites`, it is
    told with a decision on disease found there.
    """

    id: str
    title: str
    statuses: list[str] = []
    facts: list[str] = []
    outcomes: list[str] = []
    sites: list[Site] = []


class TestShape(GuidanceShape):
    """A test that the page names, and what it answers."""

    stage: Literal["diagnosis", "spread", "tissue"]
    answers: str
    informs: list[str] = []


class AgentShape(GuidanceShape):
    """A medicine that the page names, by all its names."""

    name: str
    aliases: list[str] = []
    categories: list[Word]


class PhaseShape(GuidanceShape):
    """A phase of treatment, by all its names."""

    given_in: list[str] = []
    also_called: list[str] = []


class GuidanceFileShape(Shape):
    """guidance.yaml: what the page says besides its definitions and options."""

    agents: list[AgentShape]
    tests: list[TestShape]
    phases: list[PhaseShape]
    signs_and_symptoms: list[GuidanceShape]
    risk_factors: list[GuidanceShape]
    prognostic_factors: list[GuidanceShape]
    clinical_trials: list[GuidanceShape]
    side_effects: list[GuidanceShape]
    follow_up: list[GuidanceShape]
    second_opinion: list[GuidanceShape]
    treatment_types: list[GuidanceShape]
    general: list[GuidanceShape]
    about: list[GuidanceShape]


HistoriesFile = RootModel[list[HistoryShape]]
Side = Literal["below", "above"]


class PromiseShape(CitedShape):
    """What must hold while one percentage changes and every other fact stays as it is."""

    rising_keeps: list[str] = []
    falling_keeps: list[str] = []
    limit_belongs: dict[str, Side] = Field(default_factory=dict)
    because: str


PromisesFile = RootModel[dict[str, PromiseShape]]


class MappedSentenceShape(Shape):
    """A sentence of the page; `informational` names one of the reasons when no rule cites it."""

    sentence: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{64}$", description="the sentence's SHA-256 in 64 hexadecimal digits"
        ),
    ]
    sketch: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{32}$", description="the sentence's sketch in 32 hexadecimal digits"
        ),
    ]
    informational: str | None = None


class MappedSectionShape(Shape):
    """A section of the page, with its sentences in their order."""

    section: str
    sentences: list[MappedSentenceShape]


class CoverageShape(Shape):
    """The page as the rules last saw it, and why a sentence that no rule cites only informs."""

    reasons: dict[str, str]
    page: list[MappedSectionShape]


FactsFile = RootModel[dict[str, FactShape]]
ThresholdsFile = RootModel[dict[str, ThresholdShape]]
CriteriaFile = RootModel[dict[str, CriterionShape]]
ConstraintsFile = RootModel[dict[str, ConstraintShape]]
RegionsFile = RootModel[dict[str, RegionShape]]

SHAPES: dict[str, type[BaseModel]] = {
    "ruleset": RulesetShape,
    "facts": FactsFile,
    "thresholds": ThresholdsFile,
    "criteria": CriteriaFile,
    "constraints": ConstraintsFile,
    "regions": RegionsFile,
    "status": StatusShape,
    "options": OptionsShape,
    "guidance": GuidanceFileShape,
    "promises": PromisesFile,
    "coverage": CoverageShape,
    "texts": TextsShape,
    "histories": HistoriesFile,
    "overlay": OverlayShape,
    "overlay_facts": OverlayFactsFile,
    "overlay_thresholds": OverlayThresholdsFile,
    "overlay_criteria": OverlayCriteriaFile,
    "overlay_agent": AgentUseShape,
    "comparisons": ComparisonsFile,
}
