"""Rule engines: each fires the statuses of a rule set on one complete case."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from allstatus.errors import MissingExtra, RulesError
from allstatus.rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Firing:
    """What fired on one complete case: statuses and option ids, in the rule set's order."""

    statuses: tuple[str, ...]
    options: tuple[str, ...]


class Engine(Protocol):
    """Fires rules on complete cases only; no engine ever sees an unknown."""

    name: str

    def fire(self, case: Mapping[str, bool]) -> Firing:
        """Statuses and options whose rules hold; `case` gives every criterion true or false."""
        ...


def durable_installed() -> bool:
    """Whether durable-rules can be imported here."""
    return importlib.util.find_spec("durable") is not None


def make_engine(ruleset: RuleSet, name: str = "auto") -> Engine:
    """The engine asked for; `auto` is durable where durable-rules is installed and takes the rules,
    else builtin.
    """
    if name == "auto" and durable_installed():
        with suppress(RulesError):
            return make_engine(ruleset, "durable")
    if name in ("auto", "builtin"):
        from allstatus.table.engines.builtin import BuiltinEngine

        return BuiltinEngine(ruleset)
    if not durable_installed():
        raise MissingExtra("durable-rules", "durable")
    from allstatus.table.engines.durable import DurableEngine

    return DurableEngine(ruleset)
