"""CDS Hooks 2.0: discovery, the services' calls, and feedback."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from allstatus.decision.decision import Decision
from allstatus.ehr.fhir.fhir_standing import may_modify
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json
from allstatus.service.accept import ACCEPTED, answer_kind
from allstatus.service.auditing.store import StoreError
from allstatus.service.direct_route import DirectRoute
from allstatus.service.explanation_pages import made_by
from allstatus.service.hooks.cards import Occasion, status_cards
from allstatus.service.hooks.cds_types import Card, CdsServices
from allstatus.service.hooks.draft_orders import drafts, read_orders
from allstatus.service.hooks.feedback import read_feedback
from allstatus.service.hooks.hook_requests import (
    SERVICES,
    Call,
    discovery,
    filled_json,
    hook_of,
    read_call,
)
from allstatus.service.hooks.order_cards import order_cards
from allstatus.service.openapi_bodies import CARDS_SCHEMA, FEEDBACK_BODY, HOOK_BODY, name_of
from allstatus.service.prefetch import PrefetchedChart
from allstatus.service.problem_details import ProblemDetails, documented
from allstatus.service.state import Means, ServiceState, desk_of, unrecorded

ServiceId = Annotated[str, Path(json_schema_extra={"enum": list(SERVICES)})]
KIND: dict[str, Any] = {"prefix": "/cds-services", "tags": ["CDS Hooks"]}
router = APIRouter(**KIND, generate_unique_id_function=name_of)
posts = APIRouter(**KIND, generate_unique_id_function=name_of, route_class=DirectRoute)


@router.get("", dependencies=ACCEPTED, responses=documented(406))
async def list_services(request: Request) -> CdsServices:
    """The services there are, with the data to prefetch for them."""
    desk = desk_of(request)
    return discovery(desk.default.ruleset, desk.fhir.asked)


@posts.post(
    "/{service}",
    response_class=JSONResponse,
    openapi_extra=HOOK_BODY,
    responses={
        200: CARDS_SCHEMA,
        **documented(400, 401, 404, 406, 408, 412, 413, 415, 422, 429, 503, hooks=True),
    },
)
async def call_service(service: ServiceId, request: Request) -> Response:
    """Cards for a patient being viewed, or for orders being selected or signed; no card when there
    is nothing to say.
    """
    desk = desk_of(request)
    by = desk.means
    hook_of(service)
    answer_kind(request)
    check_media(request)
    data = await request.body()
    body = await desk.work(len(data), lambda: parse_json(data))
    made = read_call(service, body)
    request.state.caller = request.state.caller._replace(
        user=made.context["userId"], hook=body["hookInstance"]
    )
    orders, unmodified = drafts(made.context), not may_modify(data)
    found = await desk.fhir.complete(body, made.patient, orders, unmodified=unmodified)
    decision = await desk.work(len(data), lambda: _decide(by, found))
    cards = await _cards(desk, request, service, made, decision, data, found, by)
    request.state.cards = len(cards)
    return Response(b'{"cards":%b}' % filled_json(cards), media_type="application/json")


@posts.post(
    "/{service}/feedback",
    response_class=Response,
    openapi_extra=FEEDBACK_BODY,
    responses={
        200: {"description": "Stored, now or before", "content": {}},
        **documented(400, 401, 404, 408, 413, 415, 422, 429, 503, hooks=True),
    },
)
async def give_feedback(service: ServiceId, request: Request) -> Response:
    """What a clinician made of a card; sending it again changes nothing."""
    desk = desk_of(request)
    hook_of(service)
    check_media(request)
    data = await request.body()
    most = desk.config.limits.records
    given = await desk.work(len(data), lambda: read_feedback(parse_json(data), most))
    try:
        await desk.audit.keep_feedback(service, given)
    except StoreError:
        raise unrecorded("The feedback cannot be stored.") from None
    return Response(status_code=200)


router.routes += posts.routes


def check_media(request: Request) -> None:
    """Refuse what says it is no JSON, which a page of another site could send unasked."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media and media != "application/json" and not media.endswith("+json"):
        raise ProblemDetails(
            415, "unsupported-media-type", "The content type must be application/json."
        )


def _decide(by: Means, found: PrefetchedChart) -> Decision:
    return decide_chart(by.rules, found.chart(), options=by.reader)


def _said(
    by: Means, made: Call, decision: Decision, occasion: Occasion, found: PrefetchedChart
) -> list[Card]:
    if made.hook == "patient-view":
        return status_cards(decision, occasion)
    orders = read_orders(made.context, made.hook, found, by.reader.tables)
    return order_cards(decision, occasion, orders, by.reader.tables)


async def _cards(
    desk: ServiceState,
    request: Request,
    service: str,
    made: Call,
    decision: Decision,
    data: bytes,
    found: PrefetchedChart,
    by: Means,
) -> list[Card]:
    """The cards of a decision, once it is in the audit and its page is kept."""
    name, decision_id = desk.pages.new_name(), str(uuid4())
    link = f"{desk.base(request)}/decisions/{name}"
    occasion = Occasion(decision_id, made.patient, link, found.others)
    cards = await desk.work(len(data), lambda: _said(by, made, decision, occasion, found))
    sealed = made_by(by.rules, adult_ranges=by.reader.adult_ranges, site=by.reader.codes)
    page = [desk.pages.keep(name, decision, sealed, decision_id)] if cards else []
    await desk.record(request, service, [(decision, data)], [decision_id], beside=page)
    return cards
