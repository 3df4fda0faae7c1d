"""The command line's commands, one module each; `app` is the whole."""

from allstatus.commands import classify, conformance, export, mutate, replay, rules, schema, vectors, verify
from allstatus.commands.app import app

__all__ = ["app", "classify", "conformance", "export", "mutate", "replay", "rules", "schema", "vectors", "verify"]
