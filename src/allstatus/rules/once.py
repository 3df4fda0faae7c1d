"""What follows from a rule set alone, worked out once for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from allstatus.rules.ruleset import RuleSet

T = TypeVar("T")
KEPT = 16  # rule sets that are remembered at once; mutants are many


def once_for_rules(function: Callable[[RuleSet], T]) -> Callable[[RuleSet], T]:
    """The same function, whose answer for a rule set is kept while the rule set is in use."""
    known: dict[tuple[str, str], tuple[RuleSet, T]] = {}

    @wraps(function)
    def answer(ruleset: RuleSet) -> T:
        name = ruleset.digest, ruleset.language
        found = known.get(name)
        if found is None or found[0] is not ruleset:
            if len(known) >= KEPT:
                known.clear()
            found = known[name] = ruleset, function(ruleset)
        return found[1]

    return answer
