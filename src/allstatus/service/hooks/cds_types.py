"""CDS Hooks 2.0 as types: what is called, answered and given back. The code is checked against
them, and the OpenAPI document is made of them.

Source: https://cds-hooks.hl7.org/2.0/, sections Discovery, Calling a CDS Service, CDS Service
Response and Feedback.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from pydantic import Field
from typing_extensions import TypedDict

Filled: TypeAlias = Annotated[str, Field(min_length=1)]
Uuid: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Moment: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Url: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "uri"})]
FhirId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
Hook: TypeAlias = Literal["patient-view", "order-select", "order-sign"]
Indicator: TypeAlias = Literal["info", "warning", "critical"]


class CdsService(TypedDict):
    """A service as discovery lists it; `prefetch` holds search templates by key."""

    hook: Hook
    id: str
    title: str
    description: str
    prefetch: dict[str, str]
    usageRequirements: str


class CdsServices(TypedDict):
    """The services there are."""

    services: list[CdsService]


class CallContext(TypedDict):
    """Whom a call is about and who asks; at order hooks the orders, and at order-select those
    selected.
    """

    userId: Filled
    patientId: FhirId
    selections: NotRequired[list[str]]
    draftOrders: NotRequired[dict[str, Any]]


class FhirAuthorization(TypedDict):
    """The token to read from `fhirServer` with; it is used for that and kept nowhere. Whatever else
    stands beside these is not looked at.
    """

    access_token: Filled
    token_type: str
    patient: NotRequired[str | None]


class CdsCall(TypedDict):
    """A call. Each value of `prefetch` is a resource, a searchset or null."""

    hook: Hook
    hookInstance: Filled
    context: CallContext
    prefetch: NotRequired[dict[str, Any] | None]
    fhirServer: NotRequired[str | None]
    fhirAuthorization: NotRequired[FhirAuthorization | None]


class Coding(TypedDict):
    """A code of a system."""

    system: NotRequired[str]
    code: str
    display: NotRequired[str]


class CardSource(TypedDict):
    """Where a card's content comes from."""

    label: str
    url: Url
    topic: Coding


class CardLink(TypedDict):
    """A link of a card, to the explanation of its decision."""

    label: str
    url: Url
    type: Literal["absolute"]


class SuggestedAction(TypedDict):
    """What accepting a suggestion would do: create a resource."""

    type: Literal["create"]
    description: str
    resource: dict[str, Any]


class Suggestion(TypedDict):
    """Something to be accepted by the clinician, or not."""

    label: str
    uuid: Uuid
    actions: list[SuggestedAction]


class Card(TypedDict):
    """What is said of a decision; `detail` is Markdown."""

    uuid: Uuid
    summary: Annotated[str, Field(max_length=139)]
    indicator: Indicator
    detail: str
    source: CardSource
    overrideReasons: list[Coding]
    links: list[CardLink]
    suggestions: NotRequired[list[Suggestion]]
    selectionBehavior: NotRequired[Literal["at-most-one"]]


class CdsResponse(TypedDict):
    """The cards; none when there is nothing to say."""

    cards: list[Card]


class AcceptedSuggestion(TypedDict):
    """A suggestion that was accepted."""

    id: Uuid


class GivenReason(TypedDict):
    """Why a card was overridden; the comment is not kept."""

    reason: NotRequired[Coding]
    userComment: NotRequired[str]


class CardFeedback(TypedDict):
    """What a clinician made of a card."""

    card: Uuid
    outcome: Literal["accepted", "overridden"]
    acceptedSuggestions: NotRequired[list[AcceptedSuggestion]]
    overrideReason: NotRequired[GivenReason]
    outcomeTimestamp: Moment


class FeedbackCall(TypedDict):
    """What clinicians made of cards; sending it again changes nothing."""

    feedback: Annotated[list[CardFeedback], Field(min_length=1)]
