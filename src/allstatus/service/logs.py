"""Structured logs: one JSON object a line, with ids and counts only. Nothing a client sent is
written.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

LOGGER = logging.getLogger("allstatus.service")
FIELDS = (
    "request",
    "method",
    "route",
    "status",
    "milliseconds",
    "problem",
    "decisions",
    "outcomes",
    "cards",
    "error",
    "at",
)


OF_THE_SERVER = ("Uvicorn running on", "Started ", "Finished ")


class JsonLines(logging.Formatter):
    """Our own events with their fields; of others (the server, libraries) their constant text and
    the kind of error.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON: time, level, event and the fields allowed in a log, never a message's
        values.
        """
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _event(record),
            "logger": record.name,
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[1] is not None:
            line.update(about_error(record.exc_info[1]))
        return json.dumps(line)


def _event(record: logging.LogRecord) -> str:
    """A message without its values, but for the server's own about itself."""
    if record.name == "uvicorn.error" and str(record.msg).startswith(OF_THE_SERVER):
        return record.getMessage()
    return (
        str(record.msg).partition("\n")[0]
        if isinstance(record.msg, str)
        else type(record.msg).__name__
    )


def about_error(error: BaseException) -> dict[str, Any]:
    """An error's kind and where it arose; its text may hold what a client sent, so it is left
    out.
    """
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return {
        "error": type(error).__name__,
        "at": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames],
    }


def logging_settings(level: str = "INFO") -> dict[str, Any]:
    """For `logging.config`: everything to standard error as JSON lines; libraries that would log
    addresses are silent.
    """
    ours = {"handlers": ["lines"], "level": level, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines}},
        "handlers": {
            "lines": {
                "class": "logging.StreamHandler",
                "formatter": "lines",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {
            "allstatus": ours,
            "uvicorn": ours,
            "uvicorn.error": {"level": level},
            "asyncio": ours,
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "httpx2": {"level": "CRITICAL"},
            "httpcore2": {"level": "CRITICAL"},
        },
        "root": {"handlers": ["lines"], "level": "WARNING"},
    }
