"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import classify, facts, rules, schema, timeline
from allstatus.commands.app import app

__all__ = ["app", "classify", "facts", "rules", "schema", "timeline"]
