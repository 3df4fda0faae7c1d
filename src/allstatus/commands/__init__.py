"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import classify, replay, rules, schema, verify
from allstatus.commands.app import app

__all__ = ["app", "classify", "replay", "rules", "schema", "verify"]
