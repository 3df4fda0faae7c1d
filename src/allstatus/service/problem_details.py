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
from allstatus.service.rest_types import OperationOutcome, OutcomeIssue, ProblemDocument

MEDIA_TYPE = "application/problem+json"
FHIR = "application/fhir+json"
HOOKS = "/cds-services/"
ISSUE_TYPES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    412: "incomplete",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    429: "throttled",
    503: "transient",
}
ADDRESS = "urn:allstatus:problem:"


def nothing_here() -> ProblemDetails:
    """What is said of an address where there is nothing."""
    return ProblemDetails(404, "not-found", "There is nothing here.")


class ProblemDetails(Exception):
    """A request that is refused: `kind` names the problem in its `type`; `reason` is what the audit
    is told, in words that hold nothing of what was sent.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        reason: str = "",
        field: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(kind)
        self.status, self.kind, self.detail = status, kind, detail
        self.headers, self.reason = headers, reason or kind
        self.field, self.remedy = field, remedy

    def to_dict(self) -> ProblemDocument:
        """The problem's members."""
        told: ProblemDocument = {
            "type": ADDRESS + self.kind,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.field:
            told["field"] = self.field
        if self.remedy:
            told["remedy"] = self.remedy
        return told

    def to_outcome(self) -> OperationOutcome:
        """The problem as a FHIR OperationOutcome, which CDS Hooks 3.0 asks for."""
        issue: OutcomeIssue = {
            "severity": "error",
            "code": ISSUE_TYPES.get(self.status, "processing"),
            "details": {"coding": [{"system": ADDRESS.rstrip(":"), "code": self.kind}]},
            "diagnostics": f"{self.detail}{f' To do: {self.remedy}.' if self.remedy else ''}",
        }
        if self.field:
            issue["expression"] = [self.field]
        return {"resourceType": "OperationOutcome", "issue": [issue]}

    def response(self, path: str = "") -> JSONResponse:
        """The problem as an answer, on the CDS Hooks endpoints as an OperationOutcome."""
        headers = dict(self.headers or {})
        if path.startswith(HOOKS):
            return JSONResponse(self.to_outcome(), self.status, headers, FHIR)
        return JSONResponse(self.to_dict(), self.status, headers, MEDIA_TYPE)


def too_many(most: int) -> ProblemDetails:
    """What is said of more at once than is taken."""
    return ProblemDetails(413, "too-many", f"There are more than {most} at once.")


def refusal(error: InvalidRecord) -> ProblemDetails:
    """What is said of an input that is no record and no chart."""
    return ProblemDetails(
        422, "invalid-input", error.problem, field=error.field, remedy=error.remedy
    )


def documented(*statuses: int, hooks: bool = False) -> dict[int | str, dict[str, Any]]:
    """Refusals for the OpenAPI document, of CDS Hooks endpoints or of the others."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    if hooks:
        content = {FHIR: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}}
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
    request.state.problem, request.state.reason = problem.kind, problem.reason
    return problem.response(request.scope["path"])


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
