"""REST: decisions, explanations and timelines of records and charts, by the content type they come
in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic_core import to_json

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.out.bundle import bundle_json
from allstatus.ehr.timelines.record_history import decide_dated
from allstatus.ehr.timelines.side_by_side import decide_side_by_side
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.ehr.timelines.timeline_points import Timeline
from allstatus.ehr.timelines.timeline_text import timeline_document
from allstatus.errors import InvalidRecord
from allstatus.record.json_reader import chart_kind, decode, split_records
from allstatus.record.model import Day
from allstatus.service.accept import answer_kind
from allstatus.service.direct_route import GuardedRoute
from allstatus.service.explanation_pages import explanation_page
from allstatus.service.languages import language_headers
from allstatus.service.openapi_bodies import (
    DECISIONS_SCHEMA,
    EXPLANATION_SCHEMA,
    FHIR,
    HL7,
    INPUT_BODY,
    NDJSON,
    TIMELINE_SCHEMA,
    name_of,
)
from allstatus.service.problem_details import ProblemDetails, documented, refusal, too_many
from allstatus.service.state import ServiceState, desk_of

router = APIRouter(tags=["REST"], generate_unique_id_function=name_of, route_class=GuardedRoute)
KINDS = {
    "application/json": None,
    NDJSON: None,
    "application/ndjson": None,
    FHIR: "fhir",
    **dict.fromkeys(HL7, "hl7v2"),
}
REFUSALS = documented(401, 406, 408, 413, 415, 422, 429, 503)
RulesParameter = Annotated[
    str | None, Query(description="A loaded rule set's id, when not the first.", max_length=100)
]
AsOfParameter = Annotated[
    Day, Query(description="A chart as it stood on a day, using nothing later.")
]


class RestLevel(StrEnum):
    """Whom an explanation is for."""

    clinician = "clinician"
    student = "student"
    plain = "plain"


LevelParameter = Annotated[RestLevel, Query(description="Whom the explanation is for.")]
WidthParameter = Annotated[
    int, Query(description="Characters of a line at most, of text/plain.", ge=30, le=200)
]


@router.post(
    "/classify",
    response_class=Response,
    openapi_extra=INPUT_BODY,
    responses={200: DECISIONS_SCHEMA, **REFUSALS},
)
async def classify(
    request: Request, rules: RulesParameter = None, as_of: AsOfParameter = None
) -> Response:
    """Decide on one record or chart, or on many: as lines, or as an array of JSON."""
    wanted = answer_kind(request)
    desk, values, data = await _inputs(request)
    single = len(values) == 1 and values[0][0] is None
    wanted = wanted if single else answer_kind(request, [NDJSON])
    classifier = desk.rules(rules)
    reader = desk.reader  # of the beginning, whatever is reloaded meanwhile
    answers = await desk.work(
        len(data), lambda: [_decide(reader, classifier, value, as_of) for _, value in values]
    )
    ids = await desk.record(
        request, "classify", [(answer, data) for answer in answers if isinstance(answer, Decision)]
    )
    if single and wanted != NDJSON:
        return _single(wanted, answers[0], ids)
    lines = [
        a.to_json() if isinstance(a, Decision) else _problem_line(n, a)
        for (n, _), a in zip(values, answers, strict=True)
    ]
    return Response(b"\n".join(lines) + b"\n", media_type=NDJSON)


@router.post(
    "/explain",
    response_class=Response,
    openapi_extra=INPUT_BODY,
    responses={200: EXPLANATION_SCHEMA, **REFUSALS},
)
async def explain(
    request: Request,
    rules: RulesParameter = None,
    as_of: AsOfParameter = None,
    level: LevelParameter = RestLevel.clinician,
    width: WidthParameter = 80,
) -> Response:
    """Explain the decision on one record or chart, as a page or as text, in the language that
    `Accept-Language` prefers of those there are.
    """
    from allstatus.render.text import render_text

    wanted = answer_kind(request)
    desk, values, data = await _inputs(request)
    _one(values)
    classifier = desk.languages.preferred(desk.rules(rules), request)
    reader, (_, value) = desk.reader, values[0]
    decision = await desk.work(len(data), lambda: _decide(reader, classifier, value, as_of))
    if isinstance(decision, InvalidRecord):
        raise decision
    (name,) = await desk.record(request, "explain", [(decision, data)])
    headers = {"X-Decision-Id": name, **language_headers(classifier)}
    if wanted == "text/html":
        return HTMLResponse(explanation_page(decision, level.value), headers=headers)
    return PlainTextResponse(render_text(decision, level=level.value, width=width), headers=headers)


@router.post(
    "/timeline",
    response_class=Response,
    openapi_extra=INPUT_BODY,
    responses={200: TIMELINE_SCHEMA, **REFUSALS},
)
async def timeline(
    request: Request, rules: RulesParameter = None, as_of: AsOfParameter = None
) -> Response:
    """Status at each assessment of one patient's chart, or of one patient's dated records."""
    answer_kind(request)
    desk, values, data = await _inputs(request)
    classifier, reader = desk.rules(rules), desk.reader
    told = await desk.work(
        len(data), lambda: _tell(reader, classifier, [value for _, value in values], as_of)
    )
    decided = [point.decision for point in told.points]
    decided += [told.now] if told.now is not None and told.now not in decided else []
    await desk.record(request, "timeline", [(decision, data) for decision in decided])
    return Response(to_json(timeline_document(told)), media_type="application/json")


async def _inputs(request: Request) -> tuple[ServiceState, list[tuple[int | None, Any]], bytes]:
    """The desk, the charts and records of a body, and the body."""
    desk: ServiceState = desk_of(request)
    _check_parameters(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in KINDS:
        raise ProblemDetails(
            415, "unsupported-media-type", f"The content type must be one of {', '.join(KINDS)}."
        )
    data = await request.body()
    values = await desk.work(
        len(data), lambda: _read(data, KINDS[media], desk.config.limits.records)
    )
    return desk, values, data


def _check_parameters(request: Request) -> None:
    """Refuse what would be passed over: a parameter this route does not know, or given twice."""
    given = [name for name, _ in request.query_params.multi_items()]
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    twice = next((name for name in known if given.count(name) > 1), None)
    if twice or not known.issuperset(given):
        what = "is given twice" if twice else "holds an unknown parameter"
        raise ProblemDetails(
            422,
            "invalid-parameter",
            what,
            field=f"query.{twice}" if twice else "query",
            remedy=f"use {', '.join(sorted(known))} once each",
        )


def _read(data: bytes, kind: str | None, most: int) -> list[tuple[int | None, Any]]:
    text = decode(data, "input")
    kind = kind or chart_kind(text)
    found: Iterable[tuple[int | None, Any]] = (
        split_records(text) if kind is None else read_charts(text, kind)
    )
    values = [pair for number, pair in enumerate(found) if number <= most]
    if not values:
        raise InvalidRecord("input", "holds no record", "give at least one record or chart")
    if len(values) > most:
        raise too_many(most)
    return values


def _decide(
    reader: ChartOptions, classifier: Classifier, value: Any, as_of: date | None
) -> Decision | InvalidRecord:
    try:
        if isinstance(value, InvalidRecord):
            return value
        if not isinstance(value, Chart):
            return classifier.classify(value, adult_ranges=reader.adult_ranges)
        now = decide_chart(classifier, value, as_of=as_of, options=reader)
    except InvalidRecord as error:
        return error
    assert now is not None
    return now


def _tell(
    reader: ChartOptions, classifier: Classifier, values: list[Any], as_of: date | None
) -> Timeline:
    for value in values:
        if isinstance(value, InvalidRecord):
            raise value
    charts = [value for value in values if isinstance(value, Chart)]
    told = [decide_side_by_side(classifier, chart, as_of=as_of, options=reader) for chart in charts]
    told += decide_dated(
        classifier, [value for value in values if not isinstance(value, Chart)], as_of
    )
    if len(told) != 1:
        raise InvalidRecord(
            "input",
            "is not about one patient",
            "give the chart or the dated records of one patient",
        )
    return told[0]


def _one(values: list[tuple[int | None, Any]]) -> None:
    if len(values) != 1:
        raise InvalidRecord("input", "is not one record or chart", "give one")


def _single(wanted: str, answer: Decision | InvalidRecord, ids: Sequence[str]) -> Response:
    if isinstance(answer, InvalidRecord):
        raise answer
    body = bundle_json(answer) if wanted == FHIR else answer.to_json()
    return Response(body, media_type=wanted, headers={"X-Decision-Id": ids[0]})


def _problem_line(number: int | None, error: Any) -> bytes:
    return to_json({"problem": {**refusal(error).to_dict(), "record": number}})
