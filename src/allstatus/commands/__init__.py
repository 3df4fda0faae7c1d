"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import batch, classify, rules, schema
from allstatus.commands.app import app

__all__ = ["app", "batch", "classify", "rules", "schema"]
