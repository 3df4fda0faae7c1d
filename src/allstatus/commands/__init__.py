"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import about, audit, classify, facts, replay, rules, schema, serve, timeline, verify
from allstatus.commands.app import app

__all__ = ["about", "app", "audit", "classify", "facts", "replay", "rules", "schema", "serve", "timeline", "verify"]
