"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import (
    batch,
    classify,
    conformance,
    export,
    facts,
    fhir,
    mutate,
    replay,
    rules,
    schema,
    sql,
    timeline,
    vectors,
    verify,
)
from allstatus.commands.app import app

__all__ = [
    "app", "batch", "classify", "conformance", "export", "facts", "fhir", "mutate", "replay", "rules",
    "schema", "sql", "timeline", "vectors", "verify",
]  # fmt: skip
