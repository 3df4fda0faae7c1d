"""What every request passes first: limits of number, size and time, one log line, and no trace of
what went wrong inside.

Written by hand, because uvicorn's own limit of connections counts health checks too and answers
without a problem document, and neither it nor Starlette limits a client, a body or a time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from re import fullmatch
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allstatus.service.config import LOCAL_ORIGIN, RequestLimits
from allstatus.service.logs import LOGGER, about_error
from allstatus.service.problem_details import ProblemDetails

if TYPE_CHECKING:
    from allstatus.service.state import ServiceState

SAFE_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
_SAFE = [(name.encode(), value.encode()) for name, value in SAFE_HEADERS.items()]
UNCOUNTED = ("/healthz", "/readyz", "/metrics")  # answered however many others wait
METHODS = ("GET", "POST", "OPTIONS", "HEAD", "PUT", "PATCH", "DELETE")
HEADER_BYTES = 65_536
SOON = {"Retry-After": "1"}
CLOSE = {"Connection": "close"}


class Policies:
    """What every answer bears, whichever part of the application made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bearing(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                lacking = (header for header in _SAFE if header[0] not in given)
                message["headers"] = [*message["headers"], *lacking]
            await send(message)

        await self.app(scope, receive, bearing)


class Middleware:
    """Counts requests, in all and of each client's address, and bounds their bodies and times; a
    body is read when the application asks for it, after the token.
    """

    def __init__(self, app: ASGIApp, desk: Callable[[], ServiceState]) -> None:
        self.app, self._desk = app, desk
        self.running: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = _Request(scope, send, self._desk)
        client = "" if scope["path"] in UNCOUNTED else (scope.get("client") or ("?",))[0]
        self.running[client] += 1
        try:
            await self._pass(visit, receive, client)
        finally:
            self.running[client] -= 1
            if not self.running[client]:
                del self.running[client]
            visit.log()

    async def _pass(self, visit: _Request, receive: Receive, client: str) -> None:
        config = self._desk().config
        limits = config.limits
        try:
            if config.insecure_dev:
                _check_host(visit.scope)
            self._check_number(client, limits)
            _check_head(visit.scope)
            async with asyncio.timeout(limits.request_seconds) as clock:
                body = _Body(visit.scope, receive, limits, clock)
                visit.asked = _as_get(visit.scope)
                await self.app(visit.asked, body, visit.send)
        except ClientDisconnect:
            visit.problem = "client-gone"
        except ProblemDetails as problem:
            await visit.refuse(problem)
        except TimeoutError:
            await visit.refuse(_late(on_its_way=body.is_awaited))
        except Exception as error:
            visit.error = about_error(error)
            detail = "Something went wrong inside. The log names the place."
            await visit.refuse(ProblemDetails(500, "internal", detail))

    def _check_number(self, client: str, limits: RequestLimits) -> None:
        if not client:
            return
        if self.running.total() - self.running[""] > limits.requests:
            raise ProblemDetails(503, "busy", "Too many requests at once.", headers=SOON)
        if self.running[client] > limits.client_requests:
            detail = "Too many requests of this client at once."
            raise ProblemDetails(429, "client-busy", detail, headers=SOON)


def _check_host(scope: Scope) -> None:
    """Refuse a name of another machine, as which a page in a browser could have this one taken."""
    if not any(
        fullmatch(LOCAL_ORIGIN, f"http://{host.decode('latin-1')}")
        for host in _values(scope, b"host")
    ):
        raise ProblemDetails(400, "unknown-host", "Unknown host name.")


def _check_head(scope: Scope) -> None:
    """Refuse headers that are too long, or whose body could end in two places (RFC 9112, section
    6.3).
    """
    if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES:
        raise ProblemDetails(431, "headers-too-large", "Headers too long.", headers=CLOSE)
    if _values(scope, b"content-length") and _values(scope, b"transfer-encoding"):
        raise ProblemDetails(400, "two-lengths", "Two lengths given.", headers=CLOSE)


def _check_body(scope: Scope, limits: RequestLimits) -> None:
    """Refuse by its headers a body that would be refused when it came."""
    lengths = _values(scope, b"content-length")
    if any(length.isdigit() and int(length[:20]) > limits.body_bytes for length in lengths):
        raise _too_large(limits)
    if set(_values(scope, b"content-encoding")) - {b"identity", b""}:
        raise ProblemDetails(
            415,
            "unsupported-content-encoding",
            "The body is compressed; send it as it is.",
            headers={"Accept-Encoding": "identity", **CLOSE},
        )


def _late(*, on_its_way: bool) -> ProblemDetails:
    """What took too long: the body on its way, or else the answer."""
    if on_its_way:
        detail = "The body did not arrive in time."
        return ProblemDetails(408, "body-too-slow", detail, headers=CLOSE)
    detail = "It took longer than a request may take."
    return ProblemDetails(503, "too-slow", detail, headers=SOON)


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value.strip().lower() for given, value in scope["headers"] if given == name]


def _too_large(limits: RequestLimits) -> ProblemDetails:
    detail = f"The body is larger than {limits.body_bytes} bytes."
    return ProblemDetails(413, "too-large", detail, headers=CLOSE)


def _as_get(scope: Scope) -> Scope:
    """HEAD is answered as GET is; the server leaves out the body."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


class _Body:
    """A body on its way, bounded in size and time: the clock of the request is the body's meanwhile
    and begins anew when it is there.
    """

    def __init__(
        self, scope: Scope, receive: Receive, limits: RequestLimits, clock: asyncio.Timeout
    ) -> None:
        self._scope, self._receive, self._limits, self._clock = scope, receive, limits, clock
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + limits.body_seconds
        self._size, self._whole, self.is_awaited = 0, False, False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        if not self._size:
            _check_body(self._scope, self._limits)
        self.is_awaited = True
        self._clock.reschedule(self._until)
        message = await self._receive()
        self.is_awaited = False
        self._clock.reschedule(self._loop.time() + self._limits.request_seconds)
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._size > self._limits.body_bytes:
            raise _too_large(self._limits)
        return message


class _Request:
    """One request on its way: what is answered, and what is logged of it."""

    def __init__(self, scope: Scope, send: Send, desk: Callable[[], ServiceState]) -> None:
        self.scope, self._send, self._desk = scope, send, desk
        self.asked = scope  # as the application is given it, which notes the route in it
        self.began = time.perf_counter()
        self.id = uuid4().hex
        self.status = 0
        self.problem = ""
        self.error: dict[str, Any] = {}
        scope.setdefault("state", {})

    async def send(self, message: Message) -> None:
        """Answer, with the id by which the log has it."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status >= 400:
                await self._desk().note_refusal(self.scope, self.id)
            message["headers"] = [*message["headers"], (b"x-request-id", self.id.encode())]
        await self._send(message)

    async def refuse(self, problem: ProblemDetails) -> None:
        """Answer with a problem, unless an answer is under way."""
        self.problem = problem.kind
        self.scope["state"]["reason"] = problem.reason
        if not self.status:
            await problem.response(self.scope["path"])(self.scope, _nothing, self.send)

    def log(self) -> None:
        """Count it, and one line: the route by its name, never the address asked for."""
        state, seconds = self.scope["state"], time.perf_counter() - self.began
        route = getattr(self.asked.get("route"), "path", "none")
        problem = self.problem or state.get("problem", "")
        self._desk().metrics.answered(route, self.status, problem, seconds)
        fields = {
            "request": self.id,
            "method": self.scope["method"] if self.scope["method"] in METHODS else "other",
            "route": route,
            "status": self.status,
            "milliseconds": round(seconds * 1000, 1),
            **self.error,
        }
        fields.update(
            {name: state[name] for name in ("decisions", "outcomes", "cards") if name in state}
        )
        if problem:
            fields["problem"] = problem
        LOGGER.log(logging.ERROR if self.error else logging.INFO, "request", extra=fields)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
