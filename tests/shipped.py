"""What is shipped, made once for all tests: none changes it."""

from functools import cache

from allstatus import load_rules
from allstatus.testing.vectors import Vector, make_vectors

RULES = load_rules(engine="builtin")


@cache
def vectors() -> list[Vector]:
    """The vectors of the shipped rules."""
    return make_vectors(RULES)
