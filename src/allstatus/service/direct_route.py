"""Routes whose functions take their path's parameters and the request, and return the response."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send


class DirectRoute(APIRoute):
    """A route that FastAPI finds and documents; its function is called without working out each
    time what it depends on, for it depends on nothing else. What it raises is answered as
    everywhere.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Coroutine[Any, Any, Response]], **given: Any
    ) -> None:
        super().__init__(path, endpoint, **given)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive, send)
            response = await endpoint(request=request, **request.path_params)
            await response(scope, receive, send)

        self.app = answer
