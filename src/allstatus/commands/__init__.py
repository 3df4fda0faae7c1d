"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import (
    about,
    audit,
    batch,
    classify,
    facts,
    fhir,
    page,
    plot,
    quiz,
    replay,
    rules,
    schema,
    serve,
    sql,
    timeline,
    verify,
)
from allstatus.commands.app import app

__all__ = [
    "about", "app", "audit", "batch", "classify", "facts", "fhir", "page", "plot", "quiz", "replay", "rules", "schema", "serve", "sql",
    "timeline", "verify",
]  # fmt: skip
