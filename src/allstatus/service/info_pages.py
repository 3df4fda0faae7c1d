"""What the service says of itself: a home page, its rules, its attributes, its health; and
decisions by their links.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any
from weakref import WeakKeyDictionary

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

import allstatus
from allstatus.decision.classifier import Classifier
from allstatus.render.messages import refusal_texts
from allstatus.service.accept import ACCEPTED, answer_kind
from allstatus.service.auditing.store import StoreError
from allstatus.service.explanation_pages import explanation_page, unpack
from allstatus.service.hooks.source_attributes import attributes
from allstatus.service.languages import language_headers
from allstatus.service.metrics import MEDIA_TYPE
from allstatus.service.openapi_bodies import name_of
from allstatus.service.problem_details import MEDIA_TYPE as PROBLEM
from allstatus.service.problem_details import ProblemDetails, documented, nothing_here
from allstatus.service.rest import RestLevel
from allstatus.service.rest_types import About, Health, LoadedRules, Readiness
from allstatus.service.state import desk_of

router = APIRouter(tags=["About"], generate_unique_id_function=name_of)
FOLDER = Path(__file__).parent
POLICY_HEADER, NO_FRAME = "Content-Security-Policy", "frame-ancestors 'none'"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
OWN_POLICY = {POLICY_HEADER: f"{POLICY}; {NO_FRAME}"}
FILES = {"home.css": "text/css", "home.js": "text/javascript"}
_TRAINERS: WeakKeyDictionary[Classifier, str] = WeakKeyDictionary()


@router.get("/", response_class=HTMLResponse, dependencies=ACCEPTED, include_in_schema=False)
async def home(request: Request) -> HTMLResponse:
    """A page to see what this is and to try a record."""
    from allstatus.service.home import home_page

    desk = desk_of(request)
    classifier = desk.languages.preferred(desk.default, request)
    loaded = [desk.languages.preferred(one, request) for one in desk.classifiers.values()]
    page = home_page(classifier.ruleset, loaded, open_to_all=desk.config.insecure_dev)
    return HTMLResponse(page, headers={**OWN_POLICY, **language_headers(classifier)})


@router.get(
    "/trainer.html", response_class=HTMLResponse, dependencies=ACCEPTED, include_in_schema=False
)
async def trainer(request: Request) -> HTMLResponse:
    """The teaching page for the default rules; its policy stands in the page."""
    desk = desk_of(request)
    classifier = desk.languages.preferred(desk.default, request)
    page = await anyio.to_thread.run_sync(_trainer, classifier)
    return _with_own_policy(page, language_headers(classifier))


def _trainer(classifier: Classifier) -> str:
    """The page, made once for as long as its rules are loaded."""
    from allstatus.teach.teaching_page import make_page

    if classifier not in _TRAINERS:
        _TRAINERS[classifier] = make_page(classifier)
    return _TRAINERS[classifier]


def _fixed(media_type: str) -> dict[str, Any]:
    """A route of files of one kind, none of which the OpenAPI document names."""
    responses: dict[int, Any] = {200: {"content": {media_type: {}}}}
    return {"responses": responses, "dependencies": ACCEPTED, "include_in_schema": False}


@router.get("/{name}.css", **_fixed("text/css"))
async def style(name: str) -> Response:
    """A style sheet of these pages; 404 for any other name."""
    return _file(f"{name}.css")


@router.get("/{name}.js", **_fixed("text/javascript"))
async def script(name: str) -> Response:
    """A script of these pages; 404 for any other name."""
    return _file(f"{name}.js")


@router.get("/openapi.json", **_fixed("application/json"))
async def document(request: Request) -> Response:
    """The OpenAPI document of this service."""
    return JSONResponse(request.app.openapi())


def _file(name: str) -> Response:
    if name not in FILES:
        raise nothing_here()
    return Response((FOLDER / name).read_bytes(), media_type=FILES[name])


@router.get(
    "/decisions/{name}",
    response_class=HTMLResponse,
    dependencies=ACCEPTED,
    responses=documented(404, 406, 410, 422, 503),
)
async def explain_decision(
    name: str, request: Request, level: Annotated[RestLevel, Query()] = RestLevel.clinician
) -> HTMLResponse:
    """The explanation of a decision, by the link on its card; kept for a limited time."""
    try:
        return await _explained(name, request, level)
    except ProblemDetails as problem:
        if answer_kind(request, [PROBLEM, "text/html"]) == PROBLEM:
            raise
        request.state.problem, request.state.reason = problem.kind, problem.reason
        return _shown_instead(request, problem)


def _shown_instead(request: Request, problem: ProblemDetails) -> HTMLResponse:
    """A page for who reads it in a browser, in their language."""
    from allstatus.service.home import refused_page

    desk = desk_of(request)
    classifier = desk.languages.preferred(desk.default, request)
    page = refused_page(classifier.ruleset, problem.status)
    headers = {**(problem.headers or {}), **OWN_POLICY, **language_headers(classifier)}
    return HTMLResponse(page, problem.status, headers)


async def _explained(name: str, request: Request, level: RestLevel) -> HTMLResponse:
    desk = desk_of(request)
    try:
        kept = await anyio.to_thread.run_sync(desk.pages.find, name)
    except StoreError:
        detail = "Page not readable."
        raise ProblemDetails(
            503, "page-unavailable", detail, headers={"Retry-After": "5"}
        ) from None
    if kept is None:
        raise ProblemDetails(404, "no-such-page", "This link is not known, or no longer.")
    classifier = desk.maker(kept.get("made_by"))
    if classifier is None:
        detail = refusal_texts(desk.default.ruleset)["410"]
        raise ProblemDetails(410, "decided-otherwise", detail)
    spoken = desk.languages.preferred(classifier, request)
    page = explanation_page(unpack(kept, spoken), level.value)
    await desk.note_reading(request, kept.get("decision_id", ""))
    return _with_own_policy(page, {"X-Robots-Tag": "noindex", **language_headers(spoken)})


def _with_own_policy(page: str, headers: Mapping[str, str] = MappingProxyType({})) -> HTMLResponse:
    """A page with the policy that stands in it as a header too, and framed by nobody."""
    found = page.partition(f'http-equiv="{POLICY_HEADER}" content="')[2].partition('"')[0]
    policy = f"{unescape(found)}; {NO_FRAME}" if found else NO_FRAME
    return HTMLResponse(page, headers={**headers, POLICY_HEADER: policy})


@router.get("/rules", dependencies=ACCEPTED, responses=documented(406))
async def list_rules(request: Request) -> list[LoadedRules]:
    """The rule sets loaded, with digests, source and notice."""
    return [
        {
            "id": c.ruleset.id,
            "version": c.ruleset.version,
            "title": c.ruleset.title,
            "digest": c.ruleset.digest,
            "table_digest": c.table.digest,
            "effective_from": c.ruleset.effective_from,
            "source": c.ruleset.source,
            "engine": c.table.engine,
            "notice": c.ruleset.notice,
        }
        for c in desk_of(request).classifiers.values()
    ]


@router.get("/about", dependencies=ACCEPTED, responses=documented(406))
async def describe(request: Request) -> About:
    """Intended use, and the source attributes of this decision support intervention."""
    return attributes(desk_of(request).default.ruleset)


@router.get("/healthz")
async def health() -> Health:
    """Whether the process answers."""
    return {"status": "ok", "version": allstatus.__version__}


@router.get(
    "/metrics",
    response_class=Response,
    dependencies=ACCEPTED,
    responses={
        200: {
            "description": "Counts and ages, as Prometheus reads them",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
async def metrics(request: Request) -> Response:
    """What the service counts of itself: routes, outcomes, times and ages; of no patient."""
    desk = desk_of(request)
    text = await anyio.to_thread.run_sync(desk.metrics.text, desk)
    return Response(text, media_type=MEDIA_TYPE)


@router.get("/readyz", response_model_exclude_unset=True, responses=documented(503))
async def readiness(request: Request) -> Readiness:
    """Whether decisions can be made and recorded."""
    problem, troubles = await anyio.to_thread.run_sync(desk_of(request).ready)
    if problem:
        detail = f"{problem[0].upper()}{problem[1:]}."
        raise ProblemDetails(503, "not-ready", detail, headers={"Retry-After": "5"})
    return {"status": "ready", "troubles": troubles} if troubles else {"status": "ready"}
