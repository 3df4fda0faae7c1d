"""What is shipped, made once for all tests: none changes it."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from allstatus.rules.editions import find_rules, rules_home
from allstatus.testing.vectors import Vector, make_vectors

RULES = load_rules(engine="builtin")


@cache
def vectors() -> list[Vector]:
    """The vectors of the shipped rules."""
    return make_vectors(RULES)


def load_shipped_once() -> Callable[..., Classifier]:
    """`load_rules` that reads a folder of the checkout's rules once for each way to ask; a test's
    own folder whenever it is asked for.
    """
    home, once = rules_home(), cache(load_rules)

    def load(
        rules: str | Path | None = None, *, as_of: date | None = None, **how: Any
    ) -> Classifier:
        folder = find_rules(rules, as_of)
        return (once if home in folder.resolve().parents else load_rules)(folder, **how)

    return load
