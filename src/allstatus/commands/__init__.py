"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import classify, facts, fhir, page, plot, quiz, replay, rules, schema, timeline, verify
from allstatus.commands.app import app

__all__ = ["app", "classify", "facts", "fhir", "page", "plot", "quiz", "replay", "rules", "schema", "timeline", "verify"]
