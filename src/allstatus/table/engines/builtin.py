"""The definition of what a rule set means, written to be read; every other engine must agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from allstatus.rules.ruleset import RuleSet
from allstatus.table.engines import EngineName, Firing


class BuiltinEngine:
    """A status holds when all its clauses hold and no status named in its `unless` does."""

    name: EngineName = "builtin"

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset

    def fire(self, case: Mapping[str, bool]) -> Firing:
        """Two-valued evaluation of every status, then the options of those that hold."""
        statuses = tuple(name for name in self._ruleset.statuses if self._holds(name, case))
        options = tuple(option["id"] for name in statuses for option in self._ruleset.options[name])
        return Firing(statuses, options)

    def fire_all(self, cases: Iterable[Mapping[str, bool]]) -> list[Firing]:
        """The same of each case."""
        return [self.fire(case) for case in cases]

    def _holds(self, name: str, case: Mapping[str, bool]) -> bool:
        status = self._ruleset.statuses[name]
        if any(self._holds(other, case) for other in status.unless):
            return False
        return all(clause.holds(case) for clause in status.clauses)
