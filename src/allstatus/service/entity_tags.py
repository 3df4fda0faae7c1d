"""ETags on what stays the same until rules or settings are read again (RFC 9110, section 8.8.3)."""

from __future__ import annotations

from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIXED = frozenset(
    {
        "/",
        "/about",
        "/cds-services",
        "/home.css",
        "/home.js",
        "/openapi.json",
        "/rules",
        "/trainer.html",
    }
)


class EntityTags:
    """Answers 304 where a caller has already what would be sent. These answers may be kept, and
    must be asked about each time; nothing in them is of a patient.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in FIXED:
            await self.app(scope, receive, send)
            return
        sent: list[Message] = []

        async def gather(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, gather)
        start, *parts = sent
        if start["status"] == 200:
            body = b"".join(part.get("body", b"") for part in parts)
            tag = f'"{sha256(body).hexdigest()[:32]}"'
            headers = MutableHeaders(raw=start["headers"])
            headers["ETag"], headers["Cache-Control"] = tag, "no-cache"
            if _has(Headers(scope=scope), tag):
                del headers["content-length"]
                start["status"], parts = 304, [{"type": "http.response.body"}]
        for message in (start, *parts):
            await send(message)


def _has(headers: Headers, tag: str) -> bool:
    listed = ",".join(headers.getlist("if-none-match")).split(",")
    known = {each.strip().removeprefix("W/") for each in listed}
    return tag in known or "*" in known
