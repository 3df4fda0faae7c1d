"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import batch, classify, facts, fhir, page, plot, quiz, replay, rules, schema, sql, timeline, verify
from allstatus.commands.app import app

__all__ = ["app", "batch", "classify", "facts", "fhir", "page", "plot", "quiz", "replay", "rules", "schema", "sql", "timeline", "verify"]
