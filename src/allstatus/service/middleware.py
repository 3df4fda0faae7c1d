"""What every request passes first: limits of number, size and time, one log line, and no trace of
what went wrong inside.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allstatus.service.config import Limits
from allstatus.service.logs import LOGGER, about_error
from allstatus.service.problem_details import ProblemDetails

SAFE_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Middleware:
    """Reads each body itself, whole and in time, before the application sees the request."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits, self.running = app, limits, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = _Request(scope, send)
        self.running += 1
        try:
            await self._pass(visit, receive)
        finally:
            self.running -= 1
            visit.log()

    async def _pass(self, visit: _Request, receive: Receive) -> None:
        try:
            if self.running > self.limits.requests:
                raise ProblemDetails(
                    503, "busy", "Too many requests at once.", headers={"Retry-After": "1"}
                )
            body = await self._body(visit.scope, receive)
            async with asyncio.timeout(self.limits.request_seconds):
                await self.app(visit.scope, _again(body, receive), visit.send)
        except _Gone:
            visit.problem = "client-gone"
        except ProblemDetails as problem:
            await visit.refuse(problem)
        except TimeoutError:
            await visit.refuse(
                ProblemDetails(
                    503,
                    "too-slow",
                    "It took longer than a request may take.",
                    headers={"Retry-After": "1"},
                )
            )
        except Exception as error:
            visit.error = about_error(error)
            await visit.refuse(
                ProblemDetails(
                    500, "internal", "Something went wrong inside. The log names the place."
                )
            )

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        too_large = ProblemDetails(
            413, "too-large", f"The body is larger than {self.limits.body_bytes} bytes."
        )
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self.limits.body_bytes:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Gone
                    body += message.get("body", b"")
                    if len(body) > self.limits.body_bytes:
                        raise too_large
                    more = message.get("more_body", False)
        except TimeoutError:
            raise ProblemDetails(
                408,
                "body-too-slow",
                "The body did not arrive in time.",
                headers={"Connection": "close"},
            ) from None
        return bytes(body)


class _Gone(Exception):
    """The client left before its request was whole."""


class _Request:
    """One request on its way: what is answered, and what is logged of it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self._send = scope, send
        self.began = time.perf_counter()
        self.id = uuid4().hex
        self.status = 0
        self.problem = ""
        self.error: dict[str, Any] = {}
        scope.setdefault("state", {})

    async def send(self, message: Message) -> None:
        """Answer, with the headers every answer bears."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            named = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(h for h in SAFE_HEADERS if h[0] not in named),
                (b"x-request-id", self.id.encode()),
            ]
        await self._send(message)

    async def refuse(self, problem: ProblemDetails) -> None:
        """Answer with a problem, unless an answer is under way."""
        self.problem = problem.kind
        if not self.status:
            await problem.response()(self.scope, _nothing, self.send)

    def log(self) -> None:
        """One line: the route by its name, never the address asked for."""
        state, route = self.scope["state"], self.scope.get("route")
        fields = {
            "request": self.id,
            "method": self.scope["method"] if self.scope["method"] in METHODS else "other",
            "route": getattr(route, "path", "none"),
            "status": self.status,
            "milliseconds": round((time.perf_counter() - self.began) * 1000, 1),
            **self.error,
        }
        fields.update(
            {
                name: state[name]
                for name in ("problem", "decisions", "outcomes", "cards")
                if name in state
            }
        )
        if self.problem:
            fields["problem"] = self.problem
        LOGGER.log(logging.ERROR if self.error else logging.INFO, "request", extra=fields)


METHODS = ("GET", "POST", "OPTIONS", "HEAD", "PUT", "PATCH", "DELETE")


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read, once, and then whatever follows it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
