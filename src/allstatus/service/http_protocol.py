"""HTTP as uvicorn speaks it by h11, but for what it answers to what is no HTTP request."""

from __future__ import annotations

from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from allstatus.service.middleware import SAFE_HEADERS
from allstatus.service.problem_details import ProblemDetails

ANSWERABLE = (h11.IDLE, h11.SEND_RESPONSE)  # nothing of an answer was sent


class HttpProtocol(H11Protocol):
    """What is no HTTP request is refused as everything is: a problem, with what all answers
    bear.
    """

    def send_400_response(self, msg: str) -> None:
        """Refuse, unless an answer is under way, and end the connection."""
        if self.conn.our_state in ANSWERABLE:
            close: dict[str, str] = {"Connection": "close", **SAFE_HEADERS}
            refused = ProblemDetails(400, "no-http-request", msg, headers=close).response()
            head: list[Any] = refused.raw_headers
            for event in (
                h11.Response(status_code=400, headers=head, reason=b"Bad Request"),
                h11.Data(data=bytes(refused.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
