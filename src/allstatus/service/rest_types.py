"""This service's own answers as types, of which the OpenAPI document is made."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from allstatus.decision.entries import FactValue, PossibleRegion, RegionFound
from allstatus.why.counterfactuals import AnswerAway


class SourcePage(TypedDict):
    """The page a rule set was read from."""

    title: str
    url: str
    last_reviewed: str


class LoadedRules(TypedDict):
    """A rule set that is loaded; digests are SHA-256."""

    id: str
    version: str
    title: str
    digest: str
    table_digest: str
    effective_from: str
    source: SourcePage
    engine: str
    notice: str


class RulesNamed(TypedDict):
    """A rule set by its version and digest."""

    id: str
    version: str
    digest: str


class About(TypedDict):
    """Intended use and source attributes of a decision support intervention."""

    name: str
    version: str
    intended_use: str
    intended_users: str
    intended_population: str
    not_intended_for: list[str]
    known_limits: list[str]
    inputs: list[str]
    attributes: dict[str, str | list[str]]
    ruleset: RulesNamed
    notice: str


class Health(TypedDict):
    """The process answers."""

    status: Literal["ok"]
    version: str


class Readiness(TypedDict):
    """Decisions can be made and recorded; `troubles` is what else is wrong."""

    status: Literal["ready"]
    troubles: NotRequired[list[str]]


class AssumingPoint(TypedDict):
    """An assessment as it would read under the named assumption on signs and symptoms."""

    outcome: str
    status: str | None
    remission_number: int | None
    changed: bool
    possible: list[str]


class TimelineAssuming(TypedDict):
    """The decision as it would stand under the assumption of this name."""

    assumption: str
    now: AssumingPoint


class TimelinePoint(TypedDict):
    """An assessment: what was decided on a day and by which facts."""

    date: str | None
    outcome: str
    status: str | None
    remission_number: int | None
    changed: bool
    cannot_tell: bool
    possible: list[str]
    missing: list[str]
    reasons: list[list[str]]
    regions: list[RegionFound]
    possible_regions: list[PossibleRegion]
    one_answer_away: list[AnswerAway]
    conflicts: list[dict[str, Any]]
    facts: dict[str, FactValue]
    warnings: list[str]
    assuming: AssumingPoint | None


class TimelineTreatment(TypedDict):
    """A treatment of the timeline, with its evidence beside these two."""

    date: str
    what: str


class TimelineDocument(TypedDict):
    """Every assessment in date order, treatments, and the decision as it stands (`now`)."""

    id: str | int | None
    points: list[TimelinePoint]
    treatments: list[TimelineTreatment]
    now: dict[str, Any] | None
    assuming: TimelineAssuming | None


class ProblemDocument(TypedDict):
    """A refusal (RFC 9457): what, where, what to do, and no value of a patient."""

    type: str
    title: str
    status: int
    detail: str
    field: NotRequired[str]
    remedy: NotRequired[str]


class OutcomeIssue(TypedDict):
    """One issue of a refusal in FHIR's words."""

    severity: Literal["error"]
    code: str
    details: dict[str, Any]
    diagnostics: str
    expression: NotRequired[list[str]]


class OperationOutcome(TypedDict):
    """A refusal in FHIR's words."""

    resourceType: Literal["OperationOutcome"]
    issue: list[OutcomeIssue]
