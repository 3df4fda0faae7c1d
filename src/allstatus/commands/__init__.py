"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import batch, classify, rules, schema, sql
from allstatus.commands.app import app

__all__ = ["app", "batch", "classify", "rules", "schema", "sql"]
