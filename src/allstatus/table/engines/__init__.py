"""Rule engines: each fires the statuses of a rule set on one complete case."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Literal, Protocol, get_args

from allstatus.errors import MissingExtra, RulesError, nearest
from allstatus.record.value_class import value_class
from allstatus.rules.ruleset import RuleSet

EngineName = Literal["durable", "builtin"]
ENGINES: tuple[str, ...] = ("auto", *get_args(EngineName))


@value_class
class Firing:
    """What fired on one complete case: statuses and option ids, in the rule set's order."""

    statuses: tuple[str, ...]
    options: tuple[str, ...]


class Engine(Protocol):
    """Fires rules on complete cases only; no engine ever sees an unknown."""

    name: EngineName

    def fire(self, case: Mapping[str, bool]) -> Firing:
        """Statuses and options whose rules hold; `case` gives every criterion true or false."""
        ...

    def fire_all(self, cases: Iterable[Mapping[str, bool]]) -> list[Firing]:
        """The same of each case."""
        ...


def durable_installed() -> bool:
    """Whether durable-rules can be imported here."""
    return importlib.util.find_spec("durable") is not None


def make_engine(ruleset: RuleSet, name: str = "auto") -> Engine:
    """The engine asked for; `auto` is durable where durable-rules is installed and takes the rules,
    else builtin. Raises ValueError for any other name, MissingExtra where durable is not installed.
    """
    if name not in ENGINES:
        hint = nearest(name, ENGINES)
        raise ValueError(f"engine: '{name}' is no engine{hint}; use one of {', '.join(ENGINES)}")
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
