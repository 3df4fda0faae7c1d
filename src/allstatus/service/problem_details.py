"""Refusals as problem details (RFC 9457): what, where, what to do, and never a patient's value."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from allstatus.errors import InvalidRecord

MEDIA_TYPE = "application/problem+json"
ADDRESS = "urn:allstatus:problem:"
SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "remedy": {"type": "string"},
    },
}


class ProblemDetails(Exception):
    """A request that is refused: `kind` names the problem in its `type`; `more` are further
    members.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: str,
    ) -> None:
        super().__init__(kind)
        self.status, self.kind, self.detail, self.headers, self.more = (
            status,
            kind,
            detail,
            headers,
            more,
        )

    def to_dict(self) -> dict[str, Any]:
        """The problem's members."""
        title = HTTPStatus(self.status).phrase
        return {
            "type": ADDRESS + self.kind,
            "title": title,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }

    def response(self) -> JSONResponse:
        """The problem as an answer."""
        return JSONResponse(self.to_dict(), self.status, dict(self.headers or {}), MEDIA_TYPE)


def refusal(error: InvalidRecord) -> ProblemDetails:
    """What is said of an input that is no record and no chart."""
    return ProblemDetails(
        422, "invalid-input", error.problem, field=error.field, remedy=error.remedy
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Refusals for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def add_handlers(app: FastAPI) -> None:
    """Answer every refusal as a problem."""
    app.add_exception_handler(ProblemDetails, _answer)
    app.add_exception_handler(InvalidRecord, _answer)
    app.add_exception_handler(HTTPException, _answer)
    app.add_exception_handler(RequestValidationError, _answer)


async def _answer(request: Request, error: Exception) -> JSONResponse:
    problem = _problem(error)
    request.state.problem = problem.kind
    return problem.response()


def _problem(error: Exception) -> ProblemDetails:
    if isinstance(error, ProblemDetails):
        return error
    if isinstance(error, InvalidRecord):
        return refusal(error)
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        return ProblemDetails(
            error.status_code, phrase.lower().replace(" ", "-"), f"{phrase}.", headers=error.headers
        )
    assert isinstance(error, RequestValidationError)
    place = error.errors()[0]["loc"]
    return ProblemDetails(
        422,
        "invalid-parameter",
        "a parameter has a value it cannot take",
        field=".".join(str(part) for part in place[:2]),
    )
