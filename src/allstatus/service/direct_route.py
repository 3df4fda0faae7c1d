"""Routes of calls: the token is looked at before anything else of them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from allstatus.service.state import desk_of

Answer = Callable[..., Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """A route of calls, each let in by its token; whatever else is wrong with it is said
    afterwards, and is in the audit as that caller's.
    """

    def get_route_handler(self) -> Answer:
        """What answers a request, as FastAPI makes it, behind the token."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await desk_of(request).admit(request)
            return await handle(request)

        return guarded


class DirectRoute(GuardedRoute):
    """A route of calls that FastAPI finds and documents; its function takes the path's parameters
    and the request and returns the response. It is called without working out each time what it
    depends on, for it depends on nothing else. What it raises is answered as everywhere.
    """

    def __init__(self, path: str, endpoint: Answer, **given: Any) -> None:
        super().__init__(path, endpoint, **given)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive, send)
            await desk_of(request).admit(request)
            response = await endpoint(request=request, **request.path_params)
            await response(scope, receive, send)

        self.app = answer
